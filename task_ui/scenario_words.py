"""Scenarios in words: what is done at each step, where the process then stands, and what went differently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from processes import designs
from processes.design_views import ElementView
from processes.performance import Standing, Step
from processes.replaying import Difference
from processes.scenarios import ScenarioView
from task_ui.web import _, ctx
from task_ui.words import label


@dataclass(frozen=True, slots=True)
class Said:
    """A step of a scenario as its page shows it; `got` and `refused` are there where it went differently."""

    number: int
    element_id: str | None
    does: str
    expected: Standing
    differs: bool = False
    got: Standing | None = None
    refused: str | None = None
    beyond: tuple[str, ...] = ()
    left_out: int = 0


def names_of(elements: Sequence[ElementView]) -> dict[str, str]:
    return {row.element_id: row.name or row.element_id for row in elements}


def answers_of(elements: Sequence[ElementView]) -> dict[tuple[str, str], str]:
    return {(row.element_id, code): title for row in elements for code, title in row.answers}


def steps(scenario: ScenarioView, difference: Difference | None, elements: Sequence[ElementView]) -> list[Said]:
    """The start and every step."""
    said = []
    for number, standing in enumerate(scenario.expected):
        step = scenario.script.steps[number - 1] if number else None
        differs = difference is not None and difference.step == number
        said.append(
            Said(
                number=number,
                element_id=_place(step),
                does=does(step, elements),
                expected=standing,
                differs=differs,
                got=difference.got if differs and difference else None,
                refused=difference.refused if differs and difference else None,
                beyond=tuple(label("scenario_fact", fact) for fact in scenario.beyond.facts.get(number, ())),
                left_out=scenario.beyond.left_out.get(number, 0),
            )
        )
    return said


def _place(step: Step | None) -> str | None:
    return step.element if step is not None and step.kind not in ("message", "document") else None


def does(step: Step | None, elements: Sequence[ElementView]) -> str:
    if step is None:
        return _("The process starts")
    if step.kind == "message":
        return _("The message “%(name)s” comes", name=step.element)
    if step.kind == "document":
        return _("A document appears on the deal: %(kind)s", kind=label("document_kind", step.element))
    name = names_of(elements).get(step.element, step.element)
    if step.kind == "activity":
        return _("“%(element)s” is done", element=name)
    if step.kind == "release":
        return _("“%(element)s” happens", element=name)
    titles = answers_of(elements)
    chosen = [titles.get((step.element, code), code) for code in (*step.choose, *filter(None, [step.result]))]
    return f"{name} → {', '.join(chosen)}" if chosen else name


def held_back(broken: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The scenarios that keep a decision from being published, in plain lines: {process, name, url, step, expected,
    now}."""
    names = {one["definition_id"]: names_of(designs.list_elements(ctx(), one["definition_id"])) for one in broken}
    return [_held_back(one, names[one["definition_id"]]) for one in broken]


def _held_back(one: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    found = one["difference"]
    return {
        "process": one["process"],
        "name": one["name"],
        "url": f"/processes/{one['definition_id']}/scenarios/{one['scenario_id']}",
        "step": _("Step %(n)s", n=found["step"]) if found["step"] else _("At the start"),
        "expected": _("Expected:") + " " + _stands(found["expected"], names),
        "now": _("Now:") + " " + (_stands(found["got"], names) if found["got"] else found["refused"] or ""),
    }


def _stands(stand: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if stand["state"] == "active":
        told = [
            names.get(id, id) + (f" ({_('stuck')})" if id in stand["incidents"] else "") for id in stand["elements"]
        ]
        return ", ".join(told) or label("instance_state", "active")
    ended = [label("instance_state", stand["state"])]
    if stand["end_event"]:
        ended.append(names.get(stand["end_event"], stand["end_event"]))
    return ": ".join(ended)
