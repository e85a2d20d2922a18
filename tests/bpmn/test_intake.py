"""Uploads are examined in a child process: quick for good files, bounded for hostile ones, never fatal."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bpmn import intake
from bpmn.examination import examine
from bpmn.intake import inspect
from bpmn.vocabulary import Vocabulary
from tests.support.diagrams import NAMESPACES, diagram, node

GOOD = diagram(node("start", "s") + node("user", "a") + node("end", "e"), "s -> a; a -> e")
CHOICE = diagram(
    node("start", "s") + node("xor", "g") + node("user", "a") + node("user", "b"),
    "s -> g; g -> a [${bean.ask()}]; g -> b*",
)
BOMB = "<!DOCTYPE d [<!ENTITY a0 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
)
HOSTILE = {
    "entity bomb": f"{BOMB}]><definitions {NAMESPACES}><process id='p' name='&a11;'/></definitions>".encode(),
    "deep nesting": b"<a>" * 1_000_000,
    "half a million elements": f"<definitions {NAMESPACES}>{'<a/>' * 500_000}</definitions>".encode(),
    "a hundred thousand flows": f"<definitions {NAMESPACES}><process id='p'>{'<sequenceFlow/>' * 90_000}</process></definitions>".encode(),
    "nested sub-processes": f"<definitions {NAMESPACES}><process id='p'>{'<subProcess>' * 90}{'</subProcess>' * 90}</process></definitions>".encode(),
    "nested brackets": diagram(f'<scriptTask id="a"><script>x = {"(" * 100_000}</script></scriptTask>', ""),
    "noise": os.urandom(100_000),
    "a long attribute": f"<definitions {NAMESPACES}><process id='p' name='{'x' * 5_000_000}'/></definitions>".encode(),
}


def test_the_answer_is_the_same_as_without_a_child() -> None:
    files = [("a.bpmn", GOOD), ("broken.bpmn", b"<a")]
    assert inspect(files, Vocabulary()) == examine(files, Vocabulary())


@pytest.mark.fidelity("file.hostile", "refused")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name: str) -> None:
    answer = inspect([("hostile.bpmn", HOSTILE[name])], Vocabulary())
    assert answer.refused and answer.findings[0].file == "hostile.bpmn"


@pytest.mark.fidelity("file.hanging", "refused")
def test_a_child_that_takes_too_long_is_ended_and_the_next_upload_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "SECONDS", 0.0)
    assert [f.rule for f in inspect([("a.bpmn", GOOD)], Vocabulary()).findings] == ["too-hard"]
    monkeypatch.undo()
    assert not inspect([("a.bpmn", GOOD)], Vocabulary()).refused


def test_threads_can_upload_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: inspect([(f"{n}.bpmn", GOOD)], Vocabulary()), range(24)))
    assert [answer.diagrams[0].file for answer in answers] == [f"{n}.bpmn" for n in range(24)]
    assert threading.active_count() < 50


def test_a_child_keeps_no_secrets_of_the_server() -> None:
    child = intake._Child()
    try:
        with open(f"/proc/{child.process.pid}/environ", "rb") as file:
            names = {entry.split(b"=")[0] for entry in file.read().split(b"\0") if entry}
        assert names <= {b"PATH", b"LANG", b"LD_LIBRARY_PATH", b"PYTHONPATH"}
    finally:
        child.end()


def test_consent_turns_a_refusal_into_a_repair_which_is_offered_before() -> None:
    asked = inspect([("a.bpmn", CHOICE)], Vocabulary())
    assert asked.refused and [offer.rule for offer in asked.offers] == ["untranslatable-condition"]
    accepted = inspect([("a.bpmn", CHOICE)], Vocabulary(), accept_repairs=True)
    assert not accepted.refused and accepted.diagrams[0].processes["p"].nodes["g"].choice


def test_a_process_may_call_another_of_the_same_upload() -> None:
    caller = diagram(node("call", "a", calledElement="q"), "")
    called = diagram(node("user", "a"), "", id="q")
    assert "unknown-process" in {f.rule for f in inspect([("a.bpmn", caller)], Vocabulary()).findings}
    both = inspect([("a.bpmn", caller), ("b.bpmn", called), ("x.form", b"{}")], Vocabulary())
    assert both.findings == () and len(both.diagrams) == 2


@pytest.mark.fidelity("file.twice", "refused")
def test_the_same_process_twice_in_an_upload_is_refused() -> None:
    answer = inspect([("a.bpmn", GOOD), ("b.bpmn", GOOD)], Vocabulary())
    assert [(f.rule, f.file) for f in answer.findings] == [("duplicate-process", "b.bpmn")]
