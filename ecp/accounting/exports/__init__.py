"""The books in files that other programs read without edits.

- `lines`      what is exported: every line of an enterprise in the order of its books, and the chart they use
- `csv_file`   the format of `ecp entries import`: an export posts the same books elsewhere
- `workbook`   xlsx, typed cells, balance and lines
- `hledger`, `beancount`   plain-text accounting: same accounts, activities as tags
- `formats`    the table of the four
"""
