"""Ways through the sale that the demo company's designer has recorded: each publication is checked against them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model.users import User, actor_of
from engine.tables import DefinitionRow
from kernel.context import Context
from processes import scenarios
from processes.performance import Script, Step

SALE = "corporate_sale"


def make(session: Session, designer: User, moment: datetime) -> None:
    """Recorded on the sale as it was shipped."""
    context = Context(session, actor_of(designer), lambda: moment)
    version = session.scalars(select(DefinitionRow.id).where(DefinitionRow.key == SALE)).one()
    later = (moment + timedelta(days=2)).isoformat()
    for name, about, steps in _ways(later):
        scenarios.record_scenario(context, version, name=name, script=Script(about, moment, steps=steps))


def _ways(later: str) -> tuple[tuple[str, str, tuple[Step, ...]], ...]:
    new = {"account_id": "$account", "title": "Стеллажи на склад", "continue_as": "same"}
    return (
        (
            "Интерес подтверждён: заводим сделку и идём к потребностям",
            "account",
            (
                Step("complete", "call_interest", "interested"),
                Step("complete", "meeting_date", variables={"meeting_at": later}),
                Step("complete", "new_deal", variables=new),
                Step("complete", "collect_information", "completed"),
            ),
        ),
        (
            "Клиент просит перезвонить и соглашается на презентацию",
            "deal",
            (
                Step("complete", "collect_information", "completed"),
                Step("complete", "call_needs", "call_back", {"call_at": later}),
                Step("complete", "call_needs", "completed", {"presentation_at": later}),
            ),
        ),
    )
