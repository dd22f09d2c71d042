"""The books: entries through one door, read through another.

posting         the door by which entries are posted and reversed
rules           what an entry must be before the database is asked: pure
entries         reading journals and entries as they were posted
ledger          balances, trial balance, general ledger
open_items      what is still open on the accounts of customers and suppliers
suspense        what stays on accounts that only wait
month_readings  what a month-end reads, for many activities at once
chart           the chart of accounts and the journals, from data/*.csv
opening         an enterprise with its books
periods         fiscal years and their months; closing one
csv_table       from the bytes of a CSV file to rows of text: pure
entries_file    the file of entries that accountants exchange: pure
entries_cells   what one cell of it says, or what is wrong with it: pure
entries_import  posting such a file, whole or not at all
exports/        the books in files that other programs read
verify          what the data can prove
errors          what the books refuse, and how the database says it
"""
