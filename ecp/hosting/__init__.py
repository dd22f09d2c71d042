"""Hosting: what binds a hosted entrepreneur to the enterprise.

levies      what a contract takes each month: contribution, insurance, solidarity fund ... and how. Pure.
cash_rules  what available cash is made of, and which accounts belong to which of its terms. Pure.
"""
