"""What a web form may ask a visitor: fields of the lead, each with its place, its label and whether it is needed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_model import inputs
from crm_model.inputs import Field, Read, Wrong
from kernel.context import Context
from kernel.errors import ValidationFailed
from kernel.i18n import LANGUAGES, N_

NAME, PHONE, EMAIL, CONSENT = "name", "phone", "email", "consent"
TYPES = {
    NAME: "text", "company": "text", PHONE: "phone", EMAIL: "email", "need": "long_text", "request": "choice",
    CONSENT: "checkbox",
}  # fmt: skip
"""The lead's fields in the order in which people expect to be asked."""
LABELS = {
    NAME: N_("Your name"),
    "company": N_("Company"),
    PHONE: N_("Phone"),
    EMAIL: N_("E-mail"),
    "need": N_("What do you need?"),
    "request": N_("What would you like?"),
    CONSENT: N_("I agree to receive letters from the company"),
}
REQUESTS = {
    "meeting": N_("To meet"),
    "tender": N_("An offer for a tender"),
    "webinar": N_("To take part in a webinar"),
    "download": N_("To download materials"),
}
"""What a visitor may ask for; who chooses nothing asks for nothing in particular."""
REACHED_BY = (PHONE, EMAIL)

NO_SUCH_FIELD = N_("A form can ask for: %(options)s.")
TWICE = N_("A field stands twice.")
NAME_NEEDED = N_("A form asks for the name.")
CHANNEL_NEEDED = N_("A form asks for a phone or an e-mail address, else nobody could answer.")
KEY_SHAPE = N_("Small Latin letters, digits and hyphens, beginning with a letter; at most 60 characters.")


@dataclass(frozen=True, slots=True)
class FormField:
    """`options` are the codes of a choice with what they mean."""

    key: str
    type: str
    label: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()


def key(ctx: Context, value: Any) -> str:
    """The part of the address that names a form."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9-]{0,59}", value):
        raise Wrong(KEY_SHAPE)
    return value


def by_language(read_one: Read) -> Read:
    """Texts by language, `{"ru": …, "en": …}`; empty ones are left out."""

    def read_texts(ctx: Context, value: Any) -> dict[str, str]:
        if not isinstance(value, dict) or not set(value) <= set(LANGUAGES):
            raise Wrong(N_("This must be an object of texts by language: ru, en."))
        said = {language: text for language, text in value.items() if text is not None and text != ""}
        return {language: read_one(ctx, text) for language, text in said.items()}

    return read_texts


_KEYS = {
    "key": Field(inputs.choice(TYPES), required=True),
    "required": Field(inputs.boolean, nullable=False),
    "label": Field(by_language(inputs.name)),
}


def chosen(ctx: Context, value: Any) -> list[Any]:
    """The fields of a form in their order; a bare key stands for a field that may be left empty."""
    try:
        rows = [inputs.read(ctx, row, _KEYS) for row in inputs.rows(value, "fields", key="key")]
    except ValidationFailed:
        raise Wrong(NO_SUCH_FIELD, options=", ".join(TYPES)) from None
    keys = [row["key"] for row in rows]
    if len(set(keys)) < len(keys):
        raise Wrong(TWICE)
    if NAME not in keys:
        raise Wrong(NAME_NEEDED)
    if not set(keys) & set(REACHED_BY):
        raise Wrong(CHANNEL_NEEDED)
    return [
        {
            "key": row["key"],
            "required": row["key"] == NAME or row.get("required", False),
            "label": row.get("label") or {},
        }
        for row in rows
    ]


def said(texts: Mapping[str, str], language: str) -> str | None:
    """A text in a language, else in another one; None where there is none."""
    return texts.get(language) or next(iter(texts.values()), None)
