"""A corporate sale played through the API, by the identifiers that clients rely on."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.conftest import Caller


def at(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


class Sale:
    """One instance and what one does in it, as its manager unless somebody else is named."""

    def __init__(self, manager: Caller, **subject: int) -> None:
        self.manager = manager
        (kind, number), *_ = subject.items()
        body = {"definition_key": "corporate_sale", "subject": {"type": kind, "id": number}}
        self.instance = manager.post("/process-instances", body, 201)["id"]

    @property
    def open(self) -> dict[str, Any]:
        rows = self.manager.get(f"/tasks?instance_id={self.instance}&limit=200")["items"]
        return {row["element_id"]: row for row in rows}

    def do(self, element: str, result: str | None = None, *, by: Caller | None = None, **variables: Any) -> Any:
        task = self.open.get(element)
        assert task is not None, f"{element} is not open: {list(self.open)}"
        return self.complete(task["id"], result, by=by, **variables)

    def complete(self, task_id: int, result: str | None = None, *, by: Caller | None = None, **variables: Any) -> Any:
        body = {"variables": variables, **({"result": result} if result else {})}
        return (by or self.manager).post(f"/tasks/{task_id}/complete", body, 200)

    def refused(self, element: str, result: str | None = None, **variables: Any) -> dict[str, Any]:
        body = {"variables": variables, **({"result": result} if result else {})}
        status, answer = self.manager.call("POST", f"/tasks/{self.open[element]['id']}/complete", body)
        assert status == 422, answer
        return answer["details"]["fields"]  # type: ignore[no-any-return]

    @property
    def state(self) -> Any:
        return self.manager.get(f"/process-instances/{self.instance}")

    @property
    def deal(self) -> Any:
        subject = self.state["subject"]
        assert subject["type"] == "deal"
        return self.manager.get(f"/deals/{subject['id']}")

    @property
    def stages(self) -> list[str]:
        return [row["to"] for row in self.manager.get(f"/deals/{self.deal['id']}/stage-history")["items"]]

    def presentation(self) -> Any:
        rows = self.manager.get(f"/activities?deal_id={self.deal['id']}&element_id=give_presentation")["items"]
        return [row for row in rows if row["status"] in ("planned", "in_progress")]

    def give_presentation(self) -> None:
        (activity,) = self.presentation()
        self.manager.post(f"/activities/{activity['id']}/complete", {"result": "completed"})


def account(manager: Caller) -> int:
    return int(manager.post("/accounts", {"name": f"ООО «{uuid.uuid4().hex[:8]}»"}, 201)["id"])


def deal(manager: Caller, **values: Any) -> Any:
    return manager.post("/deals", {"title": "Станки", "account_id": account(manager), **values}, 201)


def born(manager: Caller, **new_deal: Any) -> Sale:
    """A sale whose deal has just been born."""
    number = account(manager)
    sale = Sale(manager, account=number)
    sale.do("call_interest", "interested")
    sale.do("meeting_date", meeting_at=at(3))
    sale.do("new_deal", **{"account_id": number, "title": "Станки", "continue_as": "same", **new_deal})
    return sale


def at_stage(manager: Caller, stage: str) -> Sale:
    """A sale on a deal made by hand, which enters at its stage."""
    return Sale(manager, deal=deal(manager, stage=stage)["id"])
