"""Customers and suppliers of an activity; lines of entries name them."""

from alembic import op

from migrations import ddl

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PARTY = """
    create table party (
        id bigint generated always as identity,
        enterprise_id int not null,
        activity_id int not null,
        name text not null check (name <> '' and length(name) <= 200),
        is_customer bool not null default true,
        is_supplier bool not null default false,
        ice text not null default '',
        tax_id text not null default '',
        address text not null default '',
        city text not null default '',
        phone text not null default '',
        email text not null default '',
        language text not null default 'fr' check (language in ('fr', 'ar', 'en')),
        payment_days int not null default 0 check (payment_days between 0 and 180),
        is_archived bool not null default false,
        primary key (enterprise_id, id),
        unique (enterprise_id, activity_id, name),
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id)
    );
    create index party_of_activity on party (activity_id, name);
    alter table entry_line add foreign key (enterprise_id, party_id) references party (enterprise_id, id);
"""


def upgrade() -> None:
    op.execute(PARTY)
    ours = f"{ddl.BOOKS} or {ddl.OWN}"
    ddl.guarded("party", select=ours, insert=ours, update=ours)
