"""Activities: planned by hand or by a process, closed with a result, moved, reopened; who sees which."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm_model import access, activities
from crm_model.activities import Activity, make
from kernel.context import DESIGNER, MARKETING, Context
from kernel.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page, decode_cursor
from tests.crm_model.sales import NOW, PAGE, Sales, acting, person

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def call(ctx: Context, **values: Any) -> Activity:
    return activities.create_activity(ctx, {"kind": "call", "subject": "Call", **values})


def test_an_activity_made_by_hand_is_planned_and_its_makers(sales: Sales) -> None:
    activity = call(sales.manager, start=NOW, due=TOMORROW, description="About prices")
    assert (activity.status, activity.owner_id) == ("planned", sales.manager_user.id)
    assert (activity.instance_id, activity.element_id, activity.task_id) == (None, None, None)
    assert activity.counts_as_contact
    assert not activities.create_activity(sales.manager, {"kind": "task", "subject": "File"}).counts_as_contact


def test_a_deal_brings_its_account_and_contact_and_a_contact_its_account(sales: Sales) -> None:
    account = sales.account()
    contact = sales.contact(account_id=account.id)
    deal = sales.deal(contact_id=contact.id)
    of_deal, of_contact = call(sales.manager, deal_id=deal.id), call(sales.manager, contact_id=contact.id)
    assert (of_deal.account_id, of_deal.contact_id) == (account.id, contact.id)
    assert of_contact.account_id == account.id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"subject": ""}, "subject"),
        ({"start": "2026-03-02T10:00:00"}, "start"),
        ({"start": "soon"}, "start"),
        ({"start": TOMORROW, "due": NOW}, "due"),
        ({"status": "completed"}, "status"),
        ({"result": "completed"}, "result"),
        ({"element_id": "give_presentation"}, "element_id"),
        ({"deal_id": 10**12}, "deal_id"),
        ({"mood": "good"}, "mood"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(sales: Sales, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationFailed) as error:
        call(sales.manager, **values)
    assert set(error.value.fields) == {field}


@pytest.mark.parametrize("result", ["completed", "cancelled"])
def test_closing_keeps_result_note_time_and_person(sales: Sales, result: str) -> None:
    activity = call(sales.manager)
    activities.complete_activity(sales.head, activity.id, result=result, note="As agreed")
    assert (activity.status, activity.result, activity.result_note) == (result, result, "As agreed")
    assert (activity.completed_at, activity.completed_by_id) == (NOW, sales.head_user.id)


@pytest.mark.parametrize("result", [None, "", "call_back", "won"])
def test_activities_made_by_hand_take_the_three_common_results_only(sales: Sales, result: str | None) -> None:
    activity = call(sales.manager)
    with pytest.raises(ValidationFailed) as error:
        activities.complete_activity(sales.manager, activity.id, result=result)
    assert set(error.value.fields) == {"result"}
    assert activity.status == "planned"


def test_closing_twice_is_a_conflict_that_tells_the_state(sales: Sales) -> None:
    activity = call(sales.manager)
    activities.cancel_activity(sales.manager, activity.id)
    with pytest.raises(Conflict) as error:
        activities.complete_activity(sales.manager, activity.id, result="completed")
    assert error.value.code == "activity_not_open"
    assert error.value.details["activity"]["status"] == "cancelled"


def test_a_rescheduled_activity_is_over_and_a_fresh_one_takes_its_place(sales: Sales) -> None:
    deal = sales.deal()
    activity = make(
        sales.manager,
        kind="presentation",
        subject="Give presentation",
        owner_id=sales.manager_user.id,
        deal_id=deal.id,
        instance_id=4,
        element_id="give_presentation",
    )
    fresh = activities.reschedule_activity(sales.manager, activity.id, start=TOMORROW, note="Snow")
    assert (activity.status, activity.result, activity.next_id) == ("rescheduled", "rescheduled", fresh.id)
    assert (fresh.status, fresh.start, fresh.due) == ("planned", TOMORROW, TOMORROW)
    assert (fresh.deal_id, fresh.instance_id, fresh.element_id) == (deal.id, 4, "give_presentation")
    with pytest.raises(ValidationFailed) as error:
        activities.reschedule_activity(sales.manager, fresh.id, start=None)
    assert set(error.value.fields) == {"start"}


def test_an_activity_that_shows_a_task_is_closed_through_the_task(sales: Sales) -> None:
    activity = make(
        sales.manager, kind="call", subject="Call", owner_id=sales.manager_user.id, task_id=9, instance_id=4
    )
    with pytest.raises(Conflict) as error:
        activities.complete_activity(sales.manager, activity.id, result="completed")
    assert error.value.details == {"task_id": 9}
    activities.end_by_process(sales.manager, activity, status="completed", result="call_back")
    assert (activity.status, activity.result) == ("completed", "call_back")
    activities.end_by_process(sales.manager, activity, status="cancelled", result=None)
    assert activity.status == "completed"


@pytest.mark.parametrize(
    ("status", "result", "became"),
    [
        ("completed", None, "completed"),
        ("completed", "cancelled", "cancelled"),
        ("completed", "rescheduled", "rescheduled"),
        ("cancelled", None, "cancelled"),
    ],
)
def test_the_result_of_a_task_may_itself_be_a_status(
    sales: Sales, status: str, result: str | None, became: str
) -> None:
    activity = make(sales.manager, kind="presentation", subject="Present", task_id=9, instance_id=4)
    activities.end_by_process(sales.manager, activity, status=status, result=result)
    assert activity.status == became


def test_a_process_calls_off_what_is_open_only(sales: Sales) -> None:
    planned, done = (
        make(sales.manager, kind="call", subject="A"),
        make(sales.manager, kind="call", subject="B"),
    )
    activities.close(sales.manager, done, status="completed", result="completed")
    for activity in (planned, done):
        activities.cancel_by_process(sales.manager, activity)
    assert (planned.status, done.status) == ("cancelled", "completed")


def test_a_closed_activity_keeps_its_time_and_person_but_its_words_may_be_mended(sales: Sales) -> None:
    activity = call(sales.manager)
    activities.complete_activity(sales.manager, activity.id, result="completed")
    activities.update_activity(sales.manager, activity.id, {"description": "Said yes"})
    for key, value in (("start", TOMORROW), ("due", TOMORROW), ("status", "planned"), ("kind", "email")):
        with pytest.raises(Conflict):
            activities.update_activity(sales.manager, activity.id, {key: value})


def test_moving_the_start_must_not_pass_the_due(sales: Sales) -> None:
    activity = call(sales.manager, start=NOW, due=TOMORROW)
    with pytest.raises(ValidationFailed) as error:
        activities.update_activity(sales.manager, activity.id, {"start": TOMORROW + timedelta(hours=1)})
    assert set(error.value.fields) == {"due"}


def test_an_old_version_is_a_conflict(sales: Sales) -> None:
    activity = call(sales.manager)
    activities.update_activity(sales.manager, activity.id, {"subject": "Call again", "version": 1})
    with pytest.raises(Conflict):
        activities.update_activity(sales.manager, activity.id, {"subject": "Call later", "version": 1})


def test_reopening_takes_the_result_back_unless_work_went_on(sales: Sales) -> None:
    activity, moved = call(sales.manager), call(sales.manager)
    activities.complete_activity(sales.manager, activity.id, result="completed", note="Done")
    activities.reopen_activity(sales.manager, activity.id)
    assert (activity.status, activity.result, activity.result_note, activity.completed_at) == (
        "planned",
        None,
        None,
        None,
    )
    activities.reschedule_activity(sales.manager, moved.id, start=TOMORROW)
    with pytest.raises(Conflict):
        activities.reopen_activity(sales.manager, moved.id)


def test_only_open_activities_made_by_hand_are_deleted(sales: Sales) -> None:
    by_hand, done = call(sales.manager), call(sales.manager)
    by_process = make(sales.manager, kind="call", subject="Call", owner_id=sales.manager_user.id, instance_id=1)
    activities.complete_activity(sales.manager, done.id, result="completed")
    activities.delete_activity(sales.manager, by_hand.id)
    for activity in (done, by_process):
        with pytest.raises(Conflict):
            activities.delete_activity(sales.manager, activity.id)


def test_lists_filter_by_every_link_and_range(sales: Sales) -> None:
    account = sales.account()
    contact, deal, lead = sales.contact(account_id=account.id), sales.deal(), sales.lead()
    noise = call(sales.manager, start=NOW - timedelta(days=9), due=NOW - timedelta(days=8))
    activities.complete_activity(sales.manager, noise.id, result="completed")
    wanted = make(
        sales.manager,
        kind="meeting",
        subject="Скидка 5%",
        owner_id=sales.manager_user.id,
        deal_id=deal.id,
        account_id=account.id,
        contact_id=contact.id,
        lead_id=lead.id,
        instance_id=11,
        element_id="agree_deal",
        start=TOMORROW,
        due=TOMORROW,
    )
    filters: list[dict[str, Any]] = [
        {"q": "скидка 5%"},
        {"deal_id": deal.id},
        {"account_id": account.id},
        {"contact_id": contact.id},
        {"lead_id": lead.id},
        {"kind": "meeting"},
        {"status": "planned"},
        {"is_open": True, "owner_id": sales.manager_user.id},
        {"instance_id": 11},
        {"element_id": "agree_deal"},
        {"starts_from": NOW, "starts_before": NOW + timedelta(days=2)},
    ]
    for asked in filters:
        assert activities.list_activities(sales.manager, PAGE, **asked).items == [wanted], asked
    assert activities.list_activities(sales.manager, PAGE, due_before=NOW).items == [noise]


def test_the_calendar_counts_what_has_no_start_by_its_due(sales: Sales) -> None:
    undated, by_due = call(sales.manager), call(sales.manager, due=TOMORROW)
    found = activities.list_activities(sales.manager, PAGE, starts_from=NOW).items
    assert by_due in found and undated not in found


@pytest.mark.parametrize("sort", sorted(activities.SORTS))
def test_pages_neither_repeat_nor_miss_an_activity_in_any_order(sales: Sales, sort: str) -> None:
    times: list[datetime | None] = [TOMORROW, None, TOMORROW, NOW, None]
    made = [call(sales.manager, start=time, due=time) for time in times]
    seen: list[Activity] = []
    after: tuple[Any, ...] | None = None
    while True:
        part = activities.list_activities(sales.manager, Page(limit=2, after=after), sort=sort)
        seen += part.items
        if part.next is None:
            break
        after = decode_cursor(part.next)
    assert sorted(activity.id for activity in seen) == sorted(activity.id for activity in made)


def test_counts_follow_the_day_where_the_caller_lives(sales: Sales) -> None:
    tonight = NOW.replace(hour=20, minute=59)
    for due in (NOW - timedelta(minutes=1), tonight, tonight + timedelta(minutes=1), None):
        call(sales.manager, due=due)
    activities.cancel_activity(sales.manager, call(sales.manager, due=NOW).id)
    call(sales.colleague, due=NOW - timedelta(days=1))
    counts = activities.count_activities(sales.manager)
    assert (counts.overdue, counts.today, counts.later, counts.no_date) == (1, 1, 1, 1)


def seen_by(ctx: Context, activity: Activity) -> bool:
    listed = activity in activities.list_activities(ctx, PAGE).items
    try:
        activities.get_activity(ctx, activity.id)
    except NotFound:
        assert not listed
        return False
    assert listed
    return True


def test_an_activity_is_seen_by_its_owner_the_head_and_the_supervisor(sales: Sales) -> None:
    activity = call(sales.manager)
    assert [seen_by(ctx, activity) for ctx in (sales.manager, sales.head, sales.supervisor)] == [True] * 3
    assert not seen_by(sales.colleague, activity)
    assert not seen_by(acting(sales.session, person(sales.session, MARKETING)), activity)
    assert not seen_by(acting(sales.session, person(sales.session, DESIGNER)), activity)


def test_who_sees_the_deal_sees_the_work_of_others_on_it(sales: Sales) -> None:
    deal = sales.deal()
    activity = make(
        sales.stranger, kind="approval", subject="Approve", owner_id=sales.stranger_user.id, deal_id=deal.id
    )
    assert seen_by(sales.manager, activity)
    assert not seen_by(sales.colleague, activity)
    access.grant_deal(sales.manager, deal.id, sales.colleague_user.id, "task:1")
    assert seen_by(sales.colleague, activity)


def test_the_deal_decides_even_where_one_sees_the_account(sales: Sales) -> None:
    account = sales.account()
    theirs = sales.deal(by=sales.stranger)
    activity = make(
        sales.stranger,
        kind="call",
        subject="Call",
        owner_id=sales.stranger_user.id,
        deal_id=theirs.id,
        account_id=account.id,
    )
    assert not seen_by(sales.manager, activity)


def test_designers_make_no_activities(sales: Sales) -> None:
    designer = acting(sales.session, person(sales.session, DESIGNER))
    with pytest.raises(PermissionDenied):
        call(designer)
