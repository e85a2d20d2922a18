"""Which value of two records their one record gets: the survivor's, unless it is empty or somebody chose the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_model import accounts, contacts, leads
from crm_model.consents import PROJECTED
from crm_model.inputs import Fields
from kernel.errors import Message, ValidationFailed
from kernel.i18n import N_

SURVIVOR, LOSER, BOTH = "survivor", "loser", "both"
FIELDS: dict[str, Fields] = {"account": accounts.FIELDS, "contact": contacts.FIELDS, "lead": leads.FIELDS}
NO_SUCH_FIELD = N_("There is no such field.")
NO_SUCH_CHOICE = N_("Choose one of: %(options)s.")
EMPTY: tuple[Any, ...] = (None, "", [], {}, False)


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of both records; `choices` are what may be chosen, `default` what is taken unless somebody says."""

    name: str
    survivor: Any
    loser: Any
    choices: tuple[str, ...]
    default: str

    @property
    def differs(self) -> bool:
        return bool(self.survivor != self.loser)


def compare(kind: str, survivor: Any, loser: Any) -> list[Choice]:
    return [
        _choice(name, getattr(survivor, name), getattr(loser, name)) for name in FIELDS[kind] if name not in PROJECTED
    ]


def _choice(name: str, survivor: Any, loser: Any) -> Choice:
    if isinstance(survivor, list | dict):
        default = BOTH if survivor not in EMPTY and loser not in EMPTY else LOSER if loser not in EMPTY else SURVIVOR
        return Choice(name, survivor, loser, (SURVIVOR, LOSER, BOTH), default)
    default = LOSER if survivor in EMPTY and loser not in EMPTY else SURVIVOR
    return Choice(name, survivor, loser, (SURVIVOR, LOSER), default)


def chosen(kind: str, survivor: Any, loser: Any, choices: Mapping[str, str]) -> dict[str, Any]:
    """The values of the one record; ValidationFailed for a choice there is not."""
    offered = {choice.name: choice for choice in compare(kind, survivor, loser)}
    errors: dict[str, list[str | Message]] = {}
    for name, said in choices.items():
        if name not in offered:
            errors[f"choices.{name}"] = [NO_SUCH_FIELD]
        elif said not in offered[name].choices:
            errors[f"choices.{name}"] = [Message(NO_SUCH_CHOICE, options=", ".join(offered[name].choices))]
    if errors:
        raise ValidationFailed(errors)
    return {name: _value(choice, choices.get(name, choice.default)) for name, choice in offered.items()}


def _value(choice: Choice, said: str) -> Any:
    if said == BOTH and isinstance(choice.survivor, dict):
        return {**choice.loser, **choice.survivor}
    if said == BOTH:
        return [*choice.survivor, *(one for one in choice.loser if one not in choice.survivor)]
    return choice.loser if said == LOSER else choice.survivor
