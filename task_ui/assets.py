"""Files of the front end under their hashed names, compressed beforehand and kept by browsers for a year."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request, send_from_directory

FOLDER = Path(__file__).parent / "static" / "dist"
ENCODINGS = (("br", "br"), ("gzip", "gz"))
YEAR = 365 * 24 * 3600

blueprint = Blueprint("assets", __name__)


@cache
def _manifest() -> dict[str, str]:
    path = FOLDER / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


def forget_manifest() -> None:
    _manifest.cache_clear()


def url(name: str) -> str:
    """The address of a built file by the name of its source, like `app.js`."""
    return f"/assets/{_manifest().get(name, name)}"


@blueprint.get("/assets/<path:name>")
def file(name: str) -> Response:
    if name.endswith((".br", ".gz")) or name == "manifest.json":
        abort(404)
    for encoding, ending in ENCODINGS:
        if encoding in request.accept_encodings and (FOLDER / f"{name}.{ending}").is_file():
            answer = send_from_directory(FOLDER, f"{name}.{ending}", mimetype=_type(name), max_age=YEAR)
            answer.headers["Content-Encoding"] = encoding
            return _kept(answer)
    return _kept(send_from_directory(FOLDER, name, mimetype=_type(name), max_age=YEAR))


def _kept(answer: Response) -> Response:
    answer.cache_control.public = True
    answer.cache_control.immutable = True
    answer.vary.add("Accept-Encoding")
    return answer


def _type(name: str) -> str | None:
    types: dict[str, Any] = {
        ".js": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
    }
    return types.get(Path(name).suffix)
