"""Products, sales documents, payments, purchases, and what each activity may do alone.

A document is edited while it is a draft; its state moves, and its number is taken, in functions of the guard that know
who may. What is issued never changes.
"""

from alembic import op

from migrations import ddl

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

MANDATE = """
declare told record;
begin
    if of_enterprise = any (walls_books()) then return true; end if;
    if not of_activity = any (walls_activities()) then return false; end if;
    select m.may_issue, m.may_collect into told from sales_mandate m
    where m.enterprise_id = of_enterprise and m.activity_id = of_activity and m.starts_on <= current_date
    order by m.starts_on desc limit 1;
    if not found then return what = 'collect'; end if;
    return case what when 'issue' then told.may_issue else told.may_collect end;
end"""

MOVE = """
declare found_document sales_document; is_keeper bool := of_enterprise = any (walls_books());
begin
    select * into found_document from sales_document
    where enterprise_id = of_enterprise and id = of_document for update;
    if not found or not (is_keeper or found_document.activity_id = any (walls_activities())) then
        raise exception using errcode = 'EC003', message = 'no such document', detail = '{}';
    end if;
    if not (
        (to_state = 'submitted' and found_document.state in ('draft', 'sent_back'))
        or (to_state = 'draft' and found_document.state = 'submitted')
        or (is_keeper and to_state in ('approved', 'sent_back') and found_document.state = 'submitted')
        or (found_document.kind = 'quote' and to_state in ('accepted', 'declined') and found_document.state = 'issued')
    ) then
        raise exception using errcode = 'EC011', message = 'no such step',
            detail = json_build_object('state', found_document.state)::text;
    end if;
    update sales_document set state = to_state, comment = said, version = version + 1
    where enterprise_id = of_enterprise and id = of_document;
end"""

ISSUE = """
declare found_document sales_document; taken int; of_year int := extract(year from on_day); called text;
begin
    select * into found_document from sales_document
    where enterprise_id = of_enterprise and id = of_document for update;
    if not found or not (
        of_enterprise = any (walls_books()) or found_document.activity_id = any (walls_activities())
    ) then
        raise exception using errcode = 'EC003', message = 'no such document', detail = '{}';
    end if;
    if found_document.number is not null then return found_document.number; end if;
    if found_document.state <> 'approved'
            and not sales_may(of_enterprise, found_document.activity_id, 'issue') then
        raise exception using errcode = 'EC012', message = 'to be approved first', detail = '{}';
    end if;
    insert into sales_counter as c (enterprise_id, kind, year, last)
    values (of_enterprise, found_document.kind, of_year, 1)
    on conflict (enterprise_id, kind, year) do update set last = c.last + 1 returning last into taken;
    if exists (
        select 1 from sales_document d where d.enterprise_id = of_enterprise and d.kind = found_document.kind
          and d.year = of_year and d.serial = taken - 1 and d.issued_on > on_day
    ) then
        raise exception using errcode = 'EC013', message = 'before the last one', detail = (
            select json_build_object('day', d.issued_on)::text from sales_document d
            where d.enterprise_id = of_enterprise and d.kind = found_document.kind and d.year = of_year
              and d.serial = taken - 1);
    end if;
    if found_document.kind = 'credit_note' then
        perform 1 from sales_document d
        where d.enterprise_id = of_enterprise and d.id = found_document.original_id for update;
        if (select sum(n) from unnest(line_net) n) + (select sum(v) from unnest(line_vat) v) > (
            select d.gross - coalesce((select sum(c.gross) from sales_document c where c.enterprise_id = d.enterprise_id
                and c.original_id = d.id and c.kind = 'credit_note' and c.number is not null), 0)
            from sales_document d where d.enterprise_id = of_enterprise and d.id = found_document.original_id)
        then
            raise exception using errcode = 'EC016', message = 'more than is left of the invoice', detail = '{}';
        end if;
    end if;
    called := case found_document.kind when 'invoice' then 'F' when 'credit_note' then 'A' else 'D' end
        || '-' || of_year || '-' || case when taken < 10000 then lpad(taken::text, 4, '0') else taken::text end;
    update sales_line l set net = t.net, vat = t.vat
    from unnest(line_net, line_vat) with ordinality as t (net, vat, position)
    where l.enterprise_id = of_enterprise and l.document_id = of_document and l.position = t.position;
    update sales_document set state = 'issued', number = called, year = of_year, serial = taken, issued_on = on_day,
        issued_by = walls_person(), vat_regime = regime, papers = frozen, version = version + 1,
        net = (select sum(n) from unnest(line_net) n), vat = (select sum(v) from unnest(line_vat) v),
        gross = (select sum(n) from unnest(line_net) n) + (select sum(v) from unnest(line_vat) v)
    where enterprise_id = of_enterprise and id = of_document;
    return called;
end"""

