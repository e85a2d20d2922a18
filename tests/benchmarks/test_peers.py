"""Other engines are asked line by line, in their own words, and left out where they cannot be built."""

import os
import sys
from contextlib import closing

import pytest

from benchmarks.diagrams import w1
from benchmarks.measuring import Meter
from benchmarks.peers.dialects import camunda, flowable, javascript
from benchmarks.peers.peer import Peer, PeerFailed, running
from benchmarks.peers.section import walk
from benchmarks.peers.workshop import KINDS, JavaKind, Missing, NodeKind, PythonKind
from kernel.db import Database

FAKE = """
import json, sys
print(json.dumps({"name": "Fake 1"}), flush=True)
started, found, done = 0, 0, []
for line in sys.stdin:
    asked, answer = json.loads(line), {}
    if asked["do"] == "start":
        started, done = asked["instances"], []
    elif asked["do"] == "find":
        found = started
    elif asked["do"] == "complete" and sorted(asked["order"]) == list(range(found)):
        answer = {"latencies": [0.25 for _ in asked["order"]], "cpu": 0.5}
    elif asked["do"] != "deploy":
        answer = {"error": "nobody has looked for the tasks"}
    print(json.dumps(answer), flush=True)
"""
COMMAND = [sys.executable, "-c", FAKE]


def test_a_block_of_a_peer_is_its_own_latencies_and_processor_seconds(database: Database) -> None:
    dsn = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(Meter(dsn)) as meter, running(COMMAND, os.environ) as peer:
        peer.deploy("w1", "<definitions/>")
        measured = walk(meter, peer, w1(), 3)
    assert measured.name == "Fake 1"
    assert measured.latencies == [0.25] * 6
    assert measured.client_cpu == 1.0


def test_what_a_peer_says_of_its_failure_is_told() -> None:
    with running(COMMAND, os.environ) as peer, pytest.raises(PeerFailed, match="nobody has looked for the tasks"):
        peer.complete([0], {})


def test_a_peer_that_ends_is_told() -> None:
    with (
        pytest.raises(PeerFailed, match="ended with 3"),
        running([sys.executable, "-c", "exit(3)"], os.environ) as peer,
    ):
        assert isinstance(peer, Peer)


@pytest.mark.parametrize(
    ("built_with", "missing"),
    [
        (JavaKind, "java"),
        (JavaKind, "javac"),
        (JavaKind, "mvn"),
        (NodeKind, "node"),
        (NodeKind, "npm"),
        (PythonKind, "python3"),
    ],
)
def test_without_its_tools_a_peer_is_left_out_with_a_plain_message(built_with: type, missing: str) -> None:
    kinds = [kind for kind in KINDS if isinstance(kind, built_with)]
    assert kinds
    for kind in kinds:
        with pytest.raises(Missing, match=f"^skipped: there is no {missing} here$"):
            kind.build(lambda tool: None if tool == missing else "/bin/true")


def test_the_diagram_means_the_same_in_the_words_of_others() -> None:
    assert ':expression="${amount * 2}"' in camunda(w1())
    assert ':resultVariableName="checked"' in flowable(w1())
    for told in (camunda(w1()), flowable(w1())):
        assert "${amount &gt; 10}" in told
        assert "procession:task" not in told
    assert "next(null, amount &gt; 10);" in javascript(w1())
    assert "assignVariables({checked: amount * 2}); next();" in javascript(w1())
