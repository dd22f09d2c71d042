"""What activities buy: suppliers' bills and expense notes, approved by the accountant, then paid.

bills      submitting, approving or sending back, paying; each step posts its entry
postings   a purchase or its payment -> Draft: the one file that names accounts
errors     what is refused
"""
