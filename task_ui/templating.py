"""Jinja for our pages: translations in the person's language, filters for money and time, and icons."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request
from jinja2 import FileSystemLoader
from markupsafe import Markup, escape

from kernel.i18n import translations
from task_ui import assets, audited, csrf, formatting, pickers, words
from task_ui.forms import RECORD_LISTS, RECORD_TYPES

TEMPLATES = Path(__file__).parent / "templates"


def prepare(app: Flask) -> None:
    app.jinja_loader = FileSystemLoader(TEMPLATES)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(formatting.FILTERS)
    app.jinja_env.filters.update(role_name=lambda role: words.label("role", role), translated=_pair)
    app.jinja_env.globals.update(
        _=said,
        ngettext=counted,
        icon=icon,
        asset=assets.url,
        csrf_field=csrf_field,
        label=words.label,
        choices=words.choices,
        kind_icons=KIND_ICONS,
        element_icons=ELEMENT_ICONS,
        event_icons=EVENT_ICONS,
        now=formatting.now,
        with_args=with_args,
        subject_url=subject_url,
        picker_url=pickers.url,
        picked=pickers.picked,
        audited=audited.shown,
        record_types=RECORD_TYPES,
        record_lists=RECORD_LISTS,
    )


KIND_ICONS = {
    "call": "phone", "meeting": "users", "presentation": "presentation", "email": "mail", "task": "circle-check",
    "document_work": "file-pen-line", "approval": "stamp",
}  # fmt: skip


ELEMENT_ICONS = {
    "task": "circle-check", "userTask": "user-round", "manualTask": "hand", "serviceTask": "cog", "scriptTask": "braces",
    "sendTask": "send", "receiveTask": "mail", "businessRuleTask": "table", "callActivity": "corner-down-right",
    "subProcess": "boxes", "transaction": "boxes", "adHocSubProcess": "boxes", "exclusiveGateway": "split",
    "inclusiveGateway": "split", "parallelGateway": "split", "eventBasedGateway": "split", "complexGateway": "split",
    "startEvent": "play", "endEvent": "flag", "intermediateCatchEvent": "clock", "intermediateThrowEvent": "send",
    "boundaryEvent": "bell",
}  # fmt: skip


EVENT_ICONS = {
    "uploaded": "upload", "published": "rocket", "retired": "archive", "restored": "history", "tagged": "tag",
    "scenario_recorded": "list-checks", "scenario_renamed": "pencil", "scenario_renewed": "check", "scenario_removed": "trash-2",
    "scenarios_shipped": "package", "scenario_guards": "shield-check", "scenario_guards_no_more": "shield",
    "decision_published": "table",
}  # fmt: skip


def _pair(pair: tuple[str, str]) -> tuple[str, str]:
    """A code with its marked text in the person's language, for lists of choices."""
    return pair[0], _gettext(pair[1])


def _language() -> str:
    return getattr(g, "language", "ru")


def said(message: str, **params: Any) -> str:
    """A message in the person's language. Never safe HTML by itself: labels of uploaded forms come through here too."""
    text = _gettext(message)
    if any(isinstance(value, Markup) for value in params.values()):
        return escape(text) % params
    return text % params if params else text


def counted(one: str, many: str, count: int, **params: Any) -> str:
    language = _language()
    shown = formatting.in_thousands(count, language)
    return translations(language).ngettext(one, many, count) % {"num": shown, **params}


def _gettext(message: str) -> str:
    return translations(_language()).gettext(message) if message else ""


def icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite; with a label it is an image of its own, else decoration."""
    use = f'<use href="{assets.url("icons.svg")}#{escape(name)}"></use>'
    spoken = f' role="img" aria-label="{escape(label)}"' if label else ' aria-hidden="true"'
    return Markup(f'<svg class="icon"{spoken}>{use}</svg>')


def csrf_field() -> Markup:
    return Markup(f'<input type="hidden" name="csrf_token" value="{escape(csrf.token())}">')


def with_args(**changes: Any) -> str:
    """The address of this page with other arguments; None takes one away."""
    args: dict[str, Any] = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in args.items() if value not in (None, "")}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


SUBJECT_PAGES = {
    "deal": "/deals/", "account": "/accounts/", "contact": "/contacts/", "activity": "/activities/",
    "document": "/documents/", "article": "/knowledge/", "task": "/tasks/", "lead": "/leads/",
}  # fmt: skip


def subject_url(kind: str, record_id: int) -> str | None:
    """The page of a record of a type; None for types that have none yet."""
    start = SUBJECT_PAGES.get(kind)
    return f"{start}{record_id}" if start else None
