"""Work in somebody's absence: the substitute sees it and does it, for that time only, and the history says for whom."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from crm_model import access, substitutions
from crm_model.deal_entities import Deal
from crm_model.users import User
from kernel.context import Context
from kernel.errors import NotFound
from kernel.paging import Page
from processes import instances, tasks
from processes.views import TaskFilter
from tests.crm_model.sales import NOW
from tests.processes.test_task_rights import Office


class Absent(Office):
    """The manager is away for a week from now; the stranger, of another team, stands in."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.task_before = self.start()
        substitutions.create_substitution(
            self.manager, {"substitute_id": self.stranger_user.id, "begins": NOW, "ends": NOW + timedelta(days=7)}
        )

    def at(self, user: User, **later: float) -> Context:
        moment = NOW + timedelta(**later)
        return Context(self.session, substitutions.actor_at(self.session, user, moment), lambda: moment)


@pytest.fixture
def absent(session: Session) -> Absent:
    return Absent(session)


def mine(context: Context) -> list[int]:
    wanted = TaskFilter(assignee=context.actor.user_id)
    inbox = TaskFilter(mine_or_candidate=True)
    found = [[task.id for task in tasks.list_tasks(context, one, Page()).items] for one in (wanted, inbox)]
    assert found[0] == found[1]
    return found[0]


def test_open_work_is_seen_and_done_in_the_absence_and_comes_back_after_it(absent: Absent) -> None:
    substitute, task = absent.at(absent.stranger_user), absent.task_before
    assert mine(substitute) == [task.id]
    assert mine(absent.at(absent.stranger_user, days=8)) == []
    assert mine(absent.at(absent.manager_user, days=8)) == [task.id]
    seen = tasks.get_task(substitute, task.id)
    assert seen.assignee is not None and seen.for_person == seen.assignee
    assert seen.assignee.id == absent.manager_user.id
    assert tasks.get_task(absent.manager, task.id).for_person is None
    counts = tasks.count_tasks(substitute)
    assert counts.overdue + counts.today + counts.later == 1


def test_what_is_issued_in_the_absence_goes_to_the_substitute(absent: Absent) -> None:
    substitute = absent.at(absent.stranger_user)
    done = tasks.complete_task(substitute, absent.task_before.id, result="interested")
    assert [task.for_person.id for task in done.next_tasks if task.for_person] == [absent.manager_user.id]
    assert mine(substitute) == [done.next_tasks[0].id]


def test_the_history_says_who_did_it_for_whom(absent: Absent) -> None:
    tasks.complete_task(absent.at(absent.stranger_user), absent.task_before.id, result="interested")
    rows = {row.element_id: row for row in instances.list_history(absent.supervisor, absent.instance.id).items}
    call = rows["call"]
    assert call.actor is not None and call.on_behalf_of is not None
    assert (call.actor.id, call.on_behalf_of.id) == (absent.stranger_user.id, absent.manager_user.id)
    assert rows["begin"].on_behalf_of is None


def test_records_are_seen_for_that_time_only(absent: Absent) -> None:
    deal = absent.the_deal.id
    assert access.get_visible(absent.at(absent.stranger_user), Deal, deal).id == deal
    assert instances.get_instance(absent.at(absent.stranger_user), absent.instance.id)
    for moment in (absent.at(absent.stranger_user, days=8), absent.at(absent.stranger_user, days=-1)):
        with pytest.raises(NotFound):
            access.get_visible(moment, Deal, deal)
        with pytest.raises(NotFound):
            tasks.get_task(moment, absent.task_before.id)


def test_the_substitute_may_put_it_off_hand_it_back_and_ask_a_colleague(absent: Absent) -> None:
    substitute, task = absent.at(absent.stranger_user), absent.task_before
    tasks.postpone_task(substitute, task.id, until=NOW + timedelta(hours=1))
    tasks.wake_task(substitute, task.id)
    asked = tasks.delegate_task(substitute, task.id, user_id=absent.colleague_user.id)
    assert asked.owner is not None and asked.owner.id == absent.manager_user.id
    back = tasks.resolve_task(absent.at(absent.colleague_user), task.id)
    assert back.assignee is not None and back.assignee.id == absent.manager_user.id


def test_standing_in_for_somebody_gives_no_role_of_theirs(absent: Absent) -> None:
    substitute = absent.at(absent.stranger_user)
    assert substitute.actor.roles == absent.stranger.actor.roles
    assert replace(substitute.actor, stands_for=frozenset()) == absent.stranger.actor
