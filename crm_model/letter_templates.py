"""Templates of letters: subject, HTML and text in a small, safe part of Jinja, with personal fields and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from crm_model import fields, inputs, letter_html, letter_language, listing, references
from crm_model.contacts import Contact
from crm_model.inputs import Field, Wrong
from crm_model.leads import Lead
from crm_model.records import Record, change, search_key, sort_key
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base
from kernel.errors import Message, NotFound, ValidationFailed
from kernel.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

TWIN = N_("There is a template with this code already.")
EMPTY = N_("Write the letter: as HTML, as text, or both.")
PARTS = ("subject", "html", "text")


class LetterTemplate(Record, Base):
    """Шаблон письма. Processes ask for a template by its `code`; one that is not `active` is offered to nobody."""

    __tablename__ = "letter_templates"

    name: Mapped[str] = mapped_column(String(255))
    code: Mapped[str | None] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(5), default=DEFAULT_LANGUAGE)
    subject: Mapped[str] = mapped_column(String(255))
    html: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    sort_key: Mapped[str] = sort_key("name")
    search_key: Mapped[str] = search_key("name", "code", "subject")


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    html: str
    text: str


def _code(ctx: Context, value: Any) -> str:
    code = fields.text(64)(ctx, value)
    if not code.isascii() or not code.replace("_", "").isalnum() or code != code.lower():
        raise Wrong(N_("Small Latin letters, digits and underscores only."))
    return code


FIELDS = {
    "name": Field(inputs.name, required=True),
    "code": Field(_code),
    "language": Field(inputs.choice(LANGUAGES), nullable=False),
    "subject": Field(inputs.name, required=True),
    "html": Field(inputs.long_text),
    "text": Field(inputs.long_text),
    "active": Field(inputs.boolean, nullable=False),
}


@use_case("letters.read")
def list_templates(
    ctx: Context, page: Page, *, q: str | None = None, active: bool | None = None
) -> Slice[LetterTemplate]:
    """By name."""
    query = select(LetterTemplate)
    if active is not None:
        query = query.where(LetterTemplate.active == active)
    if q:
        query = query.where(listing.has_folded(q, LetterTemplate.search_key))
    return listing.paged(ctx.session, query, page, LetterTemplate, "sort_key")


@use_case("letters.read")
def get_template(ctx: Context, template_id: int) -> LetterTemplate:
    return _get(ctx, template_id)


@use_case("letters.manage")
def create_template(ctx: Context, values: Mapping[str, Any]) -> LetterTemplate:
    """A new template; what cannot be filled in is told by part and line."""
    template = LetterTemplate(language=DEFAULT_LANGUAGE, active=True, html="", text="")
    _assign(ctx, template, inputs.read(ctx, values, FIELDS))
    ctx.session.add(template)
    ctx.session.flush()
    return template


@use_case("letters.manage")
def update_template(ctx: Context, template_id: int, values: Mapping[str, Any]) -> LetterTemplate:
    template = _get(ctx, template_id, lock=True)
    inputs.check_version(template, values)
    _assign(ctx, template, inputs.read(ctx, values, FIELDS, partial=True))
    ctx.session.flush()
    return template


@use_case("letters.manage")
def delete_template(ctx: Context, template_id: int) -> None:
    """Only one by which nothing was written; make others inactive."""
    template = _get(ctx, template_id, lock=True)
    references.refuse_if_used(ctx, template)
    ctx.session.delete(template)
    ctx.session.flush()


def by_code(ctx: Context, code: str) -> LetterTemplate | None:
    return ctx.session.scalar(select(LetterTemplate).where(LetterTemplate.code == code, LetterTemplate.active))


def render(
    ctx: Context,
    template: LetterTemplate,
    *,
    lead: Lead | None = None,
    contact: Contact | None = None,
    sender: User | None = None,
) -> Rendered:
    """The letter to this person from this sender. ValidationFailed where a part cannot be filled in."""
    values = letter_language.values_for(lead=lead, contact=contact, sender=sender)
    return filled(template.subject, template.html, template.text, values)


def filled(subject: str, html: str, text: str, values: Mapping[str, Mapping[str, str]]) -> Rendered:
    """The parts with their fields filled; a part that is missing is made of the other."""
    _check({"subject": subject, "html": html, "text": text})
    plain = letter_language.fill(text, values, escape=False) if text.strip() else ""
    marked = letter_language.fill(html, values, escape=True) if html.strip() else letter_html.html_of(plain)
    clean = letter_html.sanitised(marked)
    line = " ".join(letter_language.fill(subject, values, escape=False).split())
    return Rendered(line, clean, plain or letter_html.text_of(clean))


def _check(parts: Mapping[str, str]) -> None:
    errors: dict[str, list[str | Message]] = {}
    for part, source in parts.items():
        found = letter_language.problems(source)
        if found:
            errors[part] = list(found)
    if errors:
        raise ValidationFailed(errors)


def _get(ctx: Context, template_id: int, *, lock: bool = False) -> LetterTemplate:
    template = ctx.session.get(LetterTemplate, template_id, with_for_update=lock, populate_existing=lock)
    if template is None:
        raise NotFound()
    return template


def _assign(ctx: Context, template: LetterTemplate, clean: dict[str, Any]) -> None:
    references.refuse_twin(ctx, template, "code", clean, TWIN)
    change(template, {**clean, **{part: clean[part] or "" for part in PARTS if part in clean}})
    if not (template.html.strip() or template.text.strip()):
        raise ValidationFailed({"html": [EMPTY]})
    _check({part: getattr(template, part) for part in PARTS})
