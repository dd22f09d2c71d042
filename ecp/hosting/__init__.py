"""Hosting: what binds a hosted entrepreneur to the enterprise.

hosted             who is hosted, the people behind them, the head of their enterprise's papers
contracts          since when an activity is hosted, and what it pays for it
levies             what a contract takes each month: contribution, insurance, solidarity fund ... and how. Pure.
contribution       the levies of a month: measured, computed, described for many activities at once
cash_rules         what available cash is made of, and which accounts belong to which of its terms. Pure.
cash               available cash at the end of a day, from posted lines
owed               who owes an activity and whom it owes, by document
late               who is late, each told once. Pure.
task, tasks        what needs an entrepreneur today
checklist          what still waits before a month can be closed
month              the month run: levies posted, period closed, figures frozen
figures            the figures of a month for many activities at once, from the ledger
snapshot           the figures of one activity's month as they are frozen. Pure.
natures, words     what an account means in the words of daily life, in each language. Pure.
monthly_statement  the statement an entrepreneur reads, from frozen figures. Pure.
advice             what to do next, from those figures. Pure.
printing           statements on paper, and the mails that bring them
behind             from a figure to the lines it is made of
charts             figures as places on a strip. Pure.
portfolio          one row an activity and month, and who needs a call
verify             what the data can prove
errors             what hosting refuses
"""
