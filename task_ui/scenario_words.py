"""Scenarios in words: what is done at each step, where the process then stands, and what went differently."""

from collections.abc import Sequence
from dataclasses import dataclass

from processes.design_views import ElementView
from processes.performance import Script, Standing, Step
from processes.replaying import Difference
from task_ui.web import _


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


def names_of(elements: Sequence[ElementView]) -> dict[str, str]:
    return {row.element_id: row.name or row.element_id for row in elements}


def answers_of(elements: Sequence[ElementView]) -> dict[tuple[str, str], str]:
    return {(row.element_id, code): title for row in elements for code, title in row.answers}


def steps(
    script: Script, expected: Sequence[Standing], difference: Difference | None, elements: Sequence[ElementView]
) -> list[Said]:
    """The start and every step."""
    said = []
    for number, standing in enumerate(expected):
        step = script.steps[number - 1] if number else None
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
            )
        )
    return said


def _place(step: Step | None) -> str | None:
    return step.element if step is not None and step.kind != "message" else None


def does(step: Step | None, elements: Sequence[ElementView]) -> str:
    if step is None:
        return _("The process starts")
    if step.kind == "message":
        return _("The message “%(name)s” comes", name=step.element)
    name = names_of(elements).get(step.element, step.element)
    if step.kind == "release":
        return _("“%(element)s” happens", element=name)
    titles = answers_of(elements)
    chosen = [titles.get((step.element, code), code) for code in (*step.choose, *filter(None, [step.result]))]
    return f"{name} → {', '.join(chosen)}" if chosen else name
