"""Who comes to the small office from outside, and what is written to them: leads that are alike, letters, a call, a merge."""

from crm_model import contacts, leads, letter_templates, letters, segments, suppressions
from kernel.context import SYSTEM, Context
from kernel.db import Database
from processes import merging, telephony
from tests.task_ui.office import Office


def invite(database: Database, office: Office) -> None:
    """Makes the lead 1 and its like 2, the letter 1 and its template 1, the call 1, a segment 1 and a merge."""
    with database.transaction() as session:
        manager, marketing = office.acting(session), office.acting(session, "marketing")
        for name in ("Тамара Похожая", "Похожая Тамара"):
            given = {"name": name, "email": "tamara@alike.example", "phone": "+7 921 300-30-30", "consent": True}
            leads.create_lead(manager, {**given, "company": "ООО «Долгое и подробное название»", "source": "phone"})
        letter_templates.create_template(
            marketing, {"name": "Приглашение", "subject": "Приглашаем на форум", "text": "Добрый день!"}
        )
        letters.queue(
            Context(session, SYSTEM), to="tamara@alike.example", subject="Приглашаем на форум", html="<p>Ждём вас</p>",
            purpose="marketing", key="people", lead_id=1,
        )  # fmt: skip
        telephony.receive(
            Context(session, SYSTEM),
            {"event": "incoming", "call_id": "1", "number": "+7 921 300-30-30", "user": "manager"},
        )
        segments.create_segment(
            marketing,
            {
                "name": "Звонившие",
                "subject": "leads",
                "conditions": [{"field": "source", "operator": "is", "value": ["phone"]}],
            },
        )
        suppressions.create_suppression(marketing, {"address": "nobody@alike.example"})
        twice = [contacts.create_contact(manager, {"name": name}).id for name in ("Двойник", "Двойник второй")]
        merging.merge(manager, kind="contact", survivor_id=twice[0], loser_id=twice[1])
