"""A short sale with the real one's key, so that screens are tested without the shipped diagrams."""

import json
from typing import Any

from tests.support.diagrams import body, diagram, message, node

CALL_RESULTS = (
    '<procession:result code="interested" titleRu="Интерес есть" titleEn="Interested" primary="true"/>'
    '<procession:result code="call_back" titleRu="Перезвонить позднее" titleEn="Call back later"/>'
    '<procession:result code="no_answer" titleRu="Не дозвонился" titleEn="No answer"/>'
    '<procession:result code="no_interest" titleRu="Интереса нет" titleEn="No interest"/>'
)
DONE = '<procession:result code="completed" titleRu="Выполнено" titleEn="Done" primary="true"/>'
APPROVAL = '<procession:result code="send_for_approval" titleRu="На согласование" titleEn="Send for approval"/>'
SIGN = (
    '<procession:result code="completed" titleRu="Договор подписан" titleEn="Contract signed" primary="true"/>'
    '<procession:result code="cancelled" titleRu="Сделка сорвалась" titleEn="The deal fell through"/>'
)


def _field(key: str, kind: str, en: str, ru: str, *, required: bool = False, **more: Any) -> dict[str, Any]:
    properties = {"labelRu": ru, "type": kind, **{key: value for key, value in more.items() if key == "results"}}
    component = "select" if kind == "select" else "textfield"
    found: dict[str, Any] = {"type": component, "key": key, "label": en, "properties": properties}
    if required:
        found["validate"] = {"required": True}
    return found | {name: value for name, value in more.items() if name != "results"}


NEXT = _field("next_stage", "stage", "Next stage", "Следующая стадия")
FORMS: dict[str, list[dict[str, Any]]] = {
    "call_interest": [
        _field("said", "text", "What the client said", "Что сказал клиент"),
        _field("call_at", "datetime", "Call again at", "Когда перезвонить", required=True, results="call_back"),
        _field(
            "reason", "select", "Why there is no interest", "Почему нет интереса", required=True, results="no_interest",
            values=[{"label": "No budget", "value": "no_budget"}, {"label": "Has a supplier", "value": "supplier"}],
        ),
    ],
    "new_deal": [
        _field("account_id", "account", "Account", "Контрагент", required=True),
        _field("title", "string", "Title of the deal", "Название сделки", required=True),
        _field("amount", "money", "Expected amount", "Ожидаемая сумма"),
        NEXT | {"defaultValue": "needs"},
    ],
    "call_needs": [_field("need", "text", "What the client needs", "Что нужно клиенту"), NEXT],
    "key_people": [
        _field("participants", "participants", "Who decides", "Кто принимает решение"),
        _field("competitors", "competitors", "Competitors", "Конкуренты"),
    ],
    "proposal": [
        _field("comment", "text", "Comment", "Комментарий"),
        _field("approver_ids", "users", "Approvers", "Согласующие", required=True, results="send_for_approval"),
        NEXT,
    ],
}  # fmt: skip


def _task(id: str, ru: str, en: str, *, form: str = "", activity: str = "", results: str = DONE, **more: str) -> str:
    values = {"assignee": "deal.owner_id or initiator_id", **more}
    values |= {name: value for name, value in (("form", form), ("activity", activity)) if value}
    text = "".join(f' {name}="{value}"' for name, value in values.items())
    told = (
        '<procession:instructions lang="ru">Представьтесь, назовите компанию и причину звонка. Выясните бюджет, '
        "кто принимает решение и когда.</procession:instructions>"
        '<procession:instructions lang="en">Say who you are and why you call. Find out the budget, who decides, '
        "and when.</procession:instructions>"
    )
    inner = f"<extensionElements><procession:task{text}>{told}{results}</procession:task></extensionElements>"
    return node("user", id, inner, procession_titleRu=ru, procession_titleEn=en)


def _stage(code: str, nodes: str, flows: str) -> str:
    inside = node("start", f"{code}_in") + nodes + node("end", f"{code}_out")
    return node("subProcess", code, body(inside, flows), procession_stage=code) + node(
        "boundary", f"{code}_change", message("deal.change_stage").replace("m_deal.", "m_"), attachedToRef=code
    )


def small_sale() -> bytes:
    create = (
        '<extensionElements><procession:operation name="deal.create" resultVariable="deal_id"/></extensionElements>'
    )
    interest = _task(
        "call_interest", "Позвоните клиенту и подтвердите интерес", "Call the client and confirm the interest",
        form="call_interest", activity="call", results=CALL_RESULTS, due="call_at or now + hours(2)",
    )  # fmt: skip
    nodes = (
        node("start", "begin")
        + interest
        + node("xor", "interested")
        + node("end", "no_deal")
        + _task("new_deal", "Заведите сделку", "Create the deal", form="new_deal", due="now + days(1)")
        + node("service", "create", create)
        + node("xor", "route")
        + _stage(
            "needs",
            _task("collect_information", "Соберите сведения о клиенте", "Collect information about the client",
                  form="key_people", activity="task", due="now + days(1)")
            + _task("call_needs", "Позвоните и договоритесь о презентации", "Call and agree on the presentation",
                    form="call_needs", activity="call", due="now + days(2)"),
            "needs_in -> collect_information; collect_information -> call_needs; call_needs -> needs_out",
        )
        + _stage(
            "proposal",
            _task("prepare_proposal", "Подготовьте коммерческое предложение", "Prepare the proposal", form="proposal",
                  activity="document_work", results=DONE + APPROVAL, due="now + days(3)", priority="80"),
            "proposal_in -> prepare_proposal; prepare_proposal -> proposal_out",
        )
        + _stage(
            "contracting",
            _task("sign_contract", "Согласуйте и подпишите договор", "Agree and sign the contract", results=SIGN,
                  due="now + days(5)"),
            "contracting_in -> sign_contract; sign_contract -> contracting_out",
        )
        + node("xor", "signed")
        + node("end", "won", procession_stage="won")
        + node("end", "lost", procession_stage="lost")
    )  # fmt: skip
    flows = """begin -> call_interest; call_interest -> interested
        interested -> no_deal [result == 'no_interest']
        interested -> call_interest [result in ['call_back', 'no_answer']]
        interested -> new_deal*; new_deal -> create; create -> route
        route -> proposal [next_stage in ['proposal', 'negotiation']]
        route -> contracting [next_stage == 'contracting']
        route -> won [next_stage == 'won']; route -> lost [next_stage == 'lost']
        route -> needs*
        needs -> proposal; proposal -> contracting; contracting -> signed
        signed -> lost [result == 'cancelled']; signed -> won*
        needs_change -> route; proposal_change -> route; contracting_change -> route"""
    nodes = "\n".join(nodes.split("\n"))
    made = diagram(nodes, flows.replace("\n", ";"), id="corporate_sale").decode()
    made = made.replace('name="corporate_sale"', 'name="Корпоративные продажи" procession:titleEn="Corporate sale"', 1)
    return made.replace('name="change_stage"', 'name="deal.change_stage"', 1).encode()


def files() -> list[tuple[str, bytes]]:
    forms = [
        (f"{key}.form", json.dumps({"type": "default", "id": key, "components": components}).encode())
        for key, components in FORMS.items()
    ]
    return [("corporate_sale.bpmn", small_sale()), *forms]
