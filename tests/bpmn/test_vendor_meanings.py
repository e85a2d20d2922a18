"""What other tools mean by their marks: read and done as there, or told, or refused at its element."""

import pytest

from bpmn.examination import examine
from bpmn.model import Finding
from bpmn.vocabulary import Vocabulary
from tests.support.diagrams import body, diagram, node
from tests.support.player import FakeHost, Player

START, END, A, B = node("start", "s"), node("end", "e"), node("user", "a"), node("user", "b")
SPACES = (
    b'<definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:flowable="http://flowable.org/bpmn" '
    b'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:drools="http://www.jboss.org/drools"'
)


def theirs(nodes: str, flows: str, more: str = "") -> bytes:
    return diagram(nodes, flows, more=more).replace(b"<definitions", SPACES, 1)


def straight(middle: str, more: str = "", start: str = START) -> bytes:
    return theirs(start + middle + END, "s -> a; a -> e", more)


def extended(inner: str) -> str:
    return f"<extensionElements>{inner}</extensionElements>"


def findings(xml: bytes, accept: bool = False) -> list[Finding]:
    found = examine([("their.bpmn", xml)], Vocabulary(), accept)
    return [*found.findings, *found.repairs]


def told(xml: bytes) -> list[str]:
    return [one.params["what"] for one in findings(xml) if one.rule == "vendor-left-out"]


def many(inner: str, attributes: str = "") -> str:
    return f"<multiInstanceLoopCharacteristics {attributes}>{inner}</multiInstanceLoopCharacteristics>"


def test_one_after_the_other_one_is_active() -> None:
    condition = (
        "<completionCondition>${nrOfActiveInstances == 1 and numberOfTerminatedInstances == 0}</completionCondition>"
    )
    xml = straight(node("user", "a", many(f"<loopCardinality>3</loopCardinality>{condition}", 'isSequential="true"')))
    assert Player(xml).do("a").outcome == "completed"


@pytest.mark.fidelity("vendor.counter", "runs")
def test_zeebe_counts_its_runs_from_one() -> None:
    loop = many(extended('<zeebe:loopCharacteristics inputCollection="= people"/>'), 'isSequential="true"')
    inside = node("start", "is") + node("xor", "g") + A.replace('"a"', '"first"') + B.replace('"b"', '"later"')
    xml = straight(node("subProcess", "a", loop + body(inside, "is -> g; g -> first [= loopCounter = 1]; g -> later*")))
    assert Player(xml, {"people": [7, 8]}).do("first").open == ["later"]


@pytest.mark.fidelity("repeat.missing", "refused")
def test_a_collection_that_is_not_there_is_told_at_its_element() -> None:
    with pytest.raises(Exception, match="“people” is not a list"):
        Player(straight(node("user", "a", many("", 'camunda:collection="people"'))))


@pytest.mark.fidelity("vendor.initiator", "runs")
@pytest.mark.parametrize("space", ["camunda", "flowable"])
def test_who_started_is_kept_under_the_name_that_the_start_event_gives(space: str) -> None:
    xml = straight(A, start=node("start", "s", **{f"{space}_initiator": "boss"}))
    assert Player(xml, host=FakeHost(facts={"initiator_id": 7})).variables == {"boss": 7}


def test_flowables_word_for_who_started_is_that_person() -> None:
    process = Player(straight(node("user", "a", flowable_assignee="$INITIATOR"))).graph
    assert process.node("a").extension.assignee == "initiator_id"


@pytest.mark.fidelity("vendor.terminate-all", "runs")
def test_flowables_terminate_all_ends_the_whole_process() -> None:
    end = node("end", "ie", '<terminateEventDefinition flowable:terminateAll="true"/>')
    xml = straight(node("subProcess", "a", body(node("start", "is") + end, "is -> ie")))
    player = Player(xml)
    assert player.outcome == "completed" and "e" not in player.trace


@pytest.mark.fidelity("vendor.correlation", "runs")
def test_zeebe_correlates_by_the_key_at_the_message() -> None:
    key = extended('<zeebe:subscription correlationKey="= order"/>')
    xml = straight(node("receive", "a", messageRef="msg"), f'<message id="msg" name="paid">{key}</message>')
    assert Player(xml, {"order": 5}).graph.node("a").extension.correlation == "= order"


def test_a_name_in_quotes_is_that_name() -> None:
    xml = straight(node("receive", "a", messageRef="msg"), '<message id="msg" name="=&quot;paid&quot;"/>')
    assert Player(xml).graph.node("a").message == "paid"


@pytest.mark.fidelity("event.computed-name", "refused")
@pytest.mark.fidelity("event.computed-name", "repaired")
@pytest.mark.parametrize("name", ["paid-${order}", "= &quot;paid&quot; + order"])
@pytest.mark.parametrize("kind", ["message", "signal"])
def test_a_computed_name_is_refused_or_let_go_by_hand(kind: str, name: str) -> None:
    event = node("catch", "a", f'<{kind}EventDefinition {kind}Ref="x"/>')
    xml = straight(event, f'<{kind} id="x" name="{name}"/>')
    (refused,) = findings(xml)
    assert (refused.rule, refused.severity, refused.element_id) == ("computed-name", "error", "a")
    assert [one.rule for one in findings(xml, accept=True)] == ["computed-name", f"nameless-{kind}"]
    assert Player(xml).graph.node("a").events[0].reference is None


