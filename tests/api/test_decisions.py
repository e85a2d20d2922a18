"""Decisions from the upload to the reason why: deployed with a process, evaluated in its step, tried by hand."""

from io import BytesIO
from typing import Any

import pytest

from tests.api.conftest import Callers
from tests.support.decisions import dmn, table
from tests.support.diagrams import diagram, node

RULES = ("< 10 -> 'small'", ">= 10 -> 'large'")
CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'


def size(*rules: str, name: str = "size") -> bytes:
    return dmn(table("amount:integer", "class:string", *(rules or RULES), name=name))


def asking(key: str, decision: str = "size", **attributes: str) -> bytes:
    attributes = attributes or {"procession_decision": decision, "procession_resultVariable": "answer"}
    nodes = (
        node("start", "s") + node("businessRuleTask", "rate", **attributes) + node("user", "look") + node("end", "e")
    )
    drawn = diagram(nodes, "s -> rate; rate -> look; look -> e", id=key)
    return drawn.replace(b"<definitions ", f"<definitions {CAMUNDA} ".encode(), 1)


def upload(signed_in: Callers, *files: tuple[str, bytes], publish: bool = True, status: int = 201) -> Any:
    data = {"file": [(BytesIO(content), name) for name, content in files]}
    got, answer = signed_in("designer").call("POST", f"/process-definitions?publish={str(publish).lower()}", data=data)
    assert got == status, answer
    return answer


def started(signed_in: Callers, key: str, **variables: Any) -> int:
    body = {"definition_key": key, "variables": variables}
    return int(signed_in("admin").post("/process-instances", body)["id"])


def variables(signed_in: Callers, instance: int) -> dict[str, Any]:
    found: dict[str, Any] = signed_in("admin").get(f"/process-instances/{instance}/variables")
    return found


def test_a_business_rule_task_decides_and_tells_why(signed_in: Callers) -> None:
    deployed = upload(signed_in, ("a.bpmn", asking("rating")), ("a.dmn", size()))
    assert [(one["key"], one["state"]) for one in deployed["decisions"]] == [("size", "published")]
    assert deployed["findings"] == []
    instance = started(signed_in, "rating", amount=12)
    assert variables(signed_in, instance)["answer"] == "large"
    (why,) = signed_in("admin").get(f"/process-instances/{instance}/decisions")["items"]
    assert why["element_id"] == "rate"
    assert why["evaluations"][0]["inputs"] == [{"name": "amount", "value": 12}]
    assert [rule["rule"] for rule in why["evaluations"][0]["rules"]] == [2]
    history = signed_in("admin").get(f"/process-instances/{instance}/history")["items"]
    assert [(row["element_id"], row["outcome"]) for row in history] == [
        ("s", "completed"), ("rate", "completed"), ("look", None),
    ]  # fmt: skip


def test_the_newest_version_decides_unless_the_diagram_binds_another(signed_in: Callers) -> None:
    own = {"procession_decision": "bound", "procession_resultVariable": "answer"}
    upload(signed_in, ("a.bpmn", asking("bound_latest", **own)), ("a.dmn", size(name="bound")))
    pinned = asking("bound_own", **own, procession_decisionBinding="deployment")
    numbered = asking("bound_first", **own, procession_decisionBinding="version", procession_decisionVersion="1")
    upload(signed_in, ("b.bpmn", pinned), ("c.bpmn", numbered), ("b.dmn", size("- -> 'second'", name="bound")))
    upload(signed_in, ("c.dmn", size("- -> 'third'", name="bound")))
    upload(signed_in, ("c.dmn", size("- -> 'draft'", name="bound")), publish=False)
    answers = [
        variables(signed_in, started(signed_in, f"bound_{which}", amount=1))["answer"]
        for which in ("latest", "own", "first")
    ]
    assert answers == ["third", "second", "small"]


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [("singleEntry", "small"), ("singleResult", {"class": "small"}), ("collectEntries", ["small"]), ("resultList", [{"class": "small"}]),
     ("", [{"class": "small"}])],
)  # fmt: skip
def test_results_are_mapped_as_camunda_does(signed_in: Callers, mapping: str, expected: Any) -> None:
    drawn = {"camunda_decisionRef": "mapped", "camunda_resultVariable": "answer", "camunda_mapDecisionResult": mapping}
    key = f"mapped_{mapping}"
    upload(signed_in, ("a.bpmn", asking(key, **drawn)), ("a.dmn", size(name="mapped")))
    assert variables(signed_in, started(signed_in, key, amount=1))["answer"] == expected


