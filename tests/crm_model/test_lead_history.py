"""The way of a lead is kept, whoever moves it, and only there is its status written."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import leads
from crm_model.lead_history import LeadStatusChange
from tests.crm_model.people import Company

ROOT = Path(__file__).parents[2]


def way(session: Session, lead_id: int) -> list[tuple[str | None, str, str | None]]:
    query = select(LeadStatusChange).where(LeadStatusChange.lead_id == lead_id).order_by(LeadStatusChange.id)
    return [(row.from_status, row.to_status, row.reason) for row in session.scalars(query)]


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


def test_every_change_is_an_entry_and_standing_still_is_none(company: Company) -> None:
    manager = company.as_("manager")
    lead = leads.create_lead(manager, {"name": "Anna"})
    for status in ("qualification", "qualification", "mql"):
        leads.set_status(manager, lead, status)
    leads.disqualify(manager, lead, "spam")
    leads.disqualify(manager, lead, "no_need")
    leads.close_interest(manager, lead, disqualify=False, reason=None)
    assert way(company.session, lead.id) == [
        (None, "new", None), ("new", "qualification", None), ("qualification", "mql", None),
        ("mql", "disqualified", "spam"), ("disqualified", "nurturing", None),
    ]  # fmt: skip
    assert (lead.status, lead.disqualify_reason) == ("nurturing", None)


def test_one_module_writes_the_status_of_a_lead() -> None:
    writers = set()
    for package in ("crm_model", "processes", "api", "task_ui", "server"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                targets = node.targets if isinstance(node, ast.Assign) else []
                names = [ast.unparse(target) for target in targets]
                if any("lead.status" in name for name in names):
                    writers.add(path.name)
    assert writers == {"lead_history.py"}
