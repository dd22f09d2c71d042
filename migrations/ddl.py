"""What every migration needs: guarded tables, and functions that see more than their callers.

Three roles (see ecp/database.py): `ecp_owner` owns tables and cannot log in; `ecp_app` is whom the web, the workers and
the command line connect as, and owns nothing; `ecp_guard` cannot log in, bypasses row-level security and owns the
functions and triggers through which the application does what it may not do by itself.
"""

from alembic import op

BOOKS = "enterprise_id = any ((select walls_books())::int[])"
OWN = "activity_id = any ((select walls_activities())::int[])"
PLACES = "enterprise_id = any ((select walls_places())::int[])"
PORTFOLIO = "enterprise_id = any ((select walls_portfolio())::int[])"
ADMINISTRATOR = "(select walls_administrator())"


def guarded(  # noqa: PLR0913 (one condition a command)
    table: str,
    *,
    select: str | None = None,
    insert: str | None = None,
    update: str | None = None,
    delete: str | None = None,
    columns: str = "",
) -> None:
    """Give a table its owner, forced row-level security, one named policy a command, and just the rights they speak of.

    Each argument is the condition of a command; without one the application cannot do it at all. `columns` limits what
    can be selected, as in `(id, name)`.
    """
    op.execute(f"alter table {table} owner to ecp_owner")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"grant all on table {table} to ecp_guard")
    conditions = {"select": select, "insert": insert, "update": update, "delete": delete}
    for command, condition in conditions.items():
        if condition is None:
            continue
        shown = columns if command == "select" else ""
        op.execute(f"grant {command} {shown} on table {table} to ecp_app")
        clause = f"with check ({condition})" if command == "insert" else f"using ({condition})"
        op.execute(f"create policy {table}_{command} on {table} for {command} to ecp_app {clause}")


def append_only(table: str, *, truncate_only: bool = False) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE of a table to everybody, even where triggers are told to be silent."""
    commands = "truncate" if truncate_only else "update or delete or truncate"
    op.execute(
        f"create trigger {table}_append_only before {commands} on {table} for each statement"
        f" execute function refuse_change()"
    )
    op.execute(f"alter table {table} enable always trigger {table}_append_only")


def function(  # noqa: PLR0913 (what a function is)
    name: str,
    arguments: str,
    returns: str,
    body: str,
    *,
    kind: str = "volatile",
    settings: str = "",
    owner: str = "ecp_guard",
    granted: bool = True,
) -> None:
    """Make a function of the guard's: it sees past the walls, so its own text says what it lets through.

    `kind` is volatile or stable; `returns` is a type, `table (…)` or `trigger`; `settings` hold while it runs. What is
    not `granted` only other functions of the guard call.
    """
    op.execute(
        f"create or replace function {name}({arguments}) returns {returns} language plpgsql {kind} security definer"
        f" set search_path = pg_catalog, public, pg_temp {f'set {settings}' if settings else ''}"
        f" as $body$\n{body}\n$body$"
    )
    made = f"function {name}" if returns == "trigger" else f"function {name}({types(arguments)})"
    op.execute(f"alter {made} owner to {owner}")
    op.execute(f"revoke all on {made} from public")
    if granted and returns != "trigger":
        op.execute(f"grant execute on {made} to ecp_app")


def types(arguments: str) -> str:
    """Take the types of arguments written `name type, …`; what is only given out (`out name type`) is none of them."""
    words = [argument.split(" default ")[0].split() for argument in arguments.split(",") if argument.strip()]
    words = [each for each in words if each[0] != "out"]
    return ", ".join(" ".join(each[1:]) for each in words)
