"""Selling under the enterprise's name: from a draft to money received.

documents      drafts of invoices, credit notes and quotes; their steps towards approval
issuing        the number, the frozen paper, the entry: one transaction
payments       money received for invoices, with its stamp and the VAT it makes due
postings       invoice, credit note or payment -> Draft: the one file that names accounts
pricing        net, VAT, gross: pure;  chargeability  when VAT falls due: pure
mandates       what each activity may do alone
papers         PDFs in the reader's language
reading        lists, what is open, sales by channel
verify         what the data can prove
errors         what a sale refuses
"""