def test_without_a_result_variable_every_output_is_a_variable(signed_in: Callers) -> None:
    upload(signed_in, ("a.bpmn", asking("loose", procession_decision="loose_size")), ("a.dmn", size(name="loose_size")))
    assert variables(signed_in, started(signed_in, "loose", amount=1))["class"] == "small"


def test_what_cannot_be_decided_is_an_incident_that_tells_rules_and_input(signed_in: Callers) -> None:
    both = size("< 10 -> 'a'", "< 20 -> 'b'", name="twice")
    upload(signed_in, ("a.bpmn", asking("doubtful", "twice")), ("a.dmn", both))
    instance = started(signed_in, "doubtful", amount=5)
    (wait,) = signed_in("admin").get(f"/process-instances/{instance}/waits")["items"]
    assert (wait["kind"], wait["element_id"]) == ("incident", "rate")
    incidents = signed_in("admin").get("/incidents?limit=200")["items"]
    told = next(one["message"] for one in incidents if one["instance_id"] == instance)
    assert "1" in told and "2" in told and "twice" in told and "amount = 5" in told


def test_a_decision_that_is_not_deployed_is_told_and_left_to_a_person(signed_in: Callers) -> None:
    deployed = upload(signed_in, ("a.bpmn", asking("by_hand", "nobody_knows")))
    assert [(one["rule"], one["severity"]) for one in deployed["findings"]] == [("unknown-decision", "warning")]
    instance = started(signed_in, "by_hand", amount=5)
    (wait,) = signed_in("admin").get(f"/process-instances/{instance}/waits")["items"]
    assert (wait["kind"], wait["element_id"]) == ("task", "rate")


def test_a_broken_table_is_refused_with_its_cell(signed_in: Callers) -> None:
    answer = upload(signed_in, ("a.bpmn", asking("broken")), ("b.dmn", size("< -> 'x'")), status=422)
    (finding,) = answer["details"]["findings"]
    assert (finding["rule"], finding["file"], finding["line"], finding["element_name"]) == (
        "cell",
        "b.dmn",
        1,
        "size: amount",
    )


def test_a_decision_is_listed_shown_and_tried(signed_in: Callers) -> None:
    data = size(name="tried")
    made = upload(signed_in, ("only.dmn", data))
    assert made["definitions"] == []
    id = made["decisions"][0]["id"]
    manager = signed_in("manager")
    assert [one["id"] for one in manager.get("/decisions?key=tried")["items"]] == [id]
    assert manager.get(f"/decisions/{id}")["latest"] is True
    assert manager.get(f"/decisions/{id}/xml") == data
    tried = manager.post(f"/decisions/{id}/evaluate", {"variables": {"amount": "3"}}, 200)
    assert tried["result"] == "small"
    assert [rule["rule"] for rule in tried["evaluations"][0]["rules"]] == [1]
    refused = manager.post(f"/decisions/{id}/evaluate", {"variables": {"amount": "many"}}, 422)
    assert refused["code"] == "decision_failed" and "amount" in str(refused["details"]["fields"])
    assert manager.call("GET", "/decisions/999999")[0] == 404


def test_an_input_of_the_wrong_type_is_an_incident_too(signed_in: Callers) -> None:
    upload(signed_in, ("a.bpmn", asking("mistyped", "typed")), ("a.dmn", size(name="typed")))
    instance = started(signed_in, "mistyped", amount="many")
    incidents = signed_in("admin").get("/incidents?limit=200")["items"]
    told = next(one["message"] for one in incidents if one["instance_id"] == instance)
    assert "amount" in told and "many" in told and "integer" in told
