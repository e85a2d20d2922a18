"""Versions keep their tags, come back as new ones, and are compared with the forms that came with them."""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kernel.context import DESIGNER, SUPERVISOR, Context
from kernel.errors import PermissionDenied, ValidationFailed
from kernel.paging import Page
from processes import designs, version_events, versioning
from tests.processes.test_kept_scenarios import deploy, longer
from tests.processes.test_rehearsal import process
from tests.support.decisions import dmn, table
from tests.support.diagrams import diagram, node


@pytest.fixture
def context(session: Session, make_context: Any) -> Context:
    made: Context = make_context(session, role=DESIGNER)
    return made


def form(*keys: str) -> tuple[str, bytes]:
    parts = [{"key": key, "type": "textfield", "label": key} for key in keys]
    return "offer.form", json.dumps({"id": "offer", "components": parts}).encode()


def test_an_old_version_comes_back_as_a_draft_with_its_forms(session: Session, context: Context) -> None:
    first = designs.upload(context, [("p.bpmn", process()), form("price")], publish=True).definitions[0]
    deploy(context, longer(), publish=True)
    made = versioning.restore_definition(context, first.id, comment="The check took too long")
    assert (made.version, made.state, made.comment) == (3, "draft", "The check took too long")
    assert designs.get_xml(context, made.id) == process()
    assert designs.compare(context, first.id, made.id) == {
        "added": [],
        "removed": [],
        "changed": [],
        "forms": [],
        "decisions": [],
    }
    newest = version_events.list_history(context, first.id, Page()).items[0]
    assert (newest.kind, newest.version, newest.detail) == ("restored", 3, {"from_version": 1})


def test_tables_come_back_only_where_the_diagram_binds_those_that_came_with_it(context: Context) -> None:
    decision = ("rate.dmn", dmn(table("amount:number", "rate:number", "> 5 -> 3", name="rate")))
    plain = designs.upload(context, [("p.bpmn", process()), decision]).definitions[0]
    bound = process("bound").replace(b'id="s"', b'id="s" procession:decisionBinding="deployment"', 1)
    together = designs.upload(context, [("b.bpmn", bound), decision]).definitions[0]
    assert len(designs.upload(context, [decision]).decisions) == 1
    versioning.restore_definition(context, plain.id)
    assert newest_rate(context) == 3
    versioning.restore_definition(context, together.id)
    assert newest_rate(context) == 4


def newest_rate(context: Context) -> int:
    from processes import decisions

    return decisions.list_decisions(context, Page(), key="rate", latest=True).items[0].version


def test_versions_are_compared_with_their_forms(context: Context) -> None:
    first = designs.upload(context, [("p.bpmn", process()), form("price", "term")]).definitions[0]
    second = designs.upload(context, [("p.bpmn", process()), form("term", "discount")]).definitions[0]
    fields = [{"key": "discount", "kind": "added"}, {"key": "price", "kind": "removed"}]
    assert designs.compare(context, first.id, second.id)["forms"] == [
        {"key": "offer", "kind": "changed", "fields": fields}
    ]


def test_versions_are_compared_with_their_decisions(context: Context) -> None:
    def rate(*rules: str) -> tuple[str, bytes]:
        return "rate.dmn", dmn(table("amount:number", "rate:number", *rules, name="rate"))

    first = designs.upload(context, [("p.bpmn", calling()), rate("> 5 -> 3")]).definitions[0]
    second = designs.upload(context, [("p.bpmn", calling()), rate("> 7 -> 3")]).definitions[0]
    (found,) = designs.compare(context, first.id, second.id)["decisions"]
    assert (found["key"], found["kind"], found["rules"][0]["number"]) == ("rate", "changed", 1)
    assert found["rules"][0]["cells"] == [{"column": "amount", "before": "> 5", "after": "> 7"}]


def test_a_decision_that_is_still_called_is_not_gone_because_it_was_not_sent_again(context: Context) -> None:
    rate = ("rate.dmn", dmn(table("amount:number", "rate:number", "> 5 -> 3", name="rate")))
    first = designs.upload(context, [("p.bpmn", calling()), rate]).definitions[0]
    second = designs.upload(context, [("p.bpmn", calling())]).definitions[0]
    assert designs.compare(context, first.id, second.id)["decisions"] == []
    third = designs.upload(context, [("p.bpmn", process("calls"))]).definitions[0]
    (found,) = designs.compare(context, first.id, third.id)["decisions"]
    assert (found["key"], found["kind"]) == ("rate", "removed")


def calling() -> bytes:
    """A process that decides by the table “rate”."""
    rule = node("businessRuleTask", "decide", procession_decision="rate")
    return diagram(node("start", "s") + rule + node("end", "e"), "s -> decide; decide -> e", id="calls")


def test_a_tag_is_changed_and_the_diagram_is_not(context: Context) -> None:
    version = deploy(context)
    assert versioning.retag_definition(context, version, version_tag=" spring ").version_tag == "spring"
    assert versioning.retag_definition(context, version, version_tag=None).version_tag is None
    with pytest.raises(ValidationFailed):
        versioning.retag_definition(context, version, version_tag="two\nlines")
    assert designs.get_xml(context, version) == process()
    assert [event.kind for event in version_events.list_history(context, version, Page()).items][:2] == ["tagged"] * 2


def test_versions_are_for_those_who_deploy(session: Session, context: Context, make_context: Any) -> None:
    version = deploy(context)
    supervisor = make_context(session, role=SUPERVISOR)
    with pytest.raises(PermissionDenied):
        versioning.restore_definition(supervisor, version)
    with pytest.raises(PermissionDenied):
        versioning.retag_definition(supervisor, version, version_tag="x")
