"""Whom a transaction acts for, as functions of the guard find it out."""

SESSION = """
    select s.person_id, s.enterprise_id, s.kind, coalesce(p.is_administrator, false) as is_administrator into scope
    from user_session s left join person p on p.id = s.person_id
    where s.digest = sha256(convert_to(coalesce(current_setting('ecp.token', true), ''), 'UTF8'))
      and s.closed_at is null and s.expires_at > clock_timestamp() and p.disabled_at is null;
"""
"""Find the session whose token the transaction carries, and its person: a record called `scope`."""