PAY = """
declare taken int; of_year int := extract(year from on_day); made bigint; owner int; known payment; part record;
begin
    perform pg_advisory_xact_lock(hashtextextended('payment:' || of_enterprise || ':' || said_key, 0));
    select * into known from payment where enterprise_id = of_enterprise and key = said_key;
    if found then return query select known.id, known.number, false; return; end if;
    select min(d.activity_id) into owner from sales_document d
    where d.enterprise_id = of_enterprise and d.id = any (documents);
    if owner is null or not (of_enterprise = any (walls_books()) or owner = any (walls_activities())) then
        raise exception using errcode = 'EC003', message = 'no such document', detail = '{}';
    end if;
    if not sales_may(of_enterprise, owner, 'collect') then
        raise exception using errcode = 'EC014', message = 'payments are recorded by the accountant', detail = '{}';
    end if;
    insert into sales_counter as c (enterprise_id, kind, year, last) values (of_enterprise, 'payment', of_year, 1)
    on conflict (enterprise_id, kind, year) do update set last = c.last + 1 returning last into taken;
    insert into payment (enterprise_id, activity_id, party_id, received_on, means, amount, stamp, reference, year,
        serial, number, key, made_by)
    select of_enterprise, d.activity_id, d.party_id, on_day, by_means, (select sum(a) from unnest(amounts) a),
        of_stamp, on_reference, of_year, taken,
        'R-' || of_year || '-' || case when taken < 10000 then lpad(taken::text, 4, '0') else taken::text end,
        said_key, walls_person()
    from sales_document d where d.enterprise_id = of_enterprise and d.id = documents[1] returning id into made;
    for part in select * from unnest(documents, amounts) as p (document_id, amount) order by document_id loop
        perform 1 from sales_document d where d.enterprise_id = of_enterprise and d.id = part.document_id for update;
        if part.amount > (
            select d.gross - coalesce((select sum(p.amount) from payment_part p
                where p.enterprise_id = d.enterprise_id and p.document_id = d.id), 0)
              - coalesce((select sum(c.gross) from sales_document c where c.enterprise_id = d.enterprise_id
                and c.original_id = d.id and c.kind = 'credit_note' and c.number is not null), 0)
            from sales_document d where d.enterprise_id = of_enterprise and d.id = part.document_id
              and d.kind = 'invoice' and d.number is not null and d.activity_id = owner
        ) is not false then
            raise exception using errcode = 'EC015', message = 'more than is owed', detail = '{}';
        end if;
        insert into payment_part (enterprise_id, payment_id, document_id, activity_id, amount)
        values (of_enterprise, made, part.document_id, owner, part.amount);
    end loop;
    return query select p.id, p.number, true from payment p where p.enterprise_id = of_enterprise and p.id = made;
end"""

PURCHASE_MOVE = """
begin
    if not of_enterprise = any (walls_books()) then
        raise exception using errcode = '42501', message = 'the accountant decides';
    end if;
    update purchase set state = to_state, comment = said, posted_by = walls_person()
    where enterprise_id = of_enterprise and id = of_purchase and state = 'submitted';
    if not found then
        raise exception using errcode = 'EC017', message = 'no such step', detail = '{"state": "posted"}';
    end if;
end"""

PURCHASE_PAY = """
declare known purchase_payment; bought purchase; made bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('purchase-payment:' || of_enterprise || ':' || said_key, 0));
    select * into known from purchase_payment where enterprise_id = of_enterprise and key = said_key;
    if found then return query select known.id, false; return; end if;
    select * into bought from purchase where enterprise_id = of_enterprise and id = of_purchase for update;
    if not found or not (of_enterprise = any (walls_books()) or bought.activity_id = any (walls_activities())) then
        raise exception using errcode = 'EC003', message = 'no such purchase', detail = '{}';
    end if;
    if not sales_may(of_enterprise, bought.activity_id, 'collect') then
        raise exception using errcode = 'EC018', message = 'payments are recorded by the accountant', detail = '{}';
    end if;
    if bought.state <> 'posted' or of_amount > bought.net + bought.vat - coalesce((
        select sum(amount) from purchase_payment where enterprise_id = of_enterprise and purchase_id = of_purchase), 0)
    then
        raise exception using errcode = 'EC019', message = 'more than is owed', detail = '{}';
    end if;
    insert into purchase_payment (enterprise_id, activity_id, purchase_id, paid_on, means, amount, reference, key,
        made_by)
    values (of_enterprise, bought.activity_id, of_purchase, on_day, by_means, of_amount, on_reference, said_key,
        walls_person())
    returning id into made;
    return query select made, true;
end"""

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
    ddl.function("sales_may", "of_enterprise int, of_activity int, what text", "bool", MANDATE, kind="stable")
    ddl.function("sales_move", "of_enterprise int, of_document bigint, to_state text, said text", "void", MOVE)
    ddl.function(
        "sales_issue",
        "of_enterprise int, of_document bigint, on_day date, regime text, line_net bigint[], line_vat bigint[],"
        " frozen jsonb",
        "text",
        ISSUE,
    )
    ddl.function(
        "sales_pay",
        "of_enterprise int, documents bigint[], amounts bigint[], on_day date, by_means text, of_stamp bigint,"
        " on_reference text, said_key text",
        "table (payment_id bigint, number text, is_new bool)",
        "#variable_conflict use_column\n" + PAY,
    )
    ddl.function(
        "purchase_move", "of_enterprise int, of_purchase bigint, to_state text, said text", "void", PURCHASE_MOVE
    )
    ddl.function(
        "purchase_pay",
        "of_enterprise int, of_purchase bigint, of_amount bigint, on_day date, by_means text, on_reference text,"
        " said_key text",
        "table (payment_id bigint, is_new bool)",
        PURCHASE_PAY,
    )
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
