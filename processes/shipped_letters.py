"""Templates that the shipped processes write by: made when they are first needed, and marketing's from then on."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crm_model import letter_templates
from crm_model.letter_templates import LetterTemplate
from kernel.context import Context

FILE = Path(__file__).parent / "catalogue" / "letters.toml"


def find(context: Context, code: str) -> LetterTemplate | None:
    """The template of this code as it is or would be made; None for one that is unknown or not in use."""
    found = context.session.scalar(select(LetterTemplate).where(LetterTemplate.code == code))
    if found is None and code in shipped():
        return LetterTemplate(**{"html": "", "text": "", **shipped()[code]})
    return found if found is not None and found.active else None


def template(context: Context, code: str) -> LetterTemplate | None:
    """The same, made if it is one of ours."""
    found = find(context, code)
    if found is not None and found.id is None:
        found = letter_templates.create_template(context.as_system(), shipped()[code])
    return found


def make_all(context: Context) -> None:
    for code in shipped():
        template(context, code)


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """What each shipped template is made of, by its code."""
    return {one["code"]: one for one in tomllib.loads(FILE.read_text(encoding="utf-8"))["letter"]}
