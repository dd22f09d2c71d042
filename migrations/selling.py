"""The functions by which sales and purchases take their steps, as they are now: may, move, issue, pay, give back.

Migrations that change them drop what had other arguments and call `create` again.
"""

from migrations import ddl

MANDATE = """
declare told record;
begin
    if of_enterprise = any (walls_books()) then return true; end if;
    if not of_activity = any (walls_activities()) then return false; end if;
    select m.may_issue, m.may_collect into told from sales_mandate m
    where m.enterprise_id = of_enterprise and m.activity_id = of_activity
      and m.starts_on <= (now() at time zone 'Africa/Casablanca')::date
    order by m.starts_on desc, m.id desc limit 1;
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
    if seen is not null and seen <> found_document.version then
        raise exception using errcode = 'EC020', message = 'changed meanwhile', detail = '{}';
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
    if seen <> found_document.version then
        raise exception using errcode = 'EC020', message = 'changed meanwhile', detail = '{}';
    end if;
    if cardinality(line_net) <> (
        select count(*) from sales_line l where l.enterprise_id = of_enterprise and l.document_id = of_document
    ) or cardinality(line_net) <> cardinality(line_vat) or (
        select coalesce(sum(n + v), 0) from unnest(line_net, line_vat) u (n, v)) < 0 then
        raise exception using errcode = 'EC011', message = 'not to be issued so',
            detail = json_build_object('state', found_document.state)::text;
    end if;
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
        where d.enterprise_id = of_enterprise and d.id = found_document.original_id and d.number is not null
          and d.kind = 'invoice' and d.activity_id = found_document.activity_id for update;
        if not found or exists (
            select 1 from sales_line l
            left join sales_line o on o.enterprise_id = l.enterprise_id and o.document_id = found_document.original_id
                and o.position = l.original_position
            where l.enterprise_id = of_enterprise and l.document_id = of_document and (o.position is null
                or (l.quantity + coalesce((select sum(b.quantity) from sales_line b
                    join sales_document c on c.enterprise_id = b.enterprise_id and c.id = b.document_id
                    where c.enterprise_id = of_enterprise and c.original_id = found_document.original_id
                      and c.number is not null and b.original_position = l.original_position), 0)) / o.quantity
                    not between 0 and 1)
        ) then
            raise exception using errcode = 'EC016', message = 'more than is left of the invoice', detail = '{}';
        end if;
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
    if found then
        if not (of_enterprise = any (walls_books()) or known.activity_id = any (walls_activities())) then
            raise exception using errcode = 'EC003', message = 'not theirs to see', detail = '{}';
        end if;
        return query select known.id, known.number, false;
        return;
    end if;
    select min(d.activity_id) into owner from sales_document d
    where d.enterprise_id = of_enterprise and d.id = any (documents);
    if owner is null or not (of_enterprise = any (walls_books()) or owner = any (walls_activities())) then
        raise exception using errcode = 'EC003', message = 'no such document', detail = '{}';
    end if;
    if not sales_may(of_enterprise, owner, 'collect') then
        raise exception using errcode = 'EC014', message = 'payments are recorded by the accountant', detail = '{}';
    end if;
    if exists (select 1 from unnest(amounts) a where (a > 0) is not true) then
        raise exception using errcode = 'EC015', message = 'a part is more than nothing', detail = '{}';
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

UNPAY = """
declare
    known payment; taken int; of_year int := extract(year from on_day); made bigint; beyond text;
begin
    if not of_enterprise = any (walls_books()) then
        raise exception using errcode = '42501', message = 'not theirs to cancel';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('unpay:' || of_enterprise || ':' || of_payment, 0));
    select * into known from payment where enterprise_id = of_enterprise and cancels_id = of_payment;
    if found then
        return query select known.id, known.number, false;
        return;
    end if;
    select * into known from payment where enterprise_id = of_enterprise and id = of_payment;
    if not found then
        raise exception using errcode = 'EC003', message = 'no such payment', detail = '{}';
    end if;
    if known.cancels_id is not null or on_day < known.received_on then
        raise exception using errcode = 'EC025', message = 'not to be cancelled', detail = '{}';
    end if;
    insert into sales_counter as c (enterprise_id, kind, year, last) values (of_enterprise, 'payment', of_year, 1)
    on conflict (enterprise_id, kind, year) do update set last = c.last + 1 returning last into taken;
    perform 1 from sales_document d
    where d.enterprise_id = of_enterprise and d.id in (
        select document_id from payment_part where enterprise_id = of_enterprise and payment_id = of_payment)
    order by d.id for update;
    insert into payment (enterprise_id, activity_id, party_id, received_on, means, amount, stamp, reference, year,
        serial, number, key, made_by, cancels_id)
    values (of_enterprise, known.activity_id, known.party_id, on_day, known.means, -known.amount, -known.stamp, why,
        of_year, taken,
        'R-' || of_year || '-' || case when taken < 10000 then lpad(taken::text, 4, '0') else taken::text end,
        'unpay:' || of_payment || ':' || gen_random_uuid(), walls_person(), of_payment)
    returning id into made;
    insert into payment_part (enterprise_id, payment_id, document_id, activity_id, amount)
    select of_enterprise, made, document_id, activity_id, -amount from payment_part
    where enterprise_id = of_enterprise and payment_id = of_payment;
    select d.number into beyond from payment_part p
    join sales_document d on d.enterprise_id = p.enterprise_id and d.id = p.document_id
    join lateral (select sum(r.amount) as given from refund r
        where r.enterprise_id = d.enterprise_id and r.document_id = d.id) r on r.given > 0
    where p.enterprise_id = of_enterprise and p.payment_id = made and r.given >
        coalesce((select sum(x.amount) from payment_part x
            where x.enterprise_id = d.enterprise_id and x.document_id = d.id), 0)
        + coalesce((select sum(c.gross) from sales_document c where c.enterprise_id = d.enterprise_id
            and c.original_id = d.id and c.kind = 'credit_note' and c.number is not null), 0) - d.gross limit 1;
    if beyond is not null then
        raise exception using errcode = 'EC026', message = 'given back', detail = '{}';
    end if;
    return query select p.id, p.number, true from payment p where p.enterprise_id = of_enterprise and p.id = made;
