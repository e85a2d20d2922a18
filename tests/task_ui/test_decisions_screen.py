"""A designer looks at a decision as a table and tries it."""

import html
import re

import pytest
from flask.testing import FlaskClient

from processes import designs
from tests.support.decisions import dmn, table, titled
from tests.support.diagrams import diagram, node
from tests.task_ui.conftest import Site
from tests.task_ui.test_definitions_screen import upload
from tests.task_ui.test_instances_screen import send
from tests.task_ui.test_rehearsal_screen import script_of
from tests.task_ui.test_screens import sign_in, token_of

DISCOUNT = dmn(
    table("amount:number vip:boolean", "discount:number", "> 1000 | true -> 10", "<= 1000 | - -> 0", policy="FIRST",
          name="discount")
)  # fmt: skip


@pytest.fixture
def designer(client: FlaskClient, site: Site) -> FlaskClient:
    with site.database.transaction() as session:
        designs.upload(site.office.acting(session, "admin"), [("discount.dmn", DISCOUNT)], publish=True)
    return sign_in(client, "designer", "en")


def address(client: FlaskClient) -> str:
    found = re.search(r'href="(/decisions/\d+)"', client.get("/decisions").text)
    assert found
    return found[1]


def test_the_rules_stand_in_a_table(designer: FlaskClient) -> None:
    html = designer.get(address(designer)).text
    assert "The first rule that matches decides." in html
    assert "&gt; 1000" in html
    assert 'aria-current="true"><td' not in html


def test_a_sample_shows_the_result_and_the_rules_that_match(designer: FlaskClient) -> None:
    html = designer.get(address(designer) + "?v.amount=1 500,5&v.vip=yes").text
    assert '<strong class="mono">10</strong>' in html
    (row,) = re.findall(r'<tr class="current" aria-current="true">.*?</tr>', html, re.S)
    assert "&gt; 1000" in row
    assert 'value="1 500,5"' in html


def test_a_sample_that_nothing_matches_is_told_with_what_was_typed(designer: FlaskClient) -> None:
    html = designer.get(address(designer) + "?v.amount=2000&v.vip=no").text
    assert "badge danger" in html and 'value="2000"' in html


def test_the_file_comes_back_byte_for_byte(designer: FlaskClient) -> None:
    assert designer.get(address(designer) + "/decision.dmn").data == DISCOUNT


def test_a_decision_that_changes_the_way_of_a_process_is_held_back_until_a_reason_is_given(
    designer: FlaskClient,
) -> None:
    nodes = node("start", "s") + node(
        "businessRuleTask", "decide", procession_decision="fee", procession_resultVariable="fee"
    )
    nodes += node("xor", "g") + node("user", "small") + node("user", "large")
    drawn = diagram(nodes, "s -> decide; decide -> g; g -> large [fee > 5]; g -> small*", id="with_fee")

    def fee(limit: int) -> tuple[str, bytes]:
        rules = (f"> {limit} -> 9", "- -> 1")
        return "fee.dmn", dmn(table("amount:number", "fee:number", *rules, policy="FIRST", name="fee"))

    where = upload(designer, ("p.bpmn", drawn), fee(5), publish="1").location
    given = {"csrf_token": token_of(designer.get(where).text), "about": "nothing", "given": "amount = 3"}
    script = script_of(designer.post(f"{where}/rehearse", data=given).text)
    kept = {"csrf_token": given["csrf_token"], "script": script, "name": "Three"}
    assert designer.post(f"{where}/scenarios", data=kept).status_code == 303
    answer = upload(designer, fee(2), publish="1")
    assert answer.status_code == 303
    assert "stored as version 2 but not published" in designer.get(answer.location).text
    refused = designer.post(f"{answer.location}/publish", data={"csrf_token": given["csrf_token"]})
    assert refused.status_code == 422
    assert "with_fee: Three" in refused.text and "Expected: small" in refused.text and "Now: large" in refused.text
    page = send(designer, f"{answer.location}/publish", despite="Cheaper")
    assert "The decision is published" in page
    history = designer.get(f"{where}?tab=history").text
    assert "A decision it uses published" in history and "Cheaper" in history


def test_a_decision_is_called_by_its_title_in_the_readers_language(site: Site) -> None:
    titles = 'name="Fee" xmlns:procession="urn:procession:bpmn:1.0" procession:titleRu="Сбор" procession:titleEn="Fee"'
    drawn = dmn(
        table("amount:number", "fee:number", "- -> 1", name="fee_by_size").replace('name="fee_by_size"', titles, 1)
    )
    with site.database.transaction() as session:
        designs.upload(site.office.acting(session, "admin"), [("fee.dmn", drawn)], publish=True)
    for language, own, other in (("en", "Fee", "Сбор"), ("ru", "Сбор", ">Fee")):
        designer = sign_in(site.app.test_client(), "designer", language)
        listed = designer.get("/decisions").text
        assert own in listed and other not in listed
        address = re.search(rf'href="(/decisions/\d+)">{own}<', listed)
        assert address
        assert f"<h1>{own}" in designer.get(address[1]).text
        offered = html.unescape(designer.get("/processes/new").text)
        assert own in offered and other not in offered


@pytest.mark.parametrize(
    ("language", "own", "others"),
    [
        ("ru", ("Сумма", "Сбор", "Всем"), ("Amount", "Everyone")),
        ("en", ("Amount", "Fee", "Everyone"), ("Сумма", "Всем")),
    ],
)
def test_columns_and_remarks_are_told_in_the_readers_language(
    site: Site, language: str, own: tuple[str, ...], others: tuple[str, ...]
) -> None:
    drawn = titled(dmn(table("amount:number", "fee:number", "- -> 1", name="levy")))
    with site.database.transaction() as session:
        made = designs.upload(site.office.acting(session, "admin"), [("levy.dmn", drawn)], publish=True)
    designer = sign_in(site.app.test_client(), "designer", language)
    page = designer.get(f"/decisions/{made.decisions[0].id}?v.amount=1").text
    assert ">Опубликовано<" in page if language == "ru" else ">Published<" in page
    assert all(word in page for word in own) and not any(word in page for word in others)
