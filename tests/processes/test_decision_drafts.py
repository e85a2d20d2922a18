"""Decision tables drawn in the browser: saved as drafts, checked, tried and published without a diagram."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from kernel.context import DESIGNER, MANAGER, Context
from kernel.errors import NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from processes import decision_drafts, decisions, designs, drafts, scenarios, version_events
from processes.draft_table import DECISION
from processes.performance import Script
from tests.support.decisions import dmn
from tests.support.decisions import table as table_of
from tests.support.diagrams import diagram, node

MakeContext = Callable[..., Context]
RULE = (
    '<rule id="r1"><inputEntry id="i1"><text>&lt; 10</text></inputEntry>'
    '<outputEntry id="o1"><text>"small"</text></outputEntry></rule>'
)


@pytest.fixture
def designer(make_context: MakeContext, session: Session) -> Context:
    return make_context(session, role=DESIGNER)


def table(context: Context, rule: str = RULE) -> tuple[str, str]:
    """A file with one rule about a number, and the key of its decision."""
    made = decision_drafts.empty_decision(context, name="Size", first_input="How many", first_output="Which")
    made = made.replace('typeRef="string"><text>input', 'typeRef="number"><text>input')
    made = made.replace("</decisionTable>", f"{rule}</decisionTable>")
    return made, made.split('<decision id="')[1].split('"')[0]


def test_a_table_is_kept_as_a_draft_and_published_alone(designer: Context) -> None:
    xml, key = table(designer)
    draft = decision_drafts.save_decision(designer, xml=xml, name="Size")
    assert [row.id for row in drafts.list_drafts(designer, kind=DECISION)] == [draft.id]
    assert drafts.list_drafts(designer) == []
    done = decision_drafts.publish_decision(designer, draft.id, revision=draft.revision, comment="First")
    assert [(row.key, row.version, row.state) for row in done.decisions] == [(key, 1, "published")]
    with pytest.raises(NotFound):
        drafts.get_draft(designer, draft.id)
    again = decision_drafts.save_decision(designer, xml=xml, decision_id=done.decisions[0].id)
    assert decision_drafts.own_draft_of(designer, done.decisions[0].id) == again


def test_what_is_drawn_is_tried_before_it_is_published(designer: Context) -> None:
    xml, key = table(designer)
    findings, tables = decision_drafts.examine_decision(designer, xml=xml)
    assert [finding for finding in findings if finding["severity"] == "error"] == []
    assert [list(view.reads) for view in tables] == [["input"]]
    outcome = decision_drafts.try_decision(designer, xml=xml, key=key, variables={"input": 3})
    assert (outcome["result"], [rule["rule_id"] for rule in outcome["evaluations"][0]["rules"]]) == ("small", ["r1"])
    assert decisions.list_decisions(designer, Page(10)).items == []


def test_a_table_that_cannot_decide_is_told_and_kept(designer: Context) -> None:
    xml, key = table(designer, RULE.replace("&lt; 10", "&lt;&lt; 10"))
    findings, _tables = decision_drafts.examine_decision(designer, xml=xml)
    assert [finding["element_id"] for finding in findings if finding["severity"] == "error"] == ["i1"]
    with pytest.raises(ValidationFailed):
        decision_drafts.try_decision(designer, xml=xml, key=key, variables={})
    draft = decision_drafts.save_decision(designer, xml=xml)
    with pytest.raises(ValidationFailed):
        decision_drafts.publish_decision(designer, draft.id, revision=draft.revision)
    assert drafts.get_draft(designer, draft.id).revision == 1


def test_a_table_uploaded_as_a_draft_is_published_later(designer: Context) -> None:
    xml, _key = table(designer)
    stored = designs.upload(designer, [("size.dmn", xml.encode())]).decisions[0]
    assert stored.state == "draft"
    assert decisions.publish(designer, stored.id).state == "published"


def rate(*rules: str) -> tuple[str, bytes]:
    return "rate.dmn", dmn(table_of("amount:number", "rate:number", *rules, name="rate", policy="FIRST"))


def deciding(designer: Context, **attributes: str) -> int:
    """A published process that goes on by the table “rate”, with a scenario of a small amount."""
    attributes = attributes or {"procession_decision": "rate"}
    nodes = node("start", "s") + node("businessRuleTask", "decide", **attributes, procession_resultVariable="rate")
    nodes += node("xor", "g") + node("user", "small") + node("user", "large")
    drawn = diagram(nodes, "s -> decide; decide -> g; g -> large [rate > 5]; g -> small*", id="deciding")
    version = designs.upload(designer, [("p.bpmn", drawn), rate("> 5 -> 9", "- -> 1")], publish=True).definitions[0]
    scenarios.record_scenario(designer, version.id, name="Three", script=Script(variables={"amount": 3}))
    return version.id


def test_a_decision_published_alone_is_held_to_the_scenarios_of_who_decides_by_it(designer: Context) -> None:
    version = deciding(designer)
    assert designs.upload(designer, [rate("> 4 -> 9", "- -> 1")], publish=True).decisions[0].state == "published"
    kept = scenarios.list_scenarios(designer, version, Page()).items[0]
    assert (kept.checked_version, kept.difference) == (1, None)
    with pytest.raises(ValidationFailed) as refused:
        designs.upload(designer, [rate("> 2 -> 9", "- -> 1")], publish=True)
    assert refused.value.code == "scenarios_broken"
    (broken,) = refused.value.details["scenarios"]
    assert (broken["process"], broken["definition_id"], broken["name"]) == ("deciding", version, "Three")
    assert (broken["difference"]["step"], broken["difference"]["element_id"]) == (0, "large")


def test_so_is_one_that_was_stored_as_a_draft_before(designer: Context) -> None:
    version = deciding(designer)
    stored = designs.upload(designer, [rate("> 2 -> 9", "- -> 1")]).decisions[0]
    with pytest.raises(ValidationFailed):
        decisions.publish(designer, stored.id)
    assert decisions.get_decision(designer, stored.id).state == "draft"
    assert decisions.publish(designer, stored.id, despite="Cheaper for small ones").state == "published"
    newest = version_events.list_history(designer, version, Page()).items[0]
    assert (newest.kind, newest.version) == ("decision_published", 1)
    assert newest.detail == {
        "name": "rate", "scenarios": 1, "broken": ["Three"], "despite": "Cheaper for small ones"
    }  # fmt: skip


def test_a_process_that_keeps_to_its_own_table_is_not_asked(designer: Context) -> None:
    deciding(designer, procession_decision="rate", procession_decisionBinding="deployment")
    assert designs.upload(designer, [rate("> 2 -> 9", "- -> 1")], publish=True).decisions[0].state == "published"


def test_a_process_sent_with_a_decision_of_others_is_held_to_their_scenarios_too(designer: Context) -> None:
    deciding(designer)
    other = diagram(node("start", "s") + node("end", "e"), "s -> e", id="other")
    stored = designs.upload(designer, [("o.bpmn", other), rate("> 2 -> 9", "- -> 1")]).definitions[0]
    with pytest.raises(ValidationFailed) as refused:
        designs.publish(designer, stored.id)
    assert [one["key"] for one in refused.value.details["scenarios"]] == ["deciding"]


def test_only_designers_draw_tables(make_context: MakeContext, session: Session, designer: Context) -> None:
    manager = make_context(session, role=MANAGER)
    xml, _key = table(designer)
    with pytest.raises(PermissionDenied):
        decision_drafts.save_decision(manager, xml=xml)
    with pytest.raises(PermissionDenied):
        decision_drafts.examine_decision(manager, xml=xml)
