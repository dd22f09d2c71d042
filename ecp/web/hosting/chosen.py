"""Which activity or enterprise a page is about: the one its address names, else the person's first."""

from flask import abort, request

from ecp.hosting import hosted
from ecp.hosting.hosted import Host, Hosted
from ecp.web import access


def activity() -> Hosted:
    """The activity of `?activite=`, else the first of the person's own; 404 where it is not for their eyes."""
    wanted = request.args.get("activite", type=int)
    if wanted is None:
        ours = access.current().activity_ids
        if not ours:
            abort(404)
        wanted = ours[0]
    found = hosted.by_id(wanted)
    if found is None:
        abort(404)
    return found


def enterprise_id() -> int:
    """The enterprise of `?entreprise=`, else the first that is open to the person; 404 for another's."""
    ours = access.current().enterprise_ids
    wanted = request.args.get("entreprise", type=int)
    if not ours or (wanted is not None and wanted not in ours):
        abort(404)
    return wanted if wanted is not None else ours[0]


def those_open() -> list[Host]:
    """The enterprises that are open to the person."""
    return [each for each in hosted.hosts() if each.id in access.current().enterprise_ids]
