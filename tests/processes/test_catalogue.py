"""The shipped processes: complete in both languages, drawn whole, and with the identifiers that clients rely on."""

import json
from itertools import pairwise
from typing import Any

import pytest
from lxml import etree

from bpmn.decisions import read_decisions
from bpmn.diagram import read_diagram
from bpmn.intake import inspect
from bpmn.model import Process
from bpmn.vocabulary import Vocabulary
from crm_model import stages
from kernel.context import ROLES
from processes import forms
from processes.catalogue import FOLDER, ORDER, files_of
from processes.operations import REGISTRY

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DI = "http://www.omg.org/spec/DD/20100524/DI"
RESULTS = {
    "call_interest": "interested no_interest call_back no_answer",
    "choose_owner": "continue decline",
    "call_needs": "completed call_back cancelled",
    "calculation_needed": "yes no",
    "prepare_proposal": "completed send_for_approval",
    "prepare_materials": "completed cancelled",
    "present_proposal": "completed cancelled rescheduled",
    "client_reaction": "needs_time agrees",
    "agree_deal": "completed cancelled",
    "prepare_contract": "completed send_for_approval",
    "sign_contract": "completed needs_additions cancelled",
    "approve_document": "approve reject rework",
    "call_lead": "reached no_answer call_back wrong_number not_interested",
    "personal_letter": "sent skipped",
    "nurture_call": "completed not_interested ready",
}
"""Of the tasks that have more than `completed`."""
FIELDS = {
    "call_interest": "reason call_at then",
    "meeting_date": "meeting_at",
    "new_deal": "account_id title amount continue_as owner_id business_line_id next_stage",
    "choose_owner": "owner_id close_reason",
    "call_needs": "presentation_at call_at next_stage",
    "presentation_results": "attendee_ids tactics product_ids new_influential_contacts next_stage",
    "enter_key_contacts": "participants next_stage",
    "prepare_proposal": "approver_ids mode document_id next_stage",
    "agree_tactics": "tactics",
    "present_proposal": "present_at",
    "client_reaction": "next_stage",
    "plan_negotiation": "tactics competitors discuss_with_head",
    "head_discussion": "outcome",
    "agree_deal": "next_stage",
    "prepare_contract": "approver_ids mode document_id",
    "sign_contract": "comment next_stage",
    "close_deal": "close_reason winner_competitor_id reroute_to",
    "review_won": "next_activities",
    "approve_document": "comment",
    "call_lead": "call_at",
    "bant": "budget authority need timeline verdict reason",
}
LEADS = {"call_lead", "personal_letter", "nurture_call"}
TASKS = {
    "corporate_sale": set(RESULTS) - {"approve_document"} - LEADS
    | {"meeting_date", "new_deal", "collect_information", "prepare_presentation", "presentation_results"}
    | {"enter_key_contacts", "prepare_calculation", "agree_tactics", "plan_negotiation", "head_discussion"}
    | {"collect_contract_information", "close_deal", "review_won"},
    "document_approval": {"approve_document", "rework_document"},
    "lead_qualification": {"call_lead", "personal_letter", "bant", "new_interest"},
    "lead_nurturing": {"nurture_call"},
}


def process_of(key: str) -> Process:
    return read_diagram(f"{key}.bpmn", (FOLDER / key / f"{key}.bpmn").read_bytes()).processes[key]


def forms_of(key: str) -> dict[str, Any]:
    contents = (json.loads(data) for name, data in files_of(key) if name.endswith(".form"))
    return {content["id"]: content for content in contents}


@pytest.mark.parametrize("key", ORDER)
def test_nothing_is_found_wrong(key: str) -> None:
    vocabulary = Vocabulary(
        operations={o.name: {p.name for p in o.parameters} for o in REGISTRY.all()},
        stages=set(stages.CODES),
        forms=set(forms_of(key)),
        roles=set(ROLES),
        processes=set(ORDER),
        decisions={"lead_ripeness", "lead_verdict"},
    )
    intake = inspect([(name, data) for name, data in files_of(key) if name.endswith((".bpmn", ".dmn"))], vocabulary)
    assert intake.findings == ()
    assert intake.repairs == ()


@pytest.mark.parametrize("key", ORDER)
def test_everything_that_is_named_is_named_in_both_languages(key: str) -> None:
    process = process_of(key)
    for id, name, titles in (
        (process.id, process.name, process.titles),
        *((node.id, node.name, node.extension.titles) for node in process.nodes.values()),
        *((flow.id, flow.name, flow.titles) for flow in process.flows.values()),
    ):
        if name or id not in process.flows:
            assert titles.get("ru"), id
            assert titles.get("en") == name, id


def test_decisions_are_named_in_both_languages() -> None:
    drawn = {name: data for key in ORDER for name, data in files_of(key) if name.endswith(".dmn")}
    for decision in (one for name, data in drawn.items() for one in read_decisions(name, data).decisions.values()):
        assert decision.titles.get("ru"), decision.id
        assert decision.titles.get("en") == decision.name, decision.id
        assert "/" not in decision.name


@pytest.mark.parametrize("key", ORDER)
def test_every_task_says_what_to_do_in_both_languages(key: str) -> None:
    for node in process_of(key).nodes.values():
        if node.type == "userTask":
            assert set(node.extension.instructions) == {"ru", "en"}, node.id
            for result in node.extension.results:
                assert set(result.titles) == {"ru", "en"}, (node.id, result.code)


@pytest.mark.parametrize("key", ORDER)
def test_tasks_have_the_results_and_fields_that_clients_rely_on(key: str) -> None:
    process, found = process_of(key), forms_of(key)
    tasks = {node.id: node for node in process.nodes.values() if node.type == "userTask"}
    assert set(tasks) == TASKS[key]
    for id, node in tasks.items():
        codes = {result.code for result in node.extension.results} or {"completed"}
        assert codes == set(RESULTS.get(id, "completed").split()), id
        if id in FIELDS:
            form = forms.read_form(found[node.extension.form or ""])
            assert set(FIELDS[id].split()) <= {field.key for field in form.fields}, id
        assert sum(r.primary for r in node.extension.results) <= 1
    assert set(found) <= {node.extension.form for node in process.nodes.values()}, (
        "a form that neither a task nor a start has"
    )


@pytest.mark.parametrize("key", ORDER)
def test_labels_of_forms_are_in_both_languages(key: str) -> None:
    for form in forms_of(key).values():
        for component in form["components"]:
            assert component["label"], form["id"]
            assert component["properties"]["labelRu"], (form["id"], component["key"])


def test_a_stage_is_an_element_with_its_code() -> None:
    nodes = process_of("corporate_sale").nodes
    for stage in stages.STAGES:
        assert stage.code in nodes
        assert nodes[stage.code].extension.stage == stage.code


@pytest.mark.parametrize("key", ORDER)
def test_every_element_is_drawn(key: str) -> None:
    root = etree.fromstring((FOLDER / key / f"{key}.bpmn").read_bytes())
    process = process_of(key)
    drawn = {element.get("bpmnElement") for element in root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")}
    assert set(process.nodes) | set(process.flows) == drawn
    for edge in root.iter(f"{{{BPMNDI}}}BPMNEdge"):
        points = [(float(p.get("x", "")), float(p.get("y", ""))) for p in edge.iter(f"{{{DI}}}waypoint")]
        for (x1, y1), (x2, y2) in pairwise(points):
            assert x1 == x2 or y1 == y2, f"{edge.get('bpmnElement')} runs aslant"
