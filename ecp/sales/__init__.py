"""Sales: from the quote to the last payment, on every channel.

pricing         what a document's lines come to: net, VAT, gross; credit notes; the stamp on cash. Pure.
chargeability   when the VAT of a sale falls due: on collection, on invoicing, on advances. Pure.
"""
