"""Trying a process on its page: each button is a step, and a step that cannot be done leaves it where it was."""

import html
import json
import re

from flask.testing import FlaskClient

from tests.processes.test_rehearsal import process
from tests.task_ui.test_definitions_screen import designer, upload  # noqa: F401 - a fixture
from tests.task_ui.test_screens import token_of


def script_of(page: str) -> str:
    found = re.search(r'name="script" value="([^"]*)"', page)
    assert found is not None
    return html.unescape(found.group(1))


def press(client: FlaskClient, url: str, page: str, **values: str):  # type: ignore[no-untyped-def]
    return client.post(url, data={"csrf_token": token_of(page), "script": script_of(page), **values})


def test_a_version_is_tried_to_its_end_and_back_a_step(designer: FlaskClient) -> None:  # noqa: F811
    url = upload(designer, ("tried.bpmn", process("tried"))).location + "/rehearse"
    page = designer.get(url).text
    page = designer.post(url, data={"csrf_token": token_of(page), "about": "deal"}).text
    assert "Proposal preparation" in page and 'value="offer"' in page
    page = press(designer, url, page, do="complete", element="offer", result="yes").text
    assert "Go ahead to it" in page
    refused = press(designer, url, page, do="release", element="offer")
    assert refused.status_code == 422 and "Nothing waits at “offer” any more." in refused.text
    assert json.loads(script_of(refused.text))["steps"] == json.loads(script_of(page))["steps"]
    page = press(designer, url, page, do="release", element="pause").text
    page = press(designer, url, page, do="message", element="answer").text
    assert "The process has ended." in page and "Closed won" in page
    assert "Send it" in press(designer, url, page, do="undo").text


def test_what_was_sent_as_a_script_and_is_none_is_told(designer: FlaskClient) -> None:  # noqa: F811
    url = upload(designer, ("tried.bpmn", process("tried_again"))).location + "/rehearse"
    page = designer.get(url).text
    data = {"csrf_token": token_of(page), "script": '{"steps": [{"kind": 1}, 2]}'}
    assert designer.post(url, data=data).status_code == 303
