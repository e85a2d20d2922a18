"""Products, business lines, teams and notifications."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm_model import business_lines, notifications, products, teams
from kernel.context import ADMINISTRATOR, Context
from kernel.errors import Conflict, PermissionDenied, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page
from tests.crm_model.sales import Sales, acting, person

CREATE: dict[str, Any] = {
    "product": products.create_product,
    "business line": business_lines.create_business_line,
    "team": teams.create_team,
}
UPDATE: dict[str, Any] = {
    "product": products.update_product,
    "business line": business_lines.update_business_line,
    "team": teams.update_team,
}
DELETE: dict[str, Any] = {
    "product": products.delete_product,
    "business line": business_lines.delete_business_line,
    "team": teams.delete_team,
}
KINDS = tuple(CREATE)


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


@pytest.fixture
def administrator(sales: Sales) -> Context:
    return acting(sales.session, person(sales.session, ADMINISTRATOR))


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_administrator_changes_settings(sales: Sales, administrator: Context, kind: str) -> None:
    made = CREATE[kind](administrator, {"name": "Станки"})
    for other in (sales.manager, sales.head, sales.supervisor):
        with pytest.raises(PermissionDenied):
            CREATE[kind](other, {"name": "Прессы"})
        with pytest.raises(PermissionDenied):
            UPDATE[kind](other, made.id, {"name": "Прессы"})
        with pytest.raises(PermissionDenied):
            DELETE[kind](other, made.id)
    DELETE[kind](administrator, made.id)


@pytest.mark.parametrize("kind", ["business line", "team"])
def test_two_of_one_name_are_refused(administrator: Context, kind: str) -> None:
    CREATE[kind](administrator, {"name": "Станки"})
    other = CREATE[kind](administrator, {"name": "Прессы"})
    for act in (
        lambda: CREATE[kind](administrator, {"name": "Станки"}),
        lambda: UPDATE[kind](administrator, other.id, {"name": "Станки"}),
    ):
        with pytest.raises(ValidationFailed) as refused:
            act()
        assert list(refused.value.fields) == ["name"]


def test_two_products_of_one_code_are_refused(administrator: Context) -> None:
    products.create_product(administrator, {"name": "Станок", "sku": "ST-1"})
    with pytest.raises(ValidationFailed) as refused:
        products.create_product(administrator, {"name": "Пресс", "sku": "ST-1"})
    assert list(refused.value.fields) == ["sku"]


@pytest.mark.parametrize("kind", ["business line", "team"])
def test_a_head_is_somebody_who_works_here(sales: Sales, administrator: Context, kind: str) -> None:
    sales.stranger_user.active = False
    sales.session.flush()
    for nobody in (sales.stranger_user.id, 2**40):
        with pytest.raises(ValidationFailed) as refused:
            CREATE[kind](administrator, {"name": "Станки", "head_id": nobody})
        assert list(refused.value.fields) == ["head_id"]


def test_what_is_in_use_stays(sales: Sales, administrator: Context) -> None:
    line, team = sales.line(), sales.manager_user.team_id
    sales.deal(business_line_id=line.id)
    with pytest.raises(Conflict):
        business_lines.delete_business_line(administrator, line.id)
    assert team is not None
    with pytest.raises(Conflict):
        teams.delete_team(administrator, team)


def test_a_line_whose_head_has_left_has_none(sales: Sales) -> None:
    line = sales.line(head=sales.head_user)
    assert business_lines.head_of(sales.session, line.id) == sales.head_user.id
    sales.head_user.active = False
    sales.session.flush()
    assert business_lines.head_of(sales.session, line.id) is None


def test_notifications_are_for_one_person_until_read(sales: Sales) -> None:
    text = N_("Write something.")
    mine = notifications.notify(sales.head, sales.manager_user.id, kind="task", text=text, link="/tasks/1")
    other = notifications.notify(sales.head, sales.colleague_user.id, kind="task", text=text)
    assert [row.id for row in notifications.list_notifications(sales.manager, Page()).items] == [mine.id]
    assert notifications.count_unread(sales.manager) == 1
    assert notifications.mark_read(sales.manager, [other.id]) == 0
    assert notifications.mark_read(sales.manager) == 1
    assert notifications.list_notifications(sales.manager, Page(), unread=True).items == []
    assert notifications.count_unread(sales.colleague) == 1
