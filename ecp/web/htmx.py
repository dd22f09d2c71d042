"""A whole page, or the part of it that htmx asked for: the same address gives both (STYLE §12)."""

from typing import Any

from flask import render_template, request


def is_part() -> bool:
    """Tell whether only a part is wanted."""
    headers = request.headers
    return "HX-Request" in headers and "HX-Boosted" not in headers and "HX-History-Restore-Request" not in headers


def render(page: str, part: str, /, **context: Any) -> str:
    """Render a page, or its part for htmx."""
    return render_template(part if is_part() else page, **context)
