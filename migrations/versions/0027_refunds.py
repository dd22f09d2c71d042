"""Money given back to a customer who had paid more than is left of an invoice once credit notes are deducted."""

from alembic import op

from migrations import ddl

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

REFUND = """
declare known refund; sold sales_document; made bigint; beyond bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('refund:' || of_enterprise || ':' || said_key, 0));
    select * into known from refund r where r.enterprise_id = of_enterprise and r.key = said_key;
    if found then return query select known.id, false; return; end if;
    select * into sold from sales_document d where d.enterprise_id = of_enterprise and d.id = of_document for update;
    if not found or sold.kind <> 'invoice' or sold.number is null
            or not (of_enterprise = any (walls_books()) or sold.activity_id = any (walls_activities())) then
        raise exception using errcode = 'EC003', message = 'no such invoice', detail = '{}';
    end if;
    if not sales_may(of_enterprise, sold.activity_id, 'collect') then
        raise exception using errcode = 'EC014', message = 'payments are recorded by the accountant', detail = '{}';
    end if;
    beyond := coalesce((select sum(p.amount) from payment_part p
            where p.enterprise_id = of_enterprise and p.document_id = of_document), 0)
        + coalesce((select sum(c.gross) from sales_document c where c.enterprise_id = of_enterprise
            and c.original_id = of_document and c.kind = 'credit_note' and c.number is not null), 0)
        - coalesce((select sum(r.amount) from refund r
            where r.enterprise_id = of_enterprise and r.document_id = of_document), 0)
        - sold.gross;
    if of_amount > beyond then
        raise exception using errcode = 'EC022', message = 'more than is to be given back', detail = '{}';
    end if;
    insert into refund (enterprise_id, activity_id, document_id, refunded_on, means, amount, reference, key, made_by)
    values (of_enterprise, sold.activity_id, of_document, on_day, by_means, of_amount, on_reference, said_key,
        walls_person())
    returning id into made;
    return query select made, true;
end"""


def upgrade() -> None:
    op.execute(TABLES)
    ddl.function(
        "sales_refund",
        "of_enterprise int, of_document bigint, of_amount bigint, on_day date, by_means text, on_reference text,"
        " said_key text",
        "table (refund_id bigint, is_new bool)",
        REFUND,
    )
    ddl.guarded("refund", select=f"{ddl.BOOKS} or {ddl.OWN}")
    ddl.append_only("refund")
