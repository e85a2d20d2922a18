"""A rehearsal that is kept is a scenario: it is replayed on every version and guards what is published."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.tables import InstanceRow
from kernel.context import DESIGNER, HEAD, MANAGER, SUPERVISOR, SYSTEM, Context
from kernel.errors import NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from processes import designs, drafts, scenarios, version_events
from processes.performance import Script, Step
from tests.processes.test_rehearsal import process
from tests.support.diagrams import diagram, node

YES = Script(
    "deal", steps=(Step("complete", "offer", result="yes"), Step("release", "pause"), Step("message", "answer"))
)
NO = Script("deal", steps=(Step("complete", "offer", result="no"),))
TWO_STEPS = ("offer -> g; g -> lost", "offer -> check; check -> g; g -> lost")


@pytest.fixture
def context(session: Session, make_context: Any) -> Context:
    made: Context = make_context(session, role=DESIGNER)
    return made


def deploy(context: Context, content: bytes | None = None, **options: Any) -> int:
    return designs.upload(context, [("p.bpmn", content or process())], **options).definitions[0].id


def longer(key: str = "rehearsed") -> bytes:
    """The same process with a check after the offer."""
    text = process(key).decode()
    flow = '<sequenceFlow id="offer_g" sourceRef="offer" targetRef="g"></sequenceFlow>'
    assert flow in text
    more = '<userTask id="check" name="check"/><sequenceFlow id="c" sourceRef="check" targetRef="g"/>'
    return text.replace(flow, flow.replace('targetRef="g"', 'targetRef="check"') + more).encode()


def without_results(key: str = "rehearsed") -> bytes:
    return process(key).replace(b'<procession:result code="yes" titleRu="\xd0\x94\xd0\xb0" titleEn="Yes"/>', b"")


def test_a_scenario_keeps_what_happened_after_each_step(session: Session, context: Context) -> None:
    before = session.scalar(select(func.count()).select_from(InstanceRow))
    made = scenarios.record_scenario(context, deploy(context), name="  They buy ", script=YES)
    assert made.name == "They buy"
    assert [stand.elements for stand in made.expected] == [("offer",), ("pause",), ("answer",), ()]
    assert [stand.stage for stand in made.expected] == ["proposal", "proposal", "proposal", "won"]
    assert (made.expected[-1].state, made.expected[-1].end_event) == ("completed", "won")
    assert session.scalar(select(func.count()).select_from(InstanceRow)) == before


def test_a_new_version_on_which_a_scenario_goes_differently_is_not_published(context: Context) -> None:
    first = deploy(context, publish=True)
    scenarios.record_scenario(context, first, name="They buy", script=YES)
    scenarios.record_scenario(context, first, name="They decline", script=NO)
    second = deploy(context, longer())
    with pytest.raises(ValidationFailed) as refused:
        designs.publish(context, second)
    assert refused.value.code == "scenarios_broken"
    buy, decline = refused.value.details["scenarios"]
    assert (buy["name"], buy["difference"]["step"], buy["difference"]["element_id"]) == ("They buy", 1, "check")
    assert buy["difference"]["expected"]["elements"] == ("pause",)
    assert buy["difference"]["got"]["elements"] == ("check",)
    assert decline["difference"]["expected"]["end_event"] == "lost"


def test_a_step_that_cannot_be_done_any_more_says_why(context: Context) -> None:
    made = scenarios.record_scenario(context, deploy(context), name="They buy", script=YES)
    outcome = scenarios.replay_scenario(context, deploy(context, without_results()), made.id)
    assert outcome.difference is not None
    assert (outcome.difference.step, outcome.difference.element_id, outcome.difference.got) == (1, "offer", None)
    assert outcome.difference.refused


def test_publishing_an_upload_or_a_draft_replays_them_too(context: Context) -> None:
    scenarios.record_scenario(context, deploy(context, publish=True), name="They buy", script=YES)
    with pytest.raises(ValidationFailed):
        deploy(context, longer(), publish=True)
    draft = drafts.save_draft(context, xml=longer().decode())
    with pytest.raises(ValidationFailed):
        drafts.publish_draft(context, draft.id, revision=draft.revision)


def test_it_is_published_nevertheless_with_a_reason_that_is_kept(context: Context) -> None:
    scenarios.record_scenario(context, deploy(context, publish=True), name="They buy", script=YES)
    second = deploy(context, longer())
    with pytest.raises(ValidationFailed):
        designs.publish(context, second, despite="  ")
    done = designs.publish(context, second, comment="A check", despite="The board wants it today")
    assert done.state == "published"
    newest = version_events.list_history(context, second, Page()).items[0]
    assert (newest.kind, newest.version, newest.comment) == ("published", 2, "A check")
    assert newest.detail == {"scenarios": 1, "despite": "The board wants it today", "broken": ["They buy"]}
    assert newest.actor is not None and newest.actor.id == context.actor.user_id
    kept = scenarios.list_scenarios(context, second, Page()).items[0]
    assert kept.checked_version == 2 and kept.difference is not None and kept.difference.element_id == "check"


def test_a_scenario_is_renewed_by_what_happens_now(context: Context) -> None:
    first = deploy(context, publish=True)
    declined = scenarios.record_scenario(context, first, name="They decline", script=NO)
    bought = scenarios.record_scenario(context, first, name="They buy", script=YES)
    second = deploy(context, longer())
    renewed = scenarios.renew_scenario(context, second, declined.id)
    assert renewed.expected[1].elements == ("check",) and renewed.difference is None
    with pytest.raises(ValidationFailed) as refused:
        scenarios.renew_scenario(context, second, bought.id)
    assert list(refused.value.fields) == ["steps.1.element"]
    scenarios.delete_scenario(context, second, bought.id)
    assert designs.publish(context, second).state == "published"


def test_a_rehearsal_of_a_draft_is_kept_for_its_process(context: Context) -> None:
    draft = drafts.save_draft(context, xml=process("drawn").decode())
    made = scenarios.record_on_draft(context, draft.id, name="They decline", script=NO)
    assert made.key == "drawn" and made.expected[-1].end_event == "lost"
    done = drafts.publish_draft(context, draft.id, revision=draft.revision).definitions[0]
    assert [one.checked_version for one in scenarios.list_scenarios(context, done.id, Page()).items] == [1]


def test_the_made_up_client_is_a_value_of_steps(context: Context) -> None:
    steps = (Step("complete", "ask", variables={"whose": "$account", "others": ["$account", "$5"]}),)
    content = diagram(
        node("start", "s") + node("user", "ask") + node("user", "then"), "s -> ask; ask -> then", id="asks"
    )
    version = deploy(context, content)
    made = scenarios.record_scenario(context, version, name="Ours", script=Script("account", steps=steps))
    assert scenarios.replay_scenario(context, version, made.id).difference is None


def test_the_command_line_publishes_as_somebody_made_up(context: Context) -> None:
    nodes = node("start", "s") + node("xor", "g") + node("user", "a") + node("user", "b")
    version = deploy(context, diagram(nodes, "s -> g; g -> a [initiator_id > 0]; g -> b*", id="whose"))
    scenarios.record_scenario(context, version, name="Somebody's", script=Script())
    assert designs.publish(Context(context.session, SYSTEM), version).state == "published"


def test_names_are_given_once_a_process(context: Context) -> None:
    version = deploy(context)
    one = scenarios.record_scenario(context, version, name="One", script=NO)
    scenarios.record_scenario(context, deploy(context, process("other")), name="One", script=NO)
    for act in (
        lambda: scenarios.record_scenario(context, version, name="One ", script=NO),
        lambda: scenarios.record_scenario(context, version, name=" ", script=NO),
    ):
        with pytest.raises(ValidationFailed) as refused:
            act()
        assert list(refused.value.fields) == ["name"]
    assert scenarios.rename_scenario(context, version, one.id, name="One").name == "One"
    assert scenarios.rename_scenario(context, version, one.id, name="Two").name == "Two"
    kinds = [event.kind for event in version_events.list_history(context, version, Page()).items]
    assert kinds == ["scenario_renamed", "scenario_renamed", "scenario_recorded", "uploaded"]


def test_a_scenario_is_of_its_own_process_only(context: Context) -> None:
    made = scenarios.record_scenario(context, deploy(context), name="One", script=NO)
    with pytest.raises(NotFound):
        scenarios.get_scenario(context, deploy(context, process("other")), made.id)


def test_who_may_draw_keeps_scenarios_and_only_who_deploys_publishes(
    session: Session, context: Context, make_context: Any
) -> None:
    version = deploy(context)
    supervisor = make_context(session, role=SUPERVISOR)
    scenarios.record_scenario(supervisor, version, name="Seen from above", script=NO)
    draft = drafts.save_draft(supervisor, xml=process("drawn").decode())
    with pytest.raises(PermissionDenied):
        drafts.publish_draft(supervisor, draft.id, revision=draft.revision)
    with pytest.raises(PermissionDenied):
        designs.publish(supervisor, version)
    for role in (HEAD, MANAGER):
        with pytest.raises(PermissionDenied):
            scenarios.replay_scenarios(make_context(session, role=role), version)
