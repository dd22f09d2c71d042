"""What each answer tells browsers: which code may run (ours, by a nonce), who may frame us (nobody), what to keep."""

import gzip
import secrets

from flask import Flask, Response, g, request

_COMPRESSED_FROM = 1200
_TEXTS = ("text/html", "text/css", "application/json", "image/svg+xml", "text/javascript")


def register(app: Flask) -> None:
    """Add the headers, and the nonce that templates use."""
    app.context_processor(lambda: {"nonce": nonce()})
    app.after_request(_protect)
    app.after_request(_compress)


def nonce() -> str:
    """The word that lets our own script tags run, another one for each answer."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _protect(response: Response) -> Response:
    policy = {
        "default-src": "'none'",
        "script-src": f"'nonce-{nonce()}'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "manifest-src": "'self'",
    }
    response.headers.setdefault("Content-Security-Policy", "; ".join(f"{key} {value}" for key, value in policy.items()))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "assets.file":
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("HX-Request")
    return response


def _compress(response: Response) -> Response:
    """Send long texts small: the last kilometre is often a slow telephone."""
    if (
        response.status_code != 200  # noqa: PLR2004
        or response.direct_passthrough
        or response.mimetype not in _TEXTS
        or "Content-Encoding" in response.headers
        or "gzip" not in request.headers.get("Accept-Encoding", "")
    ):
        return response
    body = response.get_data()
    if len(body) >= _COMPRESSED_FROM:
        response.set_data(gzip.compress(body, 5))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response
