"""The page to try the JSON interface: in the theme of the other screens, with room on a phone."""

import pytest

from tests.task_ui.conftest import Visit, Visits

pytestmark = pytest.mark.browser
BACKGROUND = "getComputedStyle(document.querySelector('.swagger-ui')).backgroundColor"
DARK, LIGHT = "rgb(19, 21, 25)", "rgb(255, 255, 255)"


def show(visit: Visit) -> None:
    visit.open("/api/docs")
    visit.page.locator(".opblock-tag").first.wait_for()


def test_it_is_dark_where_the_person_or_the_system_wants_it_dark(visits: Visits) -> None:
    visit = visits.start(None)
    show(visit)
    assert visit.page.evaluate(BACKGROUND) == LIGHT
    visit.page.emulate_media(color_scheme="dark")
    visit.page.wait_for_function(f"{BACKGROUND} === '{DARK}'")
    visit.page.emulate_media(color_scheme="light")
    visit.page.context.add_cookies([{"name": "theme", "value": "dark", "url": visit.url}])
    show(visit)
    assert visit.page.evaluate(BACKGROUND) == DARK


def test_an_address_on_a_phone_is_one_column_with_a_line_for_each_refusal(visits: Visits) -> None:
    visit = visits.start(None, phone=True)
    show(visit)
    visit.page.click("#operations-tag-leads")
    visit.page.locator("#operations-leads-post_api_v1_leads .opblock-summary-control").click()
    answers = visit.page.locator("#operations-leads-post_api_v1_leads tr.response")
    answers.first.wait_for()
    refused = visit.page.locator('#operations-leads-post_api_v1_leads tr.response[data-code="403"]')
    assert (refused.bounding_box() or {})["height"] < 100
    parameter = visit.page.locator("#operations-leads-post_api_v1_leads .parameters tr").last
    name, field = parameter.locator("td").all()
    above, below = name.bounding_box(), field.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"] + 1
    assert below["width"] > 300
    assert visit.sideways() <= 0
