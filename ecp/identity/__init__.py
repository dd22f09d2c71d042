"""People: who they are, how they prove it, what they may do.

people      adding people, their roles, their language, disabling them
passwords   argon2, and what a password must be
signing_in  the login, throttled, and the links by mail that replace a password
errors      what is refused
"""