def test_a_computed_code_of_an_error_is_refused() -> None:
    xml = theirs(
        START + node("end", "e", '<errorEventDefinition errorRef="x"/>') + '<!---->', "s -> e",
        '<error id="x" errorCode="${code}"/>',
    )  # fmt: skip
    assert [one.rule for one in findings(xml, accept=True)] == ["computed-name"]


ANSWERS = theirs(START + node("xor", "g") + A + B + END, "s -> g; g -> a [Yes]; g -> b [No]; a -> e; b -> e")


@pytest.mark.fidelity("text.answers", "refused")
@pytest.mark.fidelity("text.answers", "repaired")
def test_conditions_that_are_only_answers_are_refused_or_a_choice() -> None:
    assert [(one.rule, one.element_id) for one in findings(ANSWERS)] == [("expression", "g_a"), ("expression", "g_b")]
    assert [one.rule for one in findings(ANSWERS, accept=True)] == ["untranslatable-condition"]
    assert Player(ANSWERS).choose("g", "g_b").open == ["b"]


def test_a_word_that_is_a_variable_stays_one() -> None:
    xml = theirs(START + node("xor", "g") + A + B + END, "s -> g; g -> a [no]; g -> b*; a -> e; b -> e")
    assert findings(xml) == [] and Player(xml, {"no": True}).open == ["a"]


@pytest.mark.fidelity("vendor.jbpm", "runs")
def test_jbpm_returns_its_conditions_and_assigns_people_to_data_inputs() -> None:
    inputs = "".join(
        f"<dataInputAssociation><targetRef>{name}</targetRef><assignment><from>{value}</from><to>{name}</to></assignment>"
        "</dataInputAssociation>"
        for name, value in (("ActorId", "#{boss}"), ("GroupId", "sales,lawyers"), ("Priority", "7"))
    )
    ports = "".join(f'<dataInput id="{name}" name="{name}"/>' for name in ("ActorId", "GroupId", "Priority"))
    task = node("user", "a", f"<ioSpecification>{ports}<inputSet/><outputSet/></ioSpecification>{inputs}")
    xml = theirs(
        START + node("xor", "g") + task + B + END, "s -> g; g -> a [return ok == true]; g -> b*; a -> e; b -> e"
    )
    player = Player(xml, {"ok": True})
    extension = player.graph.node("a").extension
    assert player.open == ["a"] and extension.vendor == "jbpm"
    assert (extension.assignee, extension.candidate_roles, extension.priority) == ("#{boss}", ("sales", "lawyers"), "7")


@pytest.mark.fidelity("vendor.jbpm", "runs")
def test_jbpm_assigns_words_that_stand_for_themselves() -> None:
    ports = '<ioSpecification><dataInput id="Locale" name="Locale"/><inputSet/><outputSet/></ioSpecification>'
    locale = (
        "<dataInputAssociation><targetRef>Locale</targetRef><assignment><from>en-UK</from><to>Locale</to></assignment>"
        "</dataInputAssociation>"
    )
    player = Player(straight(node("user", "a", ports + locale)))
    assert player.open == ["a"]
    assert [(one.target, one.value) for one in player.graph.node("a").takes] == [("Locale", "'en-UK'")]


@pytest.mark.fidelity("vendor.jbpm", "repaired")
def test_a_script_of_jbpm_that_names_no_language_is_java_and_a_person_does_it() -> None:
    xml = straight(node("script", "a", "<script>System.out.println(1);</script>"))
    assert [(one.rule, one.params["language"]) for one in findings(xml)] == [("script-by-hand", "Java")]


@pytest.mark.fidelity("vendor.jbpm", "runs")
@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        ("timeDuration", "1d2h", "P1DT2H0M0S"),
        ("timeDuration", "500", "P0DT0H0M0.5S"),
        ("timeDuration", "500ms", "P0DT0H0M0.5S"),
        ("timeCycle", "5s###5s", "R/P0DT0H0M5S"),
        ("timeDuration", "#{pause}", "#{pause}"),
        ("timeDuration", "PT1M", "PT1M"),
    ],
)
def test_jbpm_writes_times_in_letters_and_milliseconds(kind: str, written: str, read: str) -> None:
    event = f"<timerEventDefinition><{kind}>{written}</{kind}></timerEventDefinition>"
    xml = straight(node("catch", "a", event))
    assert findings(xml) == []
    timer = Player(xml, {"pause": "PT1H"}).graph.node("a").events[0].timer
    assert timer is not None and timer[1] == read


@pytest.mark.fidelity("vendor.left-out", "repaired")
@pytest.mark.parametrize(
    ("middle", "what"),
    [
        (node("catch", "a", '<conditionalEventDefinition camunda:variableName="x"><condition>x</condition></conditionalEventDefinition>'),
         "which changes of variables count"),
        (node("adHocSubProcess", "a", extended('<zeebe:adHoc activeElementsCollection="= x"/>') + node("user", "in")),
         "which activities are offered"),
        (node("call", "a", calledElement="p", camunda_calledElementBinding="version"), "which version is called"),
        (node("call", "a", calledElement="p", drools_waitForCompletion="false"), "that it does not wait for what it calls"),
        (node("user", "a", extended('<drools:onEntry-script/>')), "a script before the task"),
        (node("user", "a", extended('<zeebe:assignmentDefinition candidateGroups="= groups"/>')), "computed candidate groups"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_told(middle: str, what: str) -> None:
    assert told(straight(middle)) == [what]
