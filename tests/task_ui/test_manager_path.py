"""A manager's day in a real browser: tasks, a call, the next task, the deal, the board; by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.task_ui.conftest import Visits

pytestmark = pytest.mark.browser


def rows(page: Page) -> list[str]:
    return [row.inner_text() for row in page.locator("a[data-task] .what").all()]


def test_from_the_call_to_the_deal_and_the_board(visits: Visits) -> None:
    """Order matters below: one office, one day."""
    visit = visits.start()
    page = visit.page
    expect(page).to_have_title(re.compile("^Мои задачи"))
    expect(page.locator(".task-groups")).to_contain_text("Просрочено 2")
    expect(page.locator("#task-title")).to_have_text("Позвоните клиенту и подтвердите интерес")
    expect(page.locator(".btn.call")).to_have_attribute("href", "tel:+79215550120")
    page.get_by_role("button", name="Интерес есть").click()
    expect(page.locator("#task-pane .step-done")).to_contain_text("Выполнено: Позвоните клиенту")
    expect(page.locator("#task-pane .step-done")).to_contain_text("Вот следующий шаг")
    expect(page.locator("#task-title")).to_have_text("Заведите сделку")
    page.fill("[name='v.title']", "АТС: вторая очередь")
    page.get_by_role("button", name="Выполнено").click()
    expect(page.locator("#f-v\\.account_id-error, .field.invalid .error").first).to_be_visible()
    assert visit.problems == []


def test_a_result_that_needs_a_field_asks_for_it_first(visits: Visits) -> None:
    page = visits.start().page
    page.locator("a[data-task]", has_text="Уралмашкомплект").click()
    expect(page.locator(".task-where")).to_contain_text("Уралмашкомплект")
    at = page.locator("[name='v.call_at']")
    expect(at).to_be_hidden()
    expect(page.locator(".result-bar")).to_contain_text("Для «Перезвонить позднее» нужно: Когда перезвонить")
    page.get_by_role("button", name="Перезвонить позднее").click()
    expect(at).to_be_visible()
    expect(page.locator(".field.invalid")).to_contain_text("Заполните это поле")
    at.fill("2031-05-06T10:00")
    page.get_by_role("button", name="Перезвонить позднее").click()
    expect(page.locator("#task-pane .step-done")).to_contain_text("перезвонить позднее")


def test_the_keyboard_is_enough(visits: Visits) -> None:
    visit = visits.start()
    page = visit.page
    page.locator("main").focus()
    before = page.locator("a[data-task][aria-current]").get_attribute("data-task")
    page.keyboard.press("j")
    expect(page.locator("a[data-task][aria-current]")).not_to_have_attribute("data-task", before or "")
    page.keyboard.press("k")
    expect(page.locator("a[data-task][aria-current]")).to_have_attribute("data-task", before or "")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Горячие клавиши")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect(page.get_by_role("dialog", name="Отложить задачу")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("северная")
    expect(page.locator("#palette [role=option]").first).to_contain_text("Северная")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/(accounts|deals)/\d+"))
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("/pipeline$"))
    assert visit.problems == []


def test_keys_act_on_the_marked_task_while_its_card_is_on_the_way(visits: Visits) -> None:
    page = visits.start().page
    page.locator("main").focus()
    page.keyboard.press("j")
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog", name="Отложить задачу")
    expect(dialog).to_be_visible()
    marked = page.locator("a[data-task][aria-current]").get_attribute("data-task")
    expect(page.locator(f'[data-task-card="{marked}"]')).to_be_visible()
    page.keyboard.press("Escape")
    page.fill("[name='v.said']", "Уже набрано")
    page.locator("main").focus()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("p")
    expect(dialog).to_be_visible()
    expect(page.locator("[name='v.said']")).to_have_value("Уже набрано")


def test_ctrl_enter_completes_with_the_main_result(visits: Visits) -> None:
    visit = visits.start()
    page = visit.page
    page.locator("a[data-task]", has_text="Агрополис").first.click()
    expect(page.locator(".task-where")).to_contain_text("Агрополис")
    page.fill("[name='v.said']", "Ждут предложение")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#task-pane .step-done")).to_contain_text("интерес есть")
    expect(page.locator("#task-title")).to_have_text("Заведите сделку")


def test_a_free_task_is_taken_with_one_key(visits: Visits) -> None:
    page = visits.start().page
    page.locator("a[data-task]", has_text="Медлайн").click()
    expect(page.locator(".task-where")).to_contain_text("Медлайн")
    page.locator("#task-pane").focus()
    page.keyboard.press("c")
    expect(page.locator("#toasts")).to_contain_text("Задача теперь ваша")
    expect(page.get_by_role("button", name="Интерес есть")).to_be_visible()


def test_a_postponed_task_leaves_the_list_and_is_found_again(visits: Visits) -> None:
    page = visits.start().page
    page.locator("a[data-task]", has_text="Волжское").click()
    expect(page.locator(".task-where")).to_contain_text("Волжское")
    page.get_by_role("button", name="Отложить").first.click()
    page.get_by_role("button", name="Через три дня").click()
    page.locator("#postpone button.primary").click()
    expect(page.locator("a[data-task]", has_text="Волжское")).to_have_count(0)
    page.get_by_role("link", name="Отложенные 1").click()
    expect(page.locator("a[data-task]", has_text="Волжское")).to_have_count(1)


def task_with_words(page: Page) -> tuple[Locator, Locator]:
    """A task with room for words, opened, and another one; which tasks are there depends on the tests before."""
    rows = page.locator("a[data-task]").all()
    for number, row in enumerate(rows):
        row.click()
        expect(page.locator(f'[data-task-card="{row.get_attribute("data-task")}"]')).to_be_visible()
        if page.locator(".task-form textarea").count():
            return row, rows[number - 1]
    raise AssertionError("no task has room for words")


def test_a_draft_survives_going_to_another_task(visits: Visits) -> None:
    page = visits.start().page
    task, other = task_with_words(page)
    page.locator(".task-form textarea").first.fill("Полсловом")
    expect(page.locator("[data-draft-note]")).to_have_text("Черновик сохранён на этом устройстве")
    other.click()
    page.wait_for_load_state("networkidle")
    task.click()
    expect(page.locator(".task-form textarea").first).to_have_value("Полсловом")


def test_a_deal_says_why_it_is_here_and_what_is_next(visits: Visits) -> None:
    visit = visits.start()
    page = visit.open("/deals/2")
    expect(page.locator(".why")).to_contain_text("На стадии «Подготовка предложения» с")
    expect(page.locator(".next-steps")).to_contain_text("Дальше")
    page.get_by_role("link", name="Данные").click()
    page.get_by_role("button", name="Потребность").click()
    page.locator("#field-need textarea").fill("Склад без бумаги")
    page.locator("#field-need button.primary").click()
    expect(page.locator("#field-need")).to_contain_text("Склад без бумаги")
    assert visit.problems == []


def test_a_change_of_stage_is_shown_before_it_happens(visits: Visits) -> None:
    visit = visits.start()
    page = visit.open("/deals/5")
    page.locator(".stage-bar").get_by_role("link", name="Переговоры").click()
    dialog = page.get_by_role("dialog", name="Перевести сделку на стадию «Переговоры»")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Перевести сделку").click()
    expect(page.locator(".stage-bar [aria-current=step]")).to_have_text("Переговоры")
    assert visit.problems == []


def test_dragging_on_the_board_asks_first(visits: Visits) -> None:
    visit = visits.start()
    page = visit.open("/pipeline")
    tile = page.locator("[data-deal]", has_text="речного")
    start = tile.bounding_box()
    target = page.locator("[data-column=presentation]").bounding_box()
    assert start is not None
    assert target is not None
    page.mouse.move(start["x"] + 40, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 40, target["y"] + 40, steps=12)
    expect(page.locator("[data-stage=presentation]")).to_have_class(re.compile("allowed"))
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="Перевести сделку на стадию «Презентация»")
    expect(dialog).to_be_visible()
    dialog.get_by_role("link", name="Отмена").click()
    expect(page.locator("[data-column=presentation] [data-deal]")).to_have_count(0)
    assert visit.problems == []


def test_typed_words_are_not_lost_by_closing_a_dialog(visits: Visits) -> None:
    page = visits.start().open("/accounts")
    page.get_by_role("link", name="Новый контрагент").first.click()
    dialog = page.get_by_role("dialog", name="Новый контрагент")
    dialog.get_by_label("Название *").fill("ООО «Почти готово»")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Закрыть, не сохранив введённое?")).to_be_visible()
    page.get_by_role("button", name="Нет, оставить").click()
    expect(dialog.get_by_label("Название *")).to_have_value("ООО «Почти готово»")
