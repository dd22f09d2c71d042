"""Decide on what was read: a step names the version it was decided on; purchases and mandates are corrected."""

from alembic import op

from migrations import ddl

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MANDATE = """
declare told record;
begin
    if of_enterprise = any (walls_books()) then return true; end if;
    if not of_activity = any (walls_activities()) then return false; end if;
    select m.may_issue, m.may_collect into told from sales_mandate m
    where m.enterprise_id = of_enterprise and m.activity_id = of_activity and m.starts_on <= current_date
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

VERSION = """
begin
    new.version := old.version + 1;
    return new;
end"""


def upgrade() -> None:
    op.execute("alter table sales_mandate add column id int generated always as identity")
    op.execute(
        "alter table sales_mandate drop constraint sales_mandate_pkey,"
        " add primary key (enterprise_id, activity_id, starts_on, id)"
    )
    ddl.function("sales_may", "of_enterprise int, of_activity int, what text", "bool", MANDATE, kind="stable")
    op.execute("alter table purchase add column version int not null default 1")
    ddl.function("purchase_version", "", "trigger", VERSION)
    op.execute(
        "create trigger purchase_versioned before update on purchase for each row execute function purchase_version()"
    )
    op.execute("alter table purchase enable always trigger purchase_versioned")
    op.execute("drop function sales_move(int, bigint, text, text)")
    op.execute("drop function purchase_move(int, bigint, text, text)")
    ddl.function(
        "sales_move", "of_enterprise int, of_document bigint, to_state text, said text, seen int", "void", MOVE
    )
    ddl.function(
        "purchase_move",
        "of_enterprise int, of_purchase bigint, to_state text, said text, seen int",
        "void",
        PURCHASE_MOVE,
    )
    ours = f"({ddl.BOOKS} or {ddl.OWN})"
    op.execute("grant delete, update (kind) on purchase to ecp_app")
    op.execute(f"create policy purchase_delete on purchase for delete to ecp_app using ({ours} and state <> 'posted')")