end"""

REFUND = """
declare known refund; sold sales_document; made bigint; beyond bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('refund:' || of_enterprise || ':' || said_key, 0));
    select * into known from refund r where r.enterprise_id = of_enterprise and r.key = said_key;
    if found then
        if not (of_enterprise = any (walls_books()) or known.activity_id = any (walls_activities())) then
            raise exception using errcode = 'EC003', message = 'not theirs to see', detail = '{}';
        end if;
        return query select known.id, false;
        return;
    end if;
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

PURCHASE_MOVE = """
declare bought purchase; is_keeper bool := of_enterprise = any (walls_books());
begin
    select * into bought from purchase where enterprise_id = of_enterprise and id = of_purchase for update;
    if not found or not (is_keeper or bought.activity_id = any (walls_activities())) then
        raise exception using errcode = 'EC003', message = 'no such purchase', detail = '{}';
    end if;
    if not (
        (is_keeper and to_state in ('posted', 'sent_back') and bought.state = 'submitted')
        or (to_state = 'submitted' and bought.state = 'sent_back')
    ) then
        raise exception using errcode = 'EC017', message = 'no such step',
            detail = json_build_object('state', bought.state)::text;
    end if;
    if seen is not null and seen <> bought.version then
        raise exception using errcode = 'EC021', message = 'changed meanwhile', detail = '{}';
    end if;
    update purchase set state = to_state, comment = said,
        posted_by = case when to_state = 'posted' then walls_person() end
    where enterprise_id = of_enterprise and id = of_purchase;
end"""

PURCHASE_PAY = """
declare known purchase_payment; bought purchase; made bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('purchase-payment:' || of_enterprise || ':' || said_key, 0));
    select * into known from purchase_payment where enterprise_id = of_enterprise and key = said_key;
    if found then
        if not (of_enterprise = any (walls_books()) or known.activity_id = any (walls_activities())) then
            raise exception using errcode = 'EC003', message = 'not theirs to see', detail = '{}';
        end if;
        return query select known.id, false;
        return;
    end if;
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


def create() -> None:
    """Make the functions, or make them anew."""
    ddl.function("sales_may", "of_enterprise int, of_activity int, what text", "bool", MANDATE, kind="stable")
    step = "to_state text, said text, seen int"
    ddl.function("sales_move", f"of_enterprise int, of_document bigint, {step}", "void", MOVE)
    ddl.function(
        "sales_issue",
        "of_enterprise int, of_document bigint, on_day date, regime text, line_net bigint[], line_vat bigint[],"
        " frozen jsonb, seen int",
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
    ddl.function("purchase_move", f"of_enterprise int, of_purchase bigint, {step}", "void", PURCHASE_MOVE)
    ddl.function(
        "purchase_pay",
        "of_enterprise int, of_purchase bigint, of_amount bigint, on_day date, by_means text, on_reference text,"
        " said_key text",
        "table (payment_id bigint, is_new bool)",
        PURCHASE_PAY,
    )


def refunds() -> None:
    """Make what gives back to a customer, or make it anew; apart, for it speaks of a table that came later."""
    ddl.function(
        "sales_refund",
        "of_enterprise int, of_document bigint, of_amount bigint, on_day date, by_means text, on_reference text,"
        " said_key text",
        "table (refund_id bigint, is_new bool)",
        REFUND,
    )


def cancellations() -> None:
    """Make what cancels a payment, or make it anew."""
    ddl.function(
        "sales_unpay",
        "of_enterprise int, of_payment bigint, on_day date, why text",
        "table (payment_id bigint, number text, is_new bool)",
        "#variable_conflict use_column\n" + UNPAY,
    )
