"""The corporate sale through the API: every stage, the loops, the ways out, and what may not happen."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.conftest import Caller, Callers
from tests.api.sale import Sale, account, at, at_stage, born, deal

STAGES = (
    "potential", "needs", "presentation", "key_contacts", "proposal", "proposal_presentation", "negotiation",
    "contracting",
)  # fmt: skip
FIRST_TASKS = {
    "needs": "collect_information",
    "presentation": "prepare_presentation",
    "key_contacts": "enter_key_contacts",
    "proposal": "calculation_needed",
    "proposal_presentation": "prepare_materials",
    "negotiation": "plan_negotiation",
    "contracting": "collect_contract_information",
}


def test_from_the_first_call_to_the_signed_contract(manager: Caller) -> None:
    sale = born(manager)
    assert sale.state["business_key"] == f"deal:{sale.deal['id']}"
    sale.do("collect_information")
    sale.do("call_needs", "completed", presentation_at=at(5))
    sale.do("prepare_presentation")
    assert list(sale.open) == []
    waits = manager.get(f"/process-instances/{sale.instance}/waits")["items"]
    assert {wait["element_id"] for wait in waits} == {"await_presentation", "change_stage"}
    sale.give_presentation()
    sale.do("presentation_results", new_influential_contacts=True)
    contact = manager.post("/contacts", {"name": "Анна", "account_id": sale.deal["account_id"]}, 201)["id"]
    sale.do("enter_key_contacts", participants=[{"contact_id": contact, "role": "decision_maker", "influence": "high"}])
    sale.do("calculation_needed", "yes")
    sale.do("prepare_calculation")
    sale.do("prepare_proposal", "completed")
    sale.do("prepare_materials", "completed")
    sale.do("agree_tactics", tactics="Мягко")
    sale.do("present_proposal", "completed")
    sale.do("client_reaction", "needs_time")
    sale.do("plan_negotiation", discuss_with_head=True)
    sale.do("head_discussion", outcome="Держим цену")
    sale.do("agree_deal", "completed")
    sale.do("collect_contract_information")
    sale.do("prepare_contract", "completed")
    done = sale.do("sign_contract", "completed")
    assert done["deal"]["stage"] == "won"
    assert [task["element_id"] for task in done["next_tasks"]] == ["review_won"]
    done = sale.do("review_won")
    assert (done["instance"]["state"], done["instance"]["end_event"]) == ("completed", "won")
    assert sale.stages == [*STAGES[1:], "won"]
    participants = manager.get(f"/deals/{sale.deal['id']}/participants")["items"]
    assert [row["contact_id"] for row in participants] == [contact]


def test_the_loops_of_the_first_call(manager: Caller) -> None:
    sale = Sale(manager, account=account(manager))
    assert sale.refused("call_interest", "call_back") == {"variables.call_at": ["Fill in this field."]}
    when = at(2)
    done = sale.do("call_interest", "call_back", call_at=when)
    assert done["next_tasks"][0]["element_id"] == "call_interest"
    assert done["next_tasks"][0]["due"][:16] == when[:16]
    assert sale.do("call_interest", "no_answer")["next_tasks"][0]["due"] is not None
    assert list(sale.refused("call_interest", "no_interest")) == ["variables.reason"]
    done = sale.do("call_interest", "no_interest", reason="Нет бюджета")
    assert (done["instance"]["state"], done["instance"]["end_event"]) == ("completed", "no_deal")


@pytest.mark.parametrize("stage", STAGES)
def test_a_deal_made_by_hand_enters_at_its_stage(manager: Caller, stage: str) -> None:
    sale = at_stage(manager, stage)
    assert stage in [element["element_id"] for element in sale.state["active_elements"]] or stage == "potential"
    if stage in FIRST_TASKS:
        assert list(sale.open) == [FIRST_TASKS[stage]]


@pytest.mark.parametrize("chosen", ["proposal", "contracting", "needs", "potential"])
def test_the_chosen_next_stage_wins(manager: Caller, chosen: str) -> None:
    sale = at_stage(manager, "negotiation")
    sale.do("plan_negotiation")
    done = sale.do("agree_deal", "cancelled", next_stage=chosen)
    expected = "needs" if chosen == "potential" else chosen
    assert done["deal"]["stage"] == expected


def test_the_head_of_the_line_takes_the_deal_or_declines_it(manager: Caller, head: Caller) -> None:
    lines = {row["name"]: row["id"] for row in manager.get("/business-lines")["items"]}
    me = manager.get("/me")["id"]
    for result, more, stage in (
        ("continue", {"owner_id": me}, "needs"),
        ("decline", {"close_reason": "declined_by_us"}, "lost"),
    ):
        sale = born(manager, continue_as="line", business_line_id=lines["Machines"])
        assert sale_stage(head, sale) == "potential"
        task = head.get(f"/tasks?instance_id={sale.instance}")["items"][0]
        assert (task["element_id"], task["assignee"]["username"]) == ("choose_owner", "head")
        done = sale.complete(task["id"], result, by=head, **more)
        assert done["deal"]["stage"] == stage


def sale_stage(caller: Caller, sale: Sale) -> str:
    subject = caller.get(f"/process-instances/{sale.instance}")["subject"]
    return str(caller.get(f"/deals/{subject['id']}")["stage"])


def test_a_line_without_a_head_leaves_the_deal_with_whoever_made_it(manager: Caller) -> None:
    lines = {row["name"]: row["id"] for row in manager.get("/business-lines")["items"]}
    sale = born(manager, continue_as="line", business_line_id=lines["Spare parts"])
    assert sale.stages == ["potential", "needs"]
    assert sale.deal["owner_id"] == manager.get("/me")["id"]


def test_the_presentation_may_be_given_before_it_is_prepared(manager: Caller) -> None:
    sale = born(manager)
    sale.do("collect_information")
    sale.do("call_needs", "completed")
    sale.give_presentation()
    done = sale.do("prepare_presentation")
    assert [task["element_id"] for task in done["next_tasks"]] == ["presentation_results"]
    assert sale.do("presentation_results")["deal"]["stage"] == "proposal"


def test_leaving_the_presentation_stage_ends_its_activity_and_returning_makes_a_fresh_one(manager: Caller) -> None:
    sale = at_stage(manager, "presentation")
    sale.do("prepare_presentation")
    (first,) = sale.presentation()
    move(manager, sale, "negotiation")
    assert manager.get(f"/activities/{first['id']}")["status"] == "cancelled"
    move(manager, sale, "presentation")
    sale.do("prepare_presentation")
    (second,) = sale.presentation()
    assert second["id"] != first["id"]


def move(manager: Caller, sale: Sale, stage: str, **more: Any) -> Any:
    return manager.post(f"/deals/{sale.deal['id']}/stage", {"stage": stage, **more}, 200)


def test_a_preview_says_what_would_happen_and_changes_nothing(manager: Caller) -> None:
    sale = at_stage(manager, "needs")
    before = sale.open
    preview = move(manager, sale, "proposal", preview=True)
    assert [row["element_id"] for row in preview["cancels"]] == ["collect_information"]
    assert [row["element_id"] for row in preview["creates"]] == ["calculation_needed"]
    assert preview["missing"] == []
    assert sale.open == before
    assert sale.deal["stage"] == "needs"
    assert [row["field"] for row in move(manager, sale, "lost", preview=True)["missing"]] == ["close_reason"]


def test_what_closing_needs_is_asked_for_at_its_field(manager: Caller) -> None:
    sale = at_stage(manager, "needs")
    for body, field in (
        ({"stage": "lost"}, "close_reason"),
        ({"stage": "lost", "close_reason": "competitor_won"}, "winner_competitor_id"),
        ({"stage": "rerouted"}, "reroute_to"),
        ({"stage": "interest"}, "stage"),
        ({"stage": "nonsense"}, "stage"),
    ):
        status, answer = manager.call("POST", f"/deals/{sale.deal['id']}/stage", body)
        assert (status, list(answer["details"]["fields"])) == (422, [field]), answer


@pytest.mark.parametrize("stage", STAGES[1:])
def test_a_deal_may_be_lost_at_every_stage(manager: Caller, stage: str) -> None:
    sale = at_stage(manager, stage)
    assert move(manager, sale, "lost", close_reason="price")["status"] == "lost"
    assert (sale.state["state"], sale.state["end_event"]) == ("completed", "lost")
    status, answer = manager.call("POST", f"/deals/{sale.deal['id']}/stage", {"stage": "needs"})
    assert (status, answer["code"]) == (409, "deal_closed")


def test_a_final_stage_chosen_in_a_form_asks_why_first(manager: Caller) -> None:
    sale = at_stage(manager, "needs")
    sale.do("collect_information")
    done = sale.do("call_needs", "completed", next_stage="lost")
    assert ([task["element_id"] for task in done["next_tasks"]], done["deal"]["stage"]) == (["close_deal"], "needs")
    assert list(sale.refused("close_deal")) == ["variables.close_reason"]
    assert list(sale.refused("close_deal", close_reason="competitor_won")) == ["variables.winner_competitor_id"]
    rival = manager.post(f"/deals/{sale.deal['id']}/competitors", {"name": "Ромашка"}, 201)["id"]
    done = sale.do("close_deal", close_reason="competitor_won", winner_competitor_id=rival)
    assert done["deal"]["stage"] == "lost"
    assert sale.deal["winner_competitor_id"] == rival


def test_a_client_moves_to_another_process(manager: Caller) -> None:
    sale = at_stage(manager, "proposal")
    moved = move(manager, sale, "rerouted", reroute_to="corporate_sale")
    assert (moved["stage"], moved["status"]) == ("rerouted", "rerouted")
    key = f"account:{moved['account_id']}"
    assert len(manager.get(f"/process-instances?business_key={key}&state=active")["items"]) == 1


def test_won_from_outside_waits_for_the_review(manager: Caller) -> None:
    sale = at_stage(manager, "proposal")
    assert move(manager, sale, "won")["status"] == "won"
    assert list(sale.open) == ["review_won"]
    assert sale.state["state"] == "active"
    assert sale.do("review_won")["instance"]["end_event"] == "won"


def test_a_contract_that_is_not_signed_opens_the_closing_form(manager: Caller) -> None:
    sale = at_stage(manager, "contracting")
    sale.do("collect_contract_information")
    sale.do("prepare_contract", "completed")
    assert list(sale.refused("sign_contract", "needs_additions")) == ["variables.comment"]
    sale.do("sign_contract", "needs_additions", comment="Поправить сроки")
    sale.do("prepare_contract", "completed")
    done = sale.do("sign_contract", "cancelled")
    assert ([task["element_id"] for task in done["next_tasks"]], done["deal"]["stage"]) == (
        ["close_deal"],
        "contracting",
    )


def test_approvers_are_asked_one_after_another(manager: Caller, head: Caller, supervisor: Caller) -> None:
    sale = at_stage(manager, "proposal")
    sale.do("calculation_needed", "no")
    people = [head.get("/me")["id"], supervisor.get("/me")["id"]]
    done = sale.do("prepare_proposal", "send_for_approval", approver_ids=people, mode="sequence")
    (first,) = done["next_tasks"]
    assert (first["element_id"], first["assignee"]["username"]) == ("approve_document", "head")
    (second,) = sale.complete(first["id"], "approve", by=head)["next_tasks"]
    assert second["assignee"]["username"] == "supervisor"
    done = sale.complete(second["id"], "approve", by=supervisor)
    assert [task["element_id"] for task in done["next_tasks"]] == ["prepare_materials"]


def test_a_rejection_ends_the_other_approvals_and_shows_its_comment(
    manager: Caller, head: Caller, supervisor: Caller
) -> None:
    sale = at_stage(manager, "contracting")
    sale.do("collect_contract_information")
    people = [head.get("/me")["id"], supervisor.get("/me")["id"]]
    done = sale.do("prepare_contract", "send_for_approval", approver_ids=people, mode="parallel")
    tasks = {task["assignee"]["username"]: task["id"] for task in done["next_tasks"]}
    assert set(tasks) == {"head", "supervisor"}
    status, answer = head.call("POST", f"/tasks/{tasks['head']}/complete", {"result": "reject"})
    assert (status, list(answer["details"]["fields"])) == (422, ["variables.comment"])
    done = sale.complete(tasks["head"], "reject", by=head, comment="Слишком дёшево")
    (again,) = done["next_tasks"]
    assert again["element_id"] == "prepare_contract"
    shown = manager.get(f"/tasks/{again['id']}")["form"]["fields"][0]
    assert "Слишком дёшево" in shown["default"]
    assert supervisor.get(f"/tasks/{tasks['supervisor']}")["state"] == "cancelled"


def test_rework_goes_back_to_the_sender_and_asks_again(manager: Caller, head: Caller) -> None:
    sale = at_stage(manager, "proposal")
    sale.do("calculation_needed", "no")
    done = sale.do("prepare_proposal", "send_for_approval", approver_ids=[head.get("/me")["id"]], mode="sequence")
    (rework,) = sale.complete(done["next_tasks"][0]["id"], "rework", by=head, comment="Сроки")["next_tasks"]
    assert (rework["element_id"], rework["assignee"]["username"]) == ("rework_document", "manager")
    (again,) = sale.complete(rework["id"])["next_tasks"]
    assert (again["element_id"], again["assignee"]["username"]) == ("approve_document", "head")


def test_a_rescheduled_presentation_is_prepared_again(manager: Caller) -> None:
    sale = at_stage(manager, "proposal_presentation")
    sale.do("prepare_materials", "completed")
    sale.do("agree_tactics")
    assert list(sale.refused("present_proposal", "rescheduled")) == ["variables.present_at"]
    (again,) = sale.do("present_proposal", "rescheduled", present_at=at(7))["next_tasks"]
    assert again["element_id"] == "prepare_materials"
    sale.do("prepare_materials", "cancelled")
    assert sale.do("client_reaction", "agrees")["deal"]["stage"] == "contracting"


def test_of_six_completions_at_once_one_counts(manager: Caller) -> None:
    sale = at_stage(manager, "needs")
    task = sale.open["collect_information"]["id"]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: manager.call("POST", f"/tasks/{task}/complete", {}), range(6)))
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409, 409, 409]
    refused = next(answer for status, answer in answers if status == 409)
    assert refused["code"] == "user_task_not_open"
    assert refused["details"]["task"]["completed_by"]["username"] == "manager"
    assert list(sale.open) == ["call_needs"]


def test_a_second_sale_on_the_same_deal_names_the_first(manager: Caller) -> None:
    sale = at_stage(manager, "needs")
    body = {"definition_key": "corporate_sale", "subject": {"type": "deal", "id": sale.deal["id"]}}
    status, answer = manager.call("POST", "/process-instances", body)
    assert (status, answer["code"], answer["details"]["instance_id"]) == (409, "already_running", sale.instance)


def test_a_stage_entered_again_is_a_new_visit_and_too_many_are_shown_to_the_supervisor(
    manager: Caller, supervisor: Caller
) -> None:
    sale = at_stage(manager, "key_contacts")
    asked = f"/process-instances?business_key=deal:{sale.deal['id']}&goes_round=true"
    for round in range(2):
        sale.do("enter_key_contacts", participants=[], next_stage="key_contacts")
        assert supervisor.get(asked)["items"] == [], round
    move(manager, sale, "key_contacts")
    rows = manager.get(f"/deals/{sale.deal['id']}/stage-history")["items"]
    assert [(row["from"], row["visit"], row["cause"]) for row in rows] == [
        (None, 1, "made"), ("key_contacts", 2, "process"), ("key_contacts", 3, "process"), ("key_contacts", 4, "change"),
    ]  # fmt: skip
    (found,) = supervisor.get(asked)["items"]
    assert (found["id"], found["goes_round"]) == (sale.instance, True)


def test_a_postponed_task_leaves_the_list_and_may_be_found(manager: Caller) -> None:
    sale = at_stage(manager, "needs")
    task = sale.open["collect_information"]["id"]
    assert manager.call("POST", f"/tasks/{task}/postpone", {"until": at(-1)})[0] == 422
    assert manager.post(f"/tasks/{task}/postpone", {"until": at(2)})["follow_up"] is not None
    assert sale.open == {}
    rows = manager.get(f"/tasks?instance_id={sale.instance}&postponed=true")["items"]
    assert [row["id"] for row in rows] == [task]


def test_whoever_handed_a_deal_on_no_longer_sees_it(manager: Caller, head: Caller, signed_in: Callers) -> None:
    sale = at_stage(manager, "needs")
    number = sale.deal["id"]
    other = signed_in("manager2")
    head.patch(f"/deals/{number}", {"owner_id": other.get("/me")["id"]})
    assert manager.call("GET", f"/deals/{number}")[0] == 404
    rows = other.get(f"/tasks?instance_id={sale.instance}&assignee=me")["items"]
    assert [row["element_id"] for row in rows] == ["collect_information"]


def test_unknown_keys_and_results_are_refused(manager: Caller) -> None:
    sale = at_stage(manager, "needs")
    sale.do("collect_information", anything="goes")
    assert list(sale.refused("call_needs", "completed", colour="red")) == ["variables.colour"]
    assert list(sale.refused("call_needs", "nonsense")) == ["result"]
    assert list(sale.refused("call_needs")) == ["result"]


def test_a_deal_may_be_reopened_by_a_supervisor(manager: Caller, supervisor: Caller) -> None:
    sale = at_stage(manager, "needs")
    number = sale.deal["id"]
    move(manager, sale, "lost", close_reason="price")
    body = {"stage": "negotiation", "reason": "Клиент вернулся"}
    assert manager.call("POST", f"/deals/{number}/reopen", body)[0] == 403
    assert supervisor.post(f"/deals/{number}/reopen", body)["stage"] == "negotiation"
    assert manager.get(f"/deals/{number}")["status"] == "open"
    causes = [row["cause"] for row in manager.get(f"/deals/{number}/stage-history")["items"]]
    assert causes == ["made", "change", "reopen"]


def test_a_message_by_the_old_key_still_finds_the_sale(manager: Caller) -> None:
    sale = born(manager)
    key = f"account:{sale.deal['account_id']}"
    assert [row["id"] for row in manager.get(f"/process-instances?business_key={key}")["items"]] == [sale.instance]
    assert deal(manager)["stage"] == "needs"
