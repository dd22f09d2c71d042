"""Products, sales documents, payments, purchases, and what each activity may do alone.

A document is edited while it is a draft; its state moves, and its number is taken, in functions of the guard that know
who may. What is issued never changes.
"""

from alembic import op

from migrations import ddl, selling

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
    create table sales_mandate (
        enterprise_id int not null,
        activity_id int not null,
        starts_on date not null,
        may_issue bool not null,
        may_collect bool not null,
        made_by int,
        made_at timestamptz not null default clock_timestamp(),
        primary key (enterprise_id, activity_id, starts_on),
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id)
    );
    create table product (
        id bigint generated always as identity,
        enterprise_id int not null,
        activity_id int not null,
        name text not null check (name <> '' and length(name) <= 200),
        unit text not null default '',
        unit_price numeric(16, 4) not null check (unit_price >= 0),
        vat_category text not null,
        is_service bool not null default false,
        is_archived bool not null default false,
        primary key (enterprise_id, id),
        unique (enterprise_id, activity_id, name),
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id)
    );
    create table sales_counter (
        enterprise_id int not null references enterprise,
        kind text not null,
        year int not null,
        last int not null,
        primary key (enterprise_id, kind, year)
    ) with (fillfactor = 50);
    create table sales_document (
        id bigint generated always as identity,
        enterprise_id int not null,
        activity_id int not null,
        party_id bigint not null,
        kind text not null check (kind in ('invoice', 'credit_note', 'quote')),
        state text not null default 'draft'
            check (state in ('draft', 'submitted', 'sent_back', 'approved', 'issued', 'accepted', 'declined')),
        channel text not null default 'workshop'
            check (channel in ('workshop', 'shop', 'fair', 'consignment', 'trade', 'online', 'export')),
        prices text not null default 'net' check (prices in ('net', 'gross')),
        language text not null default 'fr' check (language in ('fr', 'ar', 'en')),
        due_on date,
        delivered_on date,
        reference text not null default '',
        note text not null default '',
        reason text not null default '',
        comment text not null default '',
        original_id bigint,
        key text not null check (key <> ''),
        made_by int,
        made_at timestamptz not null default clock_timestamp(),
        version int not null default 1,
        number text,
        year int,
        serial int,
        issued_on date,
        issued_by int,
        vat_regime text,
        net bigint,
        vat bigint,
        gross bigint,
        papers jsonb,
        primary key (enterprise_id, id),
        unique (enterprise_id, key),
        unique (enterprise_id, number),
        unique (enterprise_id, kind, year, serial),
        check ((number is null) = (state not in ('issued', 'accepted', 'declined'))),
        check ((number is null) or (issued_on is not null and gross = net + vat and papers is not null)),
        check (kind <> 'credit_note' or original_id is not null),
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id),
        foreign key (enterprise_id, party_id) references party (enterprise_id, id),
        foreign key (enterprise_id, original_id) references sales_document (enterprise_id, id)
    );
    create index sales_document_of_activity on sales_document (activity_id, id);
    create index sales_document_waiting on sales_document (enterprise_id, state, id) where number is null;
    create index sales_document_of_original on sales_document (enterprise_id, original_id)
        where original_id is not null;
    create index sales_document_issued on sales_document (enterprise_id, activity_id, issued_on)
        where number is not null;
    create table sales_line (
        enterprise_id int not null,
        document_id bigint not null,
        position int not null check (position > 0),
        activity_id int not null,
        product_id bigint,
        description text not null check (description <> '' and length(description) <= 300),
        quantity numeric(14, 3) not null check (quantity <> 0),
        unit text not null default '',
        unit_price numeric(16, 4) not null,
        discount_rate numeric(6, 4) not null default 0 check (discount_rate between 0 and 1),
        vat_category text not null,
        vat_rate numeric(6, 4) not null check (vat_rate between 0 and 1),
        is_service bool not null default false,
        original_position int,
        net bigint,
        vat bigint,
        primary key (enterprise_id, document_id, position),
        foreign key (enterprise_id, document_id) references sales_document (enterprise_id, id) on delete cascade,
        foreign key (enterprise_id, product_id) references product (enterprise_id, id)
    );
    create table payment (
        id bigint generated always as identity,
        enterprise_id int not null,
        activity_id int not null,
        party_id bigint not null,
        received_on date not null,
        means text not null check (means in ('cash', 'cheque', 'transfer', 'card', 'mobile')),
        amount bigint not null check (amount > 0),
        stamp bigint not null default 0 check (stamp >= 0),
        reference text not null default '',
        year int not null,
        serial int not null,
        number text not null,
        key text not null check (key <> ''),
        made_by int,
        made_at timestamptz not null default clock_timestamp(),
        primary key (enterprise_id, id),
        unique (enterprise_id, key),
        unique (enterprise_id, year, serial),
        foreign key (enterprise_id, party_id) references party (enterprise_id, id)
    );
    create index payment_of_activity on payment (activity_id, id);
    create table payment_part (
        enterprise_id int not null,
        payment_id bigint not null,
        document_id bigint not null,
        activity_id int not null,
        amount bigint not null check (amount > 0),
        primary key (enterprise_id, payment_id, document_id),
        foreign key (enterprise_id, payment_id) references payment (enterprise_id, id),
        foreign key (enterprise_id, document_id) references sales_document (enterprise_id, id)
    );
    create index payment_part_of_document on payment_part (enterprise_id, document_id);
    create table purchase (
        id bigint generated always as identity,
        enterprise_id int not null,
        activity_id int not null,
        party_id bigint,
        kind text not null check (kind in ('bill', 'expense')),
        state text not null default 'submitted' check (state in ('submitted', 'sent_back', 'posted')),
        billed_on date not null,
        due_on date,
        nature text not null,
        label text not null check (label <> '' and length(label) <= 300),
        reference text not null default '',
        net bigint not null check (net >= 0),
        vat bigint not null check (vat >= 0),
        vat_category text not null,
        is_deductible bool not null default true,
        comment text not null default '',
        key text not null check (key <> ''),
        made_by int,
        made_at timestamptz not null default clock_timestamp(),
        posted_by int,
        primary key (enterprise_id, id),
        unique (enterprise_id, key),
        check (net + vat > 0),
        check (kind = 'expense' or party_id is not null),
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id),
        foreign key (enterprise_id, party_id) references party (enterprise_id, id)
    );
    create index purchase_of_activity on purchase (activity_id, id);
    create index purchase_waiting on purchase (enterprise_id, id) where state = 'submitted';
    create table purchase_payment (
        id bigint generated always as identity,
        enterprise_id int not null,
        activity_id int not null,
        purchase_id bigint not null,
        paid_on date not null,
        means text not null check (means in ('cash', 'cheque', 'transfer', 'card', 'mobile')),
        amount bigint not null check (amount > 0),
        reference text not null default '',
        key text not null check (key <> ''),
        made_by int,
        made_at timestamptz not null default clock_timestamp(),
        primary key (enterprise_id, id),
        unique (enterprise_id, key),
        foreign key (enterprise_id, purchase_id) references purchase (enterprise_id, id)
    );
    create index purchase_payment_of_purchase on purchase_payment (enterprise_id, purchase_id);
