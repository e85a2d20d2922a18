"""Every benchmark runs, in small; and what a completion may say to the database is counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import served, timers
from benchmarks.diagrams import w2
from benchmarks.peers import section as peers
from benchmarks.report import Gate, Row, Section, page
from benchmarks.runners import Engine, Product, Runner
from benchmarks.site import Site, site
from benchmarks.statements import of_one

STATEMENTS = {"Engine": 2, "Product": 6}
pytestmark = pytest.mark.xdist_group("benchmarks")


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    """A database of the benchmarks' own: what they keep must not meet other tests."""
    with site(0.002) as made:
        yield made


@pytest.mark.parametrize("kind", [Engine, Product])
def test_a_completion_is_one_transaction_of_few_statements(place: Site, kind: type[Engine] | type[Product]) -> None:
    workload = w2()
    runner: Runner = kind(place.kitchen, place.kitchen.deploy(workload))
    runner.complete(runner.start(), workload.steps[0][1])
    task = runner.start()
    said = of_one(place.database.engine, lambda: runner.complete(task, workload.steps[0][1]))
    assert said.commits == 1
    assert len(said.statements) <= STATEMENTS[kind.__name__], "\n".join(said.statements)


def test_every_section_measures_something(place: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "RUNS", [(1, 1)])
    monkeypatch.setattr(timers, "RUNS", [(True, 1)])
    monkeypatch.setattr(peers, "KINDS", ())
    for name, run in command.SECTIONS.items():
        found = run(place)
        assert found.rows, name
        assert all(row.text for row in found.rows), name


def test_a_gate_that_is_not_met_is_marked_where_it_stands() -> None:
    slow = Section("Steps", (Row("W1 ÷ floor", "2.50", 2.5, Gate(2.0)), Row("W2 ÷ floor", "1.50", 1.5, Gate(2.0))))
    told = page([slow], "PostgreSQL 18", "python -m benchmarks")
    assert "| W1 ÷ floor | 2.50 | ≤ 2 ✗ |" in told
    assert "| W2 ÷ floor | 1.50 | ≤ 2 ✓ |" in told


def test_the_results_are_kept_beside_the_code() -> None:
    assert Path(command.__file__).with_name("RESULTS.md") == command.RESULTS
