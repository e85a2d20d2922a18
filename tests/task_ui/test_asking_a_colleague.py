"""A manager asks a colleague for help with a task: the name is typed, and the task is among the colleague's."""

import pytest
from playwright.sync_api import expect

from tests.task_ui.conftest import Visits

pytestmark = pytest.mark.browser


def test_a_colleague_is_asked_by_name(visits: Visits) -> None:
    visit = visits.start()
    page = visit.open("/tasks")
    page.locator("a[data-task]", has_text="Волжское").first.click()
    expect(page.locator(".task-where")).to_contain_text("Волжское")
    page.locator("#task-pane details.menu summary").first.click()
    page.get_by_role("button", name="Попросить коллегу").click()
    dialog = page.get_by_role("dialog", name="Попросить коллегу")
    dialog.locator(".ts-control").click()
    page.keyboard.type("Илья")
    page.locator(".ts-dropdown .option", has_text="Илья Соколов").click()
    dialog.locator("button.primary").click()
    expect(page.get_by_text("Илья Соколов").first).to_be_visible()
    page = visits.start("manager2").open("/tasks")
    expect(page.locator("a[data-task]", has_text="Волжское").first).to_be_visible()
    assert visit.problems == []
