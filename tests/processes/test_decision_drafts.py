"""Decision tables drawn in the browser: saved as drafts, checked, tried and published without a diagram."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from kernel.context import DESIGNER, MANAGER, Context
from kernel.errors import NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from processes import decision_drafts, decisions, designs, drafts
from processes.draft_table import DECISION

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


def test_only_designers_draw_tables(make_context: MakeContext, session: Session, designer: Context) -> None:
    manager = make_context(session, role=MANAGER)
    xml, _key = table(designer)
    with pytest.raises(PermissionDenied):
        decision_drafts.save_decision(manager, xml=xml)
    with pytest.raises(PermissionDenied):
        decision_drafts.examine_decision(manager, xml=xml)
