"""Selling under the enterprise's name: from a draft to money received.

documents      drafts of invoices, credit notes and quotes; their steps towards approval
issuing        the number, the frozen paper, the entry: one transaction
payments       money received for invoices, with its stamp and the VAT it makes due
refunds        money given back of what a customer paid too much
postings       invoice, credit note, payment or refund -> Draft: the one file that names accounts
pricing        net, VAT, gross: pure
chargeability  when VAT falls due: pure
collected      the VAT inside money whose entry does not tell it
mandates       what each activity may do alone
heads          who sells and who buys, as papers name them
papers         PDFs in the reader's language
words          channels and means of payment in each language
reading        lists, what is open, sales by channel
verify         what the data can prove
errors         what a sale refuses; refusals, how the database says it
"""
