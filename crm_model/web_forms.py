"""Web forms: what a page of the company's site asks a visitor, in which words, and for which campaign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_model import fields, inputs, listing, references, web_form_fields
from crm_model.campaigns import Campaign
from crm_model.inputs import Field, Wrong
from crm_model.leads import Lead
from crm_model.products import Product
from crm_model.records import Record, change, one_of, search_key
from crm_model.web_form_fields import LABELS, REQUESTS, TYPES, FormField, by_language, said
from kernel.context import Context
from kernel.db import Base
from kernel.errors import NotFound
from kernel.i18n import LANGUAGES, N_, translate
from kernel.paging import Page, Slice
from kernel.permissions import use_case

TAKEN = N_("There is a form with this key already.")
BUTTON = N_("Send")
THANKS = N_("Thank you! We have received your request and will get in touch with you.")
TEXTS = ("title", "intro", "button", "consent_text", "thanks")
USUAL_FIELDS = ("name", "phone", "email", "need")


class WebForm(Record, Base):
    """Веб-форма. `title` and the other texts are by language; `consent_version` grows with each change of the text
    that a visitor agrees to. The counters are raised by the posts themselves and are not in the audit."""

    __tablename__ = "web_forms"
    __table_args__ = (one_of("language", LANGUAGES),)
    audit_skip = frozenset({"posts", "accepted", "trapped"})

    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(2), default="ru")
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    intro: Mapped[dict[str, str]] = mapped_column(default=dict)
    button: Mapped[dict[str, str]] = mapped_column(default=dict)
    consent_text: Mapped[dict[str, str]] = mapped_column(default=dict)
    consent_version: Mapped[int] = mapped_column(default=1)
    thanks: Mapped[dict[str, str]] = mapped_column(default=dict)
    redirect_url: Mapped[str | None] = mapped_column(String(255))
    fields: Mapped[list[Any]]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    double_opt_in: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    posts: Mapped[int] = mapped_column(default=0, server_default="0")
    accepted: Mapped[int] = mapped_column(default=0, server_default="0")
    trapped: Mapped[int] = mapped_column(default=0, server_default="0")
    search_key: Mapped[str] = search_key("name", "key")

    campaign: Mapped[Campaign | None] = relationship()
    product: Mapped[Product | None] = relationship()

    @property
    def refused(self) -> int:
        """Posts that were sent back with what was wrong in them."""
        return max(0, self.posts - self.accepted - self.trapped)

    def asked(self, language: str) -> tuple[FormField, ...]:
        """What it asks, in a language."""
        return tuple(self._field(row, language) for row in self.fields)

    def text(self, name: str, language: str) -> str:
        """One of the texts in a language, or what is usually said there."""
        usual = {"button": BUTTON, "thanks": THANKS, "consent_text": LABELS["consent"]}.get(name)
        return said(getattr(self, name), language) or (translate(usual, language) if usual else "")

    def _field(self, row: dict[str, Any], language: str) -> FormField:
        key = row["key"]
        own = self.text("consent_text", language) if key == "consent" else said(row.get("label") or {}, language)
        options = tuple((code, translate(title, language)) for code, title in REQUESTS.items())
        return FormField(
            key=key,
            type=TYPES[key],
            label=own or translate(LABELS[key], language),
            required=row["required"],
            options=options if key == "request" else (),
        )


@dataclass(frozen=True, slots=True)
class LeadCount:
    """What became of a form's leads: how many there are, and how many had data by which nobody could be reached."""

    leads: int = 0
    incorrect: int = 0


def _campaign(ctx: Context, value: Any) -> int:
    number = inputs.number(ctx, value)
    if ctx.session.get(Campaign, number) is None:
        raise Wrong(inputs.NO_RECORD)
    return number


FIELDS = {
    "key": Field(web_form_fields.key, required=True),
    "name": Field(inputs.name, required=True),
    "language": Field(inputs.choice(LANGUAGES), nullable=False),
    "title": Field(by_language(inputs.name), nullable=False),
    "intro": Field(by_language(inputs.long_text), nullable=False),
    "button": Field(by_language(inputs.name), nullable=False),
    "consent_text": Field(by_language(inputs.long_text), nullable=False),
    "thanks": Field(by_language(inputs.long_text), nullable=False),
    "redirect_url": Field(fields.website),
    "fields": Field(web_form_fields.chosen, nullable=False),
    "campaign_id": Field(_campaign),
    "product_id": Field(inputs.record(Product)),
    "double_opt_in": Field(inputs.boolean, nullable=False),
    "active": Field(inputs.boolean, nullable=False),
}


@use_case("web_forms.manage")
def list_web_forms(ctx: Context, page: Page, *, q: str | None = None, active: bool | None = None) -> Slice[WebForm]:
    """The newest first."""
    query = select(WebForm)
    if active is not None:
        query = query.where(WebForm.active == active)
    if q:
        query = query.where(listing.has_folded(q, WebForm.search_key))
    return listing.paged(ctx.session, query, page, WebForm, "-id")


@use_case("web_forms.manage")
def count_leads(ctx: Context, keys: Sequence[str]) -> dict[str, LeadCount]:
    """By the key of the form."""
    wrong = func.count().filter(Lead.disqualify_reason == "incorrect_data")
    query = select(Lead.form, func.count(), wrong).where(Lead.form.in_(keys)).group_by(Lead.form)
    return {form: LeadCount(many, bad) for form, many, bad in ctx.session.execute(query) if form}


@use_case("web_forms.manage")
def get_web_form(ctx: Context, key: str) -> WebForm:
    return find(ctx, key)


@use_case("web_forms.manage")
def create_web_form(ctx: Context, values: Mapping[str, Any]) -> WebForm:
    """A new form; without `fields` it asks for name, phone, e-mail and need."""
    form = draw_web_form(ctx, values)
    references.refuse_twin(ctx, WebForm(key=None), "key", {"key": form.key}, TAKEN)
    ctx.session.add(form)
    ctx.session.flush()
    return form


@use_case("web_forms.manage")
def draw_web_form(ctx: Context, values: Mapping[str, Any]) -> WebForm:
    """The form that these values would make, for a look at it; nothing is kept."""
    clean = inputs.read(ctx, {"fields": USUAL_FIELDS, **values}, FIELDS)
    return WebForm(**{"language": LANGUAGES[0], **{name: {} for name in TEXTS}, **clean})


@use_case("web_forms.manage")
def update_web_form(ctx: Context, key: str, values: Mapping[str, Any]) -> WebForm:
    """Changes a form; another consent text is another version of it. The key stays, for pages elsewhere know it."""
    form = find(ctx, key, lock=True)
    inputs.check_version(form, values)
    clean = inputs.read(ctx, values, FIELDS, partial=True, read_only=("key",))
    if "consent_text" in clean and clean["consent_text"] != form.consent_text:
        change(form, {"consent_version": form.consent_version + 1})
    change(form, clean)
    ctx.session.flush()
    return form


def find(ctx: Context, key: str, *, lock: bool = False) -> WebForm:
    """A form by its key, or by its number, which no key can be. NotFound where there is none."""
    query = select(WebForm).where(WebForm.id == int(key) if key.isdecimal() and len(key) < 19 else WebForm.key == key)
    if lock:
        query = query.with_for_update(of=WebForm).execution_options(populate_existing=True)
    form = ctx.session.scalars(query).one_or_none()
    if form is None:
        raise NotFound()
    return form
