"""Whose words: the person's own language, else the one chosen on this device, else what the browser asks for."""

from flask import Flask, g, request

from kernel.i18n import DEFAULT_LANGUAGE, LANGUAGES

COOKIE = "language"
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")


def prepare(app: Flask) -> None:
    app.before_request(choose)


def choose() -> None:
    g.language = chosen()
    theme = request.cookies.get(THEME_COOKIE, "auto")
    g.theme = theme if theme in THEMES else "auto"


def chosen() -> str:
    context = getattr(g, "context", None)
    on_device = request.cookies.get(COOKIE)
    if on_device in LANGUAGES:
        return on_device
    if context is not None and context.actor.language in LANGUAGES and not context.actor.is_system:
        return str(context.actor.language)
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE
