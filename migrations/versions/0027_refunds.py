"""Money given back to a customer who had paid more than is left of an invoice once credit notes are deducted."""

from alembic import op

from migrations import ddl, selling

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = """
    create table refund (
        id bigint generated always as identity,
        enterprise_id int not null,
        activity_id int not null,
        document_id bigint not null,
        refunded_on date not null,
        means text not null check (means in ('cash', 'cheque', 'transfer', 'card', 'mobile')),
        amount bigint not null check (amount > 0),
        reference text not null default '',
        key text not null check (key <> ''),
        made_by int,
        made_at timestamptz not null default clock_timestamp(),
        primary key (enterprise_id, id),
        unique (enterprise_id, key),
        foreign key (enterprise_id, document_id) references sales_document (enterprise_id, id)
    );
    create index refund_of_document on refund (enterprise_id, document_id);
    create index refund_of_activity on refund (activity_id, id);
"""


def upgrade() -> None:
    op.execute(TABLES)
    selling.refunds()
    ddl.guarded("refund", select=f"{ddl.BOOKS} or {ddl.OWN}")
    ddl.append_only("refund")
