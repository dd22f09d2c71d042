"""Stylesheet, scripts, fonts, icons: read once, compressed once, kept by browsers until they change."""

import gzip
import hashlib
import mimetypes
import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request
from werkzeug.security import safe_join

from ecp.web import access

FOLDER = Path(__file__).parent / "static"
_YEAR = 31_536_000
_ADDRESS = re.compile(r'url\("([^"]+)"\)')
_TYPES = {".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}

bp = Blueprint("assets", __name__)


def register(app: Flask) -> None:
    """Serve the files, and give their addresses the digest of what they hold."""
    app.register_blueprint(bp)
    app.url_defaults(_version)


@lru_cache(maxsize=128)
def _read(name: str) -> tuple[bytes, bytes, str, str]:
    """Give a file, the same compressed, its media type and its digest."""
    path = safe_join(str(FOLDER), name)
    if path is None or not Path(path).is_file():
        raise FileNotFoundError(name)
    content = Path(path).read_bytes()
    if name.endswith(".css"):  # what it names is asked for as pages name it, once
        named = _ADDRESS.sub(lambda found: f'url("{found[1]}?v={_read(found[1])[3]}")', content.decode())
        content = named.encode()
    kind = _TYPES.get(Path(path).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    small = content if kind == "font/woff2" else gzip.compress(content, 9)
    return content, small, kind, hashlib.sha256(content).hexdigest()[:12]


def _version(endpoint: str, values: dict[str, object]) -> None:
    if endpoint == "assets.file" and "v" not in values:
        values["v"] = _read(str(values["name"]))[3]


@bp.get("/static/<path:name>")
@access.anyone
def file(name: str) -> Response:
    """Give a file of the pages."""
    try:
        content, small, kind, digest = _read(name)
    except FileNotFoundError:
        abort(404)
    is_small = small is not content and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(small if is_small else content, mimetype=kind)
    if is_small:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    is_named = request.args.get("v") == digest
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if is_named else "no-cache"
    response.set_etag(digest)
    response.make_conditional(request)
    return response
