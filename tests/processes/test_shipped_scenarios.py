"""The scenarios that come with the product are scenarios like those that designers record, and guard publications."""

import json
import os
import tomllib
from dataclasses import asdict, replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.tables import DefinitionRow
from kernel.context import DESIGNER, SYSTEM, Context
from kernel.db import savepoint
from kernel.errors import AppError, ValidationFailed
from kernel.paging import Page
from processes import catalogue, designs, replaying, scenarios, shipped_scenarios, version_events
from processes.catalogue import ORDER
from processes.performance import Performance, Script
from processes.scenario_table import ScenarioRow
from tests.conftest import THOROUGH

WRITE = "PROCESSION_WRITE_STANDINGS"
"""Set it, and this file writes what is expected anew instead of comparing."""
NOT_WHOLE = {
    "lead_qualification": {"back_to_the_first_step": 2, "bant_nurture_after_refusal": 1},
}
"""Steps that a rehearsal cannot follow: they are of the process that a message has begun beside this one."""


ASKS_ONE = Script("document", variables={"approver_ids": ["$head"], "mode": "sequence"})


@pytest.fixture
def context(session: Session, make_context: Any) -> Context:
    catalogue.deploy_shipped(Context(session, SYSTEM))
    made: Context = make_context(session, role=DESIGNER)
    return made


def version_of(context: Context, key: str) -> DefinitionRow:
    newest = select(DefinitionRow).where(DefinitionRow.key == key).order_by(DefinitionRow.version.desc()).limit(1)
    return context.session.scalars(newest).one()


def performed(context: Context, key: str, script: Script) -> tuple[list[dict[str, Any]], set[tuple[str, str]]]:
    """The standings up to where a rehearsal cannot go on, and the flows that tokens went along."""
    expected: list[dict[str, Any]] = []
    with savepoint(context.session, keep=False):
        performance = Performance(context, script)
        try:
            for stand in performance.stand_by_stand(version_of(context, key).id):
                expected.append(asdict(stand))
        except AppError:
            pass
        return expected, performance.ways()


def enough(walked: dict[str, set[tuple[str, str]]], moments: dict[str, set[str]]) -> set[str]:
    """Few of the scenarios that go along as much as all of them, chosen by how little each adds to what is played."""
    left, chosen, played = set().union(*walked.values()), set(), set[str]()
    while left:
        best = max(sorted(walked), key=lambda name: len(walked[name] & left) / (len(moments[name] - played) or 1))
        chosen.add(best)
        left -= walked[best]
        played |= moments[best]
    return chosen


def moments_of(script: Script) -> set[str]:
    """The start and each step with all before it: what scenarios that begin alike share."""
    return {repr(replace(script, steps=script.steps[:count])) for count in range(len(script.steps) + 1)}


def standings(context: Context, key: str) -> str:
    """The content of a process's `standings.json`, a line a scenario."""
    told, walked, moments = {}, {}, {}
    for name, path in shipped_scenarios.files_of(key).items():
        script = shipped_scenarios.script_of(tomllib.loads(path.read_text("utf-8")))
        told[name], walked[name] = performed(context, key, script)
        moments[name] = moments_of(script)
        kept = NOT_WHOLE.get(key, {}).get(name, len(script.steps))
        assert len(told[name]) - 1 == kept, f"{name}: {len(told[name]) - 1} steps of {len(script.steps)}"
    guards = enough(walked, moments)
    lines = (
        f"{json.dumps(name)}: {json.dumps({'guards': name in guards, 'expected': stands})}"
        for name, stands in told.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


@pytest.mark.parametrize("key", ORDER)
def test_what_is_expected_of_them_is_what_happens(context: Context, key: str) -> None:
    file = shipped_scenarios.standings_file(key)
    if os.environ.get(WRITE):
        file.write_text(standings(context, key), encoding="utf-8")
    rows = context.session.scalars(select(ScenarioRow).where(ScenarioRow.definition_key == key)).all()
    assert {row.shipped for row in rows} == set(json.loads(file.read_text("utf-8")))
    replayed = [row for row in rows if row.guards or THOROUGH]
    outcomes = replaying.replay_each(context, replayed, version_of(context, key).id)
    assert [one for one in outcomes if one.difference] == []


def test_designers_see_them_by_name_in_their_language_with_what_only_the_tests_check(context: Context) -> None:
    version = version_of(context, "corporate_sale").id
    found = {one.name: one for one in scenarios.list_scenarios(context, version, Page(200)).items}
    whole = found["From the first call to the signed contract, along every stage"]
    assert whole.shipped and whole.expected[-1].end_event == "won"
    assert whole.beyond.facts[0] == ("assignees", "no_deal")
    put_off = found["A step is put off; what cannot be is refused and changes nothing"]
    assert (len(put_off.script.steps), dict(put_off.beyond.left_out)) == (1, {0: 5, 1: 4})
    russian = Context(context.session, replace(context.actor, language="ru"), context.clock)
    assert scenarios.get_scenario(russian, version, whole.id).name.startswith("От первого звонка")


def approval_files() -> list[tuple[str, bytes]]:
    return catalogue.files_of("document_approval")


def with_another_reminder() -> list[tuple[str, bytes]]:
    """The approval whose reminder is another element."""
    return [(name, data.replace(b'"remind"', b'"nudge"')) for name, data in approval_files()]


def test_a_changed_version_of_a_shipped_process_is_held_back_by_those_that_guard(context: Context) -> None:
    with pytest.raises(ValidationFailed) as refused:
        designs.upload(context, with_another_reminder(), publish=True)
    assert refused.value.code == "scenarios_broken"
    differences = [one["difference"] for one in refused.value.details["scenarios"]]
    assert any(found["element_id"] == "remind" and found["refused"] for found in differences)
    assert not designs.upload(context, approval_files(), publish=True).findings


def test_all_that_differ_are_renewed_at_once_and_what_cannot_be_done_is_told(context: Context) -> None:
    version = designs.upload(context, with_another_reminder()).definitions[0].id
    left = {outcome.name for outcome in scenarios.renew_scenarios(context, version)}
    assert "A supervisor lets the reminder go by hand; the approver is asked once only" in left
    for one in scenarios.list_scenarios(context, version, Page(200)).items:
        if one.name in left:
            scenarios.set_guarding(context, version, one.id, guards=False)
    assert designs.publish(context, version).state == "published"
    assert version_events.SHIPPED in {one.kind for one in version_events.list_history(context, version, Page(50)).items}


def test_they_are_installed_once_a_release_and_one_taken_away_stays_away(context: Context) -> None:
    version = version_of(context, "document_approval").id
    first = scenarios.list_scenarios(context, version, Page(200)).items
    scenarios.delete_scenario(context, version, first[0].id)
    scenarios.record_scenario(context, version, name="Ours", script=ASKS_ONE)
    catalogue.deploy_shipped(Context(context.session, SYSTEM))
    names = {one.name for one in scenarios.list_scenarios(context, version, Page(200)).items}
    assert names == {one.name for one in first[1:]} | {"Ours"}