"""

FROZEN = """
begin
    if old.number is not null and (tg_op = 'DELETE' or (to_jsonb(new) - array['state', 'version'])
            is distinct from (to_jsonb(old) - array['state', 'version'])) then
        raise exception using errcode = 'EC009', message = 'what is issued never changes';
    end if;
    if tg_op = 'DELETE' then return old; end if;
    return new;
end"""
LINES_FROZEN = """
declare issued bool;
begin
    select d.number is not null into issued from sales_document d
    where d.enterprise_id = coalesce(new.enterprise_id, old.enterprise_id)
      and d.id = coalesce(new.document_id, old.document_id);
    if issued then
        raise exception using errcode = 'EC009', message = 'lines of what is issued never change';
    end if;
    return coalesce(new, old);
end"""


def upgrade() -> None:
    op.execute(TABLES)
    selling.create()
    ddl.function("sales_document_frozen", "", "trigger", FROZEN)
    ddl.function("sales_line_frozen", "", "trigger", LINES_FROZEN)
    for table in ("sales_document", "sales_line"):
        events = "update or delete" if table == "sales_document" else "insert or update or delete"
        op.execute(
            f"create trigger {table}_frozen before {events} on {table} for each row execute function {table}_frozen()"
        )
        op.execute(f"alter table {table} enable always trigger {table}_frozen")
        ddl.append_only(table, truncate_only=True)
    ours = f"{ddl.BOOKS} or {ddl.OWN}"
    draft = f"({ours}) and number is null"
    ddl.guarded("sales_mandate", select=ours, insert=ddl.BOOKS)
    ddl.guarded("product", select=ours, insert=ours, update=ours)
    ddl.guarded("sales_counter", select=ddl.BOOKS)
    ddl.guarded("sales_document", select=ours, insert=draft, update=draft, delete=draft)
    op.execute("revoke insert, update on sales_document from ecp_app")
    edited = "party_id, channel, prices, language, due_on, delivered_on, reference, note, reason, version"
    op.execute(f"grant update ({edited}) on sales_document to ecp_app")
    op.execute(
        "grant insert (enterprise_id, activity_id, kind, original_id, key, made_by,"
        f" {edited}) on sales_document to ecp_app"
    )
    ddl.guarded("sales_line", select=ours, insert=ours, delete=ours)
    for table in ("payment", "payment_part", "purchase_payment"):
        ddl.guarded(table, select=ours)
        ddl.append_only(table)
    ddl.guarded("purchase", select=ours, insert=ours, update=f"({ours}) and state <> 'posted'")
    op.execute("revoke insert, update on purchase from ecp_app")
    bought = "party_id, billed_on, due_on, nature, label, reference, net, vat, vat_category, is_deductible"
    op.execute(f"grant update ({bought}) on purchase to ecp_app")
    op.execute(f"grant insert (enterprise_id, activity_id, kind, key, made_by, {bought}) on purchase to ecp_app")
    ddl.append_only("purchase", truncate_only=True)
