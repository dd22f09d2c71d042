"""Hosting: what binds a hosted entrepreneur to the enterprise.

levies             what a contract takes each month: contribution, insurance, solidarity fund ... and how. Pure.
cash_rules         what available cash is made of, and which accounts belong to which of its terms. Pure.
natures, words     what an account means in the words of daily life, in each language. Pure.
snapshot           the figures of one activity's month as they are frozen. Pure.
late               who is late, each told once. Pure.
advice             what to do next, from those figures. Pure.
monthly_statement  the statement an entrepreneur reads, from frozen figures. Pure.
"""
