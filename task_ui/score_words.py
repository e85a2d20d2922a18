"""How score rules are called and grouped on screens."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_model.scoring.entities import ScoreRule
from crm_model.scoring.kinds import KINDS
from kernel.i18n import N_

GROUPS = {
    "behaviour": N_("What they do"), "profile": N_("Who they are"), "role": N_("Who talks to us"),
    "history": N_("What we have sold them"),
}  # fmt: skip
TITLES = {
    "touch": N_("Reactions and touches"), "activity": N_("Our calls and meetings"), "request": N_("What the lead asks for"),
    "silence": N_("Silence"), "source": N_("Where the lead came from"), "known": N_("What is known of the lead"),
    "company": N_("Industry, region, size"), "contact_role": N_("Role of the contact"), "deals_won": N_("Won deals"),
    "deals_stalled": N_("Deals that stand still"),
}  # fmt: skip


__all__ = ["KINDS", "grouped", "offered", "placed", "said"]


def offered() -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(kind, title)]) in the order of the page."""
    return [
        (GROUPS[group], [(code, TITLES[code]) for code, kind in KINDS.items() if kind.group == group])
        for group in GROUPS
    ]


def grouped(rules: Sequence[ScoreRule]) -> list[tuple[str, list[ScoreRule]]]:
    """Rules under the titles of their groups, those that give most first; groups without any are left out."""
    found = [
        (title, sorted((one for one in rules if KINDS[one.kind].group == group), key=lambda one: -one.points))
        for group, title in GROUPS.items()
    ]
    return [(title, some) for title, some in found if some]


def said(row: Mapping[str, Any], language: str) -> str:
    """The condition of a rule as a version has kept it."""
    return KINDS[row["kind"]].summary(row["condition"], language)


def placed(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Errors of a condition under the names its form uses."""
    return {path.replace("condition.", "c_"): messages for path, messages in errors.items()}
