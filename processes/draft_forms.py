"""Forms of a draft: those deployed before it, those drawn with it, and how one looks to who will fill it in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from engine.tables import DefinitionRow, FormRow
from kernel.context import Context
from kernel.errors import Message, ValidationFailed
from kernel.i18n import N_, translate
from kernel.permissions import use_case
from processes.forms import present, read_form
from processes.forms.plain import Wrong, clean_json
from processes.views import TaskForm

KEY = re.compile(r"[A-Za-z_][\w.-]{0,99}")
MOST_FORMS = 200
LARGEST = 1024 * 1024
BAD_KEY = N_("A form's key has Latin letters, digits, _ and - only, and does not begin with a digit: “%(key)s”.")
BAD_FORM = N_("The form “%(key)s” cannot be read: it needs a list of components.")
TOO_MANY = N_("The forms of this draft are larger than 1 MB together. Make them simpler.")


@dataclass(frozen=True, slots=True)
class FormPreview:
    """`problems` are parts of the form that could not be understood and are left out."""

    form: TaskForm
    problems: tuple[str, ...]


@use_case("definitions.draft")
def preview_form(context: Context, *, content: Mapping[str, Any], language: str) -> FormPreview:
    """A form as a person of that language will see it."""
    form = read_form(checked({"preview": content})["preview"])
    return FormPreview(
        present(form, language), tuple(translate(m.template, language, **m.params) for m in form.problems)
    )


def checked(forms: Mapping[str, Any]) -> dict[str, Any]:
    """The forms as they may be stored; raises `ValidationFailed`."""
    if len(forms) > MOST_FORMS or len(json.dumps(forms, ensure_ascii=False).encode(errors="replace")) > LARGEST:
        raise ValidationFailed({"forms": [TOO_MANY]})
    found: dict[str, Any] = {}
    for key, content in forms.items():
        if not KEY.fullmatch(key):
            raise ValidationFailed({"forms": [Message(BAD_KEY, key=str(key)[:100])]})
        try:
            clean = clean_json(content)
        except Wrong as wrong:
            raise ValidationFailed({"forms": list(wrong.messages.values())}) from wrong
        if not isinstance(clean, dict) or not isinstance(clean.get("components"), list):
            raise ValidationFailed({"forms": [Message(BAD_FORM, key=key)]})
        found[key] = {**clean, "id": key}
    return found


def deployed(context: Context, definition_id: int | None) -> dict[str, dict[str, Any]]:
    """Forms by key: those that came with the version drawn from, and of all others the newest."""
    newest = select(FormRow).ext(distinct_on(FormRow.key)).order_by(FormRow.key, FormRow.deployment_id.desc())
    found = {row.key: row.content for row in context.session.scalars(newest)}
    if definition_id is not None:
        together = select(DefinitionRow.deployment_id).where(DefinitionRow.id == definition_id)
        own = select(FormRow).where(FormRow.deployment_id.in_(together))
        found |= {row.key: row.content for row in context.session.scalars(own)}
    return found


def files_of(forms: Mapping[str, Any], used: Sequence[str]) -> list[tuple[str, bytes]]:
    """As an upload takes them."""
    return [
        (f"{key}.form", json.dumps({**content, "id": key}, ensure_ascii=False).encode())
        for key, content in forms.items()
        if key in used
    ]
