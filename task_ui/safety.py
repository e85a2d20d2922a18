"""What a page may load and who may frame it: nothing from elsewhere, no script or style inside the page."""

from flask import Flask, Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
DRAWING = f"{POLICY}; style-src-attr 'unsafe-inline'"
"""Editors of tables and the simulation of diagrams write sizes and colours into elements; only their pages allow it."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def prepare(app: Flask) -> None:
    app.after_request(protect)


def protect(answer: Response) -> Response:
    if answer.mimetype == "text/html":
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.vary.add("HX-Request")
    return answer
