"""What a kind of rule is, and the words that several kinds share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm_model import fields, inputs
from crm_model.inputs import Field, Read, Wrong
from kernel.context import Context
from kernel.i18n import N_, translate, translate_plural

BEHAVIOUR, PROFILE, HISTORY, ROLE = "behaviour", "profile", "history", "role"
LONGEST_PERIOD = 3650
MOST_TIMES = 100
NOTHING_CHOSEN = N_("Choose at least one.")

Condition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of condition.

    `facts` is one SELECT over the tables `subject` (leads with their contact and account) and `seen` (their touches), see
    `statements`: a row for each lead that fulfils the condition, with `lead_id`, `given_at`, `holds_until`,
    `cause_type`, `cause_id` and `cause_text`. Its parameters are `:now` and the condition's keys, written as `:$key`.
    `summary` says the condition in plain words, to stand after “if”.
    """

    code: str
    group: str
    fields: Mapping[str, Field]
    facts: str
    summary: Callable[[Condition, str], str]


def some(read_one: Read) -> Read:
    """A list with something in it."""
    read_list = inputs.many(read_one)

    def read_some(ctx: Context, value: Any) -> list[Any]:
        found: list[Any] = read_list(ctx, value)
        if not found:
            raise Wrong(NOTHING_CHOSEN)
        return found

    return read_some


days = fields.whole(LONGEST_PERIOD, 1)
times = fields.whole(MOST_TIMES, 1)
PERIOD = {"within_days": Field(days), "at_least": Field(times)}


def one_of_them(phrases: Iterable[str], language: str) -> str:
    """Phrases in the reader's language, any of which will do."""
    return translate(N_(" or "), language).join(translate(phrase, language) for phrase in phrases)


def with_period(phrase: str, condition: Condition, language: str) -> str:
    """How often and in which time, where the condition says so."""
    count, within = condition.get("at_least") or 1, condition.get("within_days")
    parts = [phrase]
    if count > 1:
        parts.append(translate_plural("at least %(count)s time", "at least %(count)s times", count, language))
    if within:
        parts.append(translate_plural("in the last %(count)s day", "in the last %(count)s days", within, language))
    return " ".join(parts)
