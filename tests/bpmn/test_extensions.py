"""Our own extension and those of other tools, read into the same values."""

import pytest

from bpmn.diagram import read_diagram
from bpmn.model import Extension, FormField, Node, Parameter, Result
from tests.support.diagrams import diagram

SPACES = (
    b'<definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:flowable="http://flowable.org/bpmn" '
    b'xmlns:activiti="http://activiti.org/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    b'xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)


def read(element: str) -> Node:
    xml = diagram(element, "").replace(b"<definitions", SPACES, 1)
    return read_diagram("test.bpmn", xml).processes["p"].nodes["a"]


def extended(tag: str, inner: str, attributes: str = "") -> Extension:
    return read(f'<{tag} id="a" {attributes}><extensionElements>{inner}</extensionElements></{tag}>').extension


def test_our_own_task() -> None:
    found = extended(
        "userTask",
        """<procession:task assignee="deal.owner_id" candidateRoles="manager, head" due="now + days(1)" form="call"
           activity="call" onComplete="deal.record_call" priority="50">
           <procession:instructions lang="ru">Позвоните.</procession:instructions>
           <procession:result code="ok" titleRu="Да" titleEn="Yes" primary="true"/>
           <procession:parameter name="x" value="1 + 1"/></procession:task>""",
        'procession:stage="needs" procession:titleRu="Звонок"',
    )
    assert found == Extension(
        stage="needs",
        titles={"ru": "Звонок"},
        instructions={"ru": "Позвоните."},
        assignee="deal.owner_id",
        candidate_roles=("manager", "head"),
        due="now + days(1)",
        priority="50",
        form="call",
        activity="call",
        on_complete="deal.record_call",
        results=(Result("ok", {"ru": "Да", "en": "Yes"}, True),),
        parameters=(Parameter("x", "1 + 1"),),
    )


def test_our_own_operation_and_call() -> None:
    operation = extended(
        "serviceTask",
        '<procession:operation name="deal.create" resultVariable="deal_id" async="true">'
        '<procession:parameter name="owner_id" value="initiator_id"/></procession:operation>',
    )
    assert (operation.operation, operation.result_variable, operation.asynchronous) == (
        "deal.create",
        "deal_id",
        True,
    )
    call = extended(
        "callActivity",
        '<procession:call><procession:input name="a" value="b"/><procession:output name="c" value="d"/></procession:call>',
    )
    assert (call.inputs, call.outputs, call.call_mapping) == (
        (Parameter("a", "b"),),
        (Parameter("c", "d"),),
        True,
    )


@pytest.mark.fidelity("vendor.camunda", "runs")
def test_camunda_7() -> None:
    found = read(
        '<userTask id="a" camunda:assignee="${initiator}" camunda:candidateGroups="sales,${x}" '
        'camunda:candidateUsers="ann,bob" camunda:dueDate="P3D" camunda:priority="70" camunda:formKey="call"/>'
    ).extension
    assert found == Extension(
        assignee="${initiator}",
        candidate_roles=("sales",),
        candidate_users="['ann', 'bob']",
        due="now + duration('P3D')",
        priority="70",
        form="call",
        vendor="camunda",
    )


def test_a_plain_name_is_a_literal_not_a_variable() -> None:
    assert read('<userTask id="a" flowable:assignee="kermit"/>').extension.assignee == "'kermit'"


def test_embedded_forms_become_fields() -> None:
    found = extended(
        "userTask",
        '<camunda:formData><camunda:formField id="ok" label="Is it?" type="enum" defaultValue="y">'
        '<camunda:validation><camunda:constraint name="required"/></camunda:validation>'
        '<camunda:value id="y" name="Yes"/></camunda:formField></camunda:formData>',
    )
    assert found.fields == (FormField("ok", "Is it?", "select", True, "y", (("y", "Yes"),)),)


@pytest.mark.fidelity("vendor.zeebe", "runs")
def test_camunda_8() -> None:
    found = extended(
        "userTask",
        '<zeebe:assignmentDefinition assignee="= owner" candidateGroups="sales"/>'
        '<zeebe:formDefinition formId="call"/><zeebe:taskSchedule dueDate="= now()"/>',
    )
    assert (found.assignee, found.candidate_roles, found.form, found.due) == (
        "= owner",
        ("sales",),
        "call",
        "= now()",
    )
    assert found.vendor == "zeebe"


@pytest.mark.fidelity("vendor.collections", "runs")
def test_vendors_collections() -> None:
    loop = read(
        '<userTask id="a"><multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="who"/></userTask>'
    ).loop
    assert loop is not None and (loop.collection, loop.element, loop.sequential) == ("people", "who", False)
    loop = read(
        '<userTask id="a"><multiInstanceLoopCharacteristics><extensionElements>'
        '<zeebe:loopCharacteristics inputCollection="= people" inputElement="who" outputCollection="all" outputElement="= x"/>'
        "</extensionElements></multiInstanceLoopCharacteristics></userTask>"
    ).loop
    assert loop is not None and (loop.collection, loop.element) == ("= people", "who")
    assert (loop.output_collection, loop.output_element) == ("all", "= x")


def test_mapped_calls() -> None:
    found = extended(
        "callActivity",
        '<camunda:in source="x" target="y"/><camunda:in sourceExpression="${a + 1}" target="b"/><camunda:out source="r" target="q"/>',
    )
    assert found.inputs == (Parameter("y", "x"), Parameter("b", "${a + 1}"))
    assert (found.outputs, found.call_mapping) == ((Parameter("q", "r"),), True)
    assert not extended("callActivity", '<camunda:in variables="all"/>').call_mapping


def test_what_another_machine_would_have_done_is_told() -> None:
    assert read('<serviceTask id="a" camunda:class="org.Send"/>').foreign == "Java class org.Send"
    assert read('<serviceTask id="a" camunda:type="external" camunda:topic="pay"/>').foreign == "external task pay"
    assert (
        read('<scriptTask id="a" scriptFormat="groovy"><script>x</script></scriptTask>').foreign == "groovy script: x"
    )


@pytest.mark.fidelity("vendor.performers", "runs")
def test_bpmns_own_performers() -> None:
    found = read(
        '<userTask id="a"><potentialOwner><resourceAssignmentExpression><formalExpression>user(ann), group(sales)'
        "</formalExpression></resourceAssignmentExpression></potentialOwner></userTask>"
    ).extension
    assert (found.candidate_users, found.candidate_roles) == ("['ann']", ("sales",))


@pytest.mark.fidelity("vendor.left-out", "repaired")
def test_listeners_and_mappings_are_told_as_left_out() -> None:
    xml = diagram(
        '<userTask id="a"><extensionElements><camunda:taskListener event="create"/></extensionElements></userTask>',
        "",
    ).replace(b"<definitions", SPACES, 1)
    (problem,) = read_diagram("test.bpmn", xml).problems
    assert (problem.rule, problem.severity, problem.element_id) == ("vendor-left-out", "repair", "a")


@pytest.mark.fidelity("data.unreadable", "repaired")
def test_a_value_of_data_that_cannot_be_translated_is_told_as_left_out() -> None:
    xml = diagram(
        '<dataObject id="d"/><userTask id="a"><dataOutputAssociation><targetRef>d</targetRef><assignment>'
        "<from>concat(x, //y)</from><to>d</to></assignment></dataOutputAssociation></userTask>",
        "",
    )
    (problem,) = read_diagram("test.bpmn", xml).problems
    assert (problem.rule, problem.severity, problem.element_id) == ("data-left-out", "repair", "a")
