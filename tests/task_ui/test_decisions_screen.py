"""A designer looks at a decision as a table and tries it."""

import re

import pytest
from flask.testing import FlaskClient

from processes import designs
from tests.support.decisions import dmn, table
from tests.task_ui.conftest import Site
from tests.task_ui.test_screens import sign_in

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
