"""The editor of a web form: its inputs, the rows of its fields, and the values that a browser sends back."""

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from crm_model.web_form_fields import LABELS, NAME, TYPES
from crm_model.web_forms import WebForm
from kernel.i18n import LANGUAGES, N_
from task_ui import forms
from task_ui.forms import Input

ABOUT = (
    Input("name", N_("Name for yourselves"), required=True),
    Input("key", N_("Key, a part of the address"), required=True, hint=N_("For example: racks-autumn")),
    Input(
        "language", N_("Language of the form"), "select", required=True, options=(("ru", "Русский"), ("en", "English"))
    ),
    Input("campaign_id", N_("Campaign"), "select"),
    Input("product_id", N_("Product"), "product"),
    Input("active", N_("Takes posts"), "boolean", wide=True),
)
AFTER = (
    Input(
        "redirect_url", N_("After sending go to"), "url", hint=N_("Empty: the form's own page with thanks."), wide=True
    ),
    Input(
        "double_opt_in",
        N_("Consent counts after a link in a letter is followed"),
        "boolean",
        wide=True,
    ),
)
TEXTS = (
    ("title", N_("Heading"), "string"),
    ("intro", N_("Text above the fields"), "text"),
    ("button", N_("Button"), "string"),
    ("consent_text", N_("What the visitor agrees to"), "text"),
    ("thanks", N_("Thanks after sending"), "text"),
)
UP, DOWN = "up", "down"


@dataclass(slots=True)
class Row:
    """A field that the form asks for, or could."""

    key: str
    shown: bool
    required: bool
    label: dict[str, str]

    @property
    def usual(self) -> str:
        return LABELS[self.key]

    @property
    def is_name(self) -> bool:
        return self.key == NAME


def rows_of(fields: list[Any]) -> list[Row]:
    """The form's fields in their order, then those it does not ask for."""
    shown = [Row(row["key"], True, row["required"], dict(row.get("label") or {})) for row in fields]
    keys = {row.key for row in shown}
    return shown + [Row(key, False, False, {}) for key in TYPES if key not in keys]


def sent_rows(form: "MultiDict[str, str]") -> list[Row]:
    """The rows as they stand on the page, one of them moved if its button was pressed."""
    keys = [key for key in form.getlist("field") if key in TYPES]
    rows = [
        Row(
            key=key,
            shown=key == NAME or f"shown.{key}" in form,
            required=key == NAME or f"required.{key}" in form,
            label={code: text for code in LANGUAGES if (text := form.get(f"label_{code}.{key}", "").strip())},
        )
        for key in dict.fromkeys(keys)
    ]
    return moved(rows, form.get("move", ""))


def moved(rows: list[Row], wish: str) -> list[Row]:
    """`up:phone` takes the row before the one above it."""
    way, _, key = wish.partition(":")
    place = next((number for number, row in enumerate(rows) if row.key == key), None)
    if place is None or way not in (UP, DOWN):
        return rows
    other = place - 1 if way == UP else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return rows


def values_of(form: "MultiDict[str, str]", rows: list[Row]) -> dict[str, Any]:
    """Everything the use cases take."""
    values = forms.read((*ABOUT, *AFTER), form)
    for name, _, _ in TEXTS:
        texts = {code: form.get(f"{name}_{code}", "").strip() for code in LANGUAGES}
        values[name] = {code: text for code, text in texts.items() if text}
    shown = [row for row in rows if row.shown]
    return {**values, "fields": [{"key": row.key, "required": row.required, "label": row.label} for row in shown]}


def filled(form: WebForm) -> dict[str, Any]:
    """The values a form has for its editor."""
    texts = {name: getattr(form, name) for name, _, _ in TEXTS}
    return {**forms.filled(form, (*ABOUT, *AFTER)), **texts}
