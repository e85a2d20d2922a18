"""The scenarios that come with the product: files as its tests play them, turned into scripts that guard publications.

What they expect after each step was written down beside them (`standings.json`) on the process as it is shipped.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from kernel.context import Context
from processes import version_events
from processes.made_up import LINES
from processes.performance import Script, Step, script_values
from processes.scenario_table import ScenarioRow
from processes.version_events import SHIPPED, VersionEventRow

CATALOGUE = Path(__file__).parent / "catalogue"
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""The moment at which each of them begins: Monday noon in Moscow."""
IN_STANDING = ("open", "state", "end_event", "stage")
"""What a file expects and every replay compares."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """What the product's tests check of a scenario and a replay does not: kinds of facts after a step (0 is the start),
    and how many of the file's steps that lead nowhere come after it."""

    facts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    left_out: Mapping[int, int] = field(default_factory=dict)


@cache
def files_of(key: str) -> dict[str, Path]:
    """The scenarios' files of a shipped process by their names; none for other processes."""
    return {path.stem: path for path in sorted((CATALOGUE / key / "scenarios").glob("*.toml"))}


def standings_file(key: str) -> Path:
    return CATALOGUE / key / "standings.json"


def install(context: Context, key: str) -> None:
    """Puts a release's scenarios of a process in the place of those of the release before, once."""
    read = {name: path.read_bytes() for name, path in files_of(key).items()}
    standings = standings_file(key).read_bytes()
    tag = hashlib.sha256(standings + b"".join(read.values())).hexdigest()[:16]
    done = select(VersionEventRow.comment).where(VersionEventRow.definition_key == key, VersionEventRow.kind == SHIPPED)
    if context.session.scalar(done.order_by(VersionEventRow.id.desc()).limit(1)) == tag:
        return
    remove(context, key)
    rows = list(_rows(context, key, read, json.loads(standings)))
    context.session.add_all(rows)
    version_events.note(context, key, SHIPPED, comment=tag, count=len(rows))


def remove(context: Context, key: str) -> None:
    """They are of the release before; `install` puts others in their place."""
    context.session.execute(
        delete(ScenarioRow).where(ScenarioRow.definition_key == key, ScenarioRow.shipped.is_not(None))
    )


def _rows(context: Context, key: str, read: Mapping[str, bytes], standings: Mapping[str, Any]) -> Iterator[ScenarioRow]:
    now = context.now()
    taken = set(context.session.scalars(select(ScenarioRow.name).where(ScenarioRow.definition_key == key)))
    for name, told in standings.items():
        content = tomllib.loads(read[name].decode())
        title = content["title"] if content["title"] not in taken else f"{content['title']} ({name})"
        script = script_of(content)
        script = replace(script, steps=script.steps[: len(told["expected"]) - 1])
        yield ScenarioRow(
            definition_key=key, name=title, titles={"en": title, "ru": content["title_ru"]}, shipped=name,
            guards=told["guards"], script=script_values(script), expected=told["expected"], created_at=now,
            updated_at=now,
        )  # fmt: skip


@cache
def beyond(key: str, name: str) -> Beyond:
    """What else the tests of this release check on the way."""
    path = files_of(key).get(name)
    if path is None:
        return Beyond()
    content = tomllib.loads(path.read_text("utf-8"))
    facts = {0: _more(content["start"].get("expect", {}))}
    left_out: dict[int, int] = {}
    moment = 0
    for told in content.get("step", []):
        if _step(told) is None:
            left_out[moment] = left_out.get(moment, 0) + 1
            continue
        moment += 1
        facts[moment] = _more(told.get("expect", {}))
    facts[moment] = tuple(dict.fromkeys((*facts[moment], *_more(content.get("end", {})))))
    return Beyond({at: more for at, more in facts.items() if more}, left_out)


def _more(expected: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(fact for fact in expected if fact not in IN_STANDING)


def script_of(content: Mapping[str, Any]) -> Script:
    """What a rehearsal can do of a scenario's file."""
    start = content["start"]
    about = start.get("subject") or "nothing"
    steps = [step for told in content.get("step", []) if (step := _step(told)) is not None]
    return Script(about, BEGAN, _plain(start.get("variables", {})), None, tuple(steps), _given(about, start))


def _given(about: str, start: Mapping[str, Any]) -> dict[str, Any]:
    if about == "lead":
        reached = {"phone": "$phone", "email": "$email"} if "lead" in start else {"phone": "$phone"}
        work = {"in_work": start["in_work"]} if "in_work" in start else {}
        return {**reached, **_plain(start.get("lead", {})), **work}
    if about not in ("deal", "document"):
        return {}
    given = {"stage": start.get("stage", "needs"), **_plain(start.get("deal", {}))}
    if "line" in start:
        given["business_line_id"] = f"${LINES[start['line']]}"
    return given


def _step(told: Mapping[str, Any]) -> Step | None:
    """None for what is refused, only looked at, or of no effect on where the process stands."""
    if "expect_error" in told or "preview" in told:
        return None
    variables = _plain(told.get("variables", {}))
    if "task" in told:
        return Step("complete", told["task"], told.get("result"), variables)
    if "timer" in told or "release" in told:
        return Step("release", told.get("timer") or told["release"])
    if "message" in told:
        return Step("message", told["message"], variables=variables)
    if "change_stage" in told:
        return Step("message", "deal.change_stage", variables={"next_stage": told["change_stage"], **variables})
    if "activity" in told:
        return Step("activity", told["activity"], told.get("result"))
    return Step("document", told["document"]) if "document" in told else None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value
