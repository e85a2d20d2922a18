"""A designer uploads a diagram, sees what is wrong and where, mends it, publishes it and compares versions."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from tests.processes.test_rehearsal import process
from tests.support.diagrams import diagram, node
from tests.task_ui import troubled
from tests.task_ui.conftest import Site
from tests.task_ui.test_instances_screen import drawn, send
from tests.task_ui.test_screens import sign_in, token_of


@pytest.fixture
def designer(client: FlaskClient) -> FlaskClient:
    return sign_in(client, "designer", "en")


def upload(client: FlaskClient, *files: tuple[str, bytes], **values: object):  # type: ignore[no-untyped-def]
    values["csrf_token"] = token_of(client.get("/processes").text)
    values["file"] = [(BytesIO(content), name) for name, content in files]
    return client.post("/processes/upload", data=values, content_type="multipart/form-data")


def published(client: FlaskClient, name: str, content: bytes) -> str:
    answer = upload(client, (name, content), publish="1")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_broken_diagram_is_refused_with_findings_on_it_and_beside_it(designer: FlaskClient) -> None:
    answer = upload(designer, ("repair.bpmn", troubled.broken()), comment="First try")
    assert answer.status_code == 422
    assert "nowhere" in answer.text
    assert re.search(r'<li class="error" data-element="begin_first">', answer.text)
    assert re.search(r"line \d+", answer.text)


@pytest.mark.parametrize(("language", "own", "other"), [("ru", "«Звонок»", "Call"), ("en", "“Call”", "Звонок")])
def test_findings_call_elements_by_their_name_in_the_readers_language(
    client: FlaskClient, language: str, own: str, other: str
) -> None:
    titles = 'name="Call" procession:titleRu="Звонок" procession:titleEn="Call"'
    form = '<extensionElements><procession:task form="not_there"/></extensionElements>'
    nodes = node("start", "s") + node("user", "call", form) + node("end", "e")
    drawn = diagram(nodes, "s -> call; call -> e", id="titled").replace(b'name="call"', titles.encode(), 1)
    answer = upload(sign_in(client, "designer", language), ("titled.bpmn", drawn))
    assert answer.status_code == 422
    assert own in answer.text and f">{other}<" not in answer.text


def test_what_was_typed_and_sent_is_kept_until_the_diagram_is_mended(designer: FlaskClient) -> None:
    form = b'{"components": [], "id": "kept_form"}'
    refused = upload(designer, ("repair.bpmn", troubled.broken()), ("kept.form", form), comment="First try")
    assert 'value="First try"' in refused.text
    names = re.findall(r'name="kept_name" value="([^"]+)"', refused.text)
    contents = re.findall(r'name="kept_content" value="([^"]+)"', refused.text)
    assert names == ["repair.bpmn", "kept.form"]
    mended = troubled.broken().replace(b'targetRef="nowhere"', b'targetRef="first"').replace(b"second", b"first2")
    mended = re.sub(rb'<userTask id="first2".*?</userTask>', b"", mended)
    mended = re.sub(rb'<sequenceFlow id="first2_done".*?(/>|</sequenceFlow>)', b"", mended, flags=re.S)
    answer = upload(designer, ("repair.bpmn", mended), kept_name=names, kept_content=contents, comment="Second try")
    assert answer.status_code == 303, answer.text
    page = designer.get(answer.location).text
    assert "Draft" in page


def test_what_can_be_settled_without_mending_is_offered(designer: FlaskClient) -> None:
    made = diagram(
        node("start", "begin") + node("xor", "rich") + node("user", "one") + node("user", "two") + node("end", "done"),
        "begin -> rich; rich -> one [amount.isBig(3)]; rich -> two*; one -> done; two -> done",
        id="foreign",
    )
    foreign = ("foreign.bpmn", made)
    refused = upload(designer, foreign)
    assert refused.status_code == 422
    assert "Accept and upload" in refused.text
    assert upload(designer, foreign, accept_repairs="1").status_code == 303


def test_an_upload_without_files_says_so(designer: FlaskClient) -> None:
    answer = upload(designer)
    assert answer.status_code == 422
    assert "Choose a .bpmn file first" in answer.text


def test_publishing_is_a_page_that_says_what_it_means(designer: FlaskClient) -> None:
    quiet = diagram(node("start", "s") + node("user", "a") + node("end", "e"), "s -> a; a -> e", id="quiet")
    answer = upload(designer, ("quiet.bpmn", quiet))
    page = designer.get(f"{answer.location}/publish").text
    assert "New processes start on version" in page
    assert "No running process is touched." in page
    page = send(designer, f"{answer.location}/publish")
    assert "is published" in page
    page = send(designer, f"{answer.location}/retire")
    assert ">Retired<" in page


def test_publishing_says_how_many_go_on_where_they_are(site: Site, designer: FlaskClient) -> None:
    published(designer, "discount.bpmn", troubled.discount())
    troubled.start(site)
    answer = upload(designer, ("discount.bpmn", troubled.discount("amount")))
    assert "goes on there to its end." in designer.get(f"{answer.location}/publish").text


def test_a_process_is_started_by_hand_from_its_page(designer: FlaskClient) -> None:
    where = published(designer, "discount.bpmn", troubled.discount())
    assert "Started." in send(designer, f"{where}/start")


def test_two_versions_are_compared_on_their_diagrams(designer: FlaskClient) -> None:
    first = published(designer, "discount.bpmn", troubled.discount())
    second = published(designer, "discount.bpmn", troubled.discount("amount / (parts + 1)"))
    html = designer.get(f"{second}/compare?with={first.rsplit('/', 1)[1]}").text
    assert drawn(html, "changes") == [{"id": "calculate", "kind": "changed"}]
    assert "calculation: " in html
    assert "amount / parts" in html
    assert "amount / (parts + 1)" in html


def test_a_diagram_comes_back_byte_for_byte(designer: FlaskClient) -> None:
    where = published(designer, "discount.bpmn", troubled.discount())
    answer = designer.get(f"{where}/diagram.bpmn")
    assert answer.data == troubled.discount()
    assert re.search(r"attachment; filename=discount-\d+\.bpmn", answer.headers["Content-Disposition"])


def test_the_gallery_shows_every_process_with_what_runs(designer: FlaskClient) -> None:
    html = designer.get("/processes").text
    assert "Corporate sale" in html
    assert "6 run" in html
    assert "Corporate sale" not in designer.get("/processes?q=скидки").text


def test_the_diagram_is_there_as_text(designer: FlaskClient) -> None:
    where = published(designer, "discount.bpmn", troubled.discount())
    html = designer.get(f"{where}?tab=text").text
    assert html.index("Собрать данные") < html.index("Проверить скидку")


def test_a_supervisor_looks_but_does_not_deploy(client: FlaskClient, site: Site) -> None:
    sign_in(client, "supervisor", "en")
    assert "/processes/upload" not in client.get("/processes").text
    assert upload(client, ("discount.bpmn", troubled.discount())).status_code == 403


def test_an_old_version_is_restored_and_published_and_any_two_are_compared(designer: FlaskClient) -> None:
    first = published(designer, "back.bpmn", diagram(node("start", "s") + node("user", "a"), "s -> a", id="back"))
    second = published(designer, "back.bpmn", diagram(node("start", "s") + node("user", "b"), "s -> b", id="back"))
    page = send(designer, f"{first}/restore")
    assert "Publish version 3" in page
    third = designer.get(f"{second}?tab=versions").text
    assert "From version 1" in third and third.count("/restore") == 2
    ids = [where.rsplit("/", 1)[1] for where in (first, second)]
    compared = designer.get(f"{second}/compare?with={ids[0]}&one={ids[1]}").text
    assert drawn(compared, "changes") == [{"id": "a", "kind": "removed"}, {"id": "s_a", "kind": "removed"}]
    assert "autumn" in send(designer, f"{second}/tag", version_tag="autumn")


def test_the_script_that_shows_progress_is_told_where_to_go_on_and_forms_are_led_there(designer: FlaskClient) -> None:
    values = {"csrf_token": token_of(designer.get("/processes").text), "file": (BytesIO(process("led")), "led.bpmn")}
    answer = designer.post(
        "/processes/upload", data=values, headers={"X-Upload": "1"}, content_type="multipart/form-data"
    )
    assert (answer.status_code, answer.data, "Location" in answer.headers) == (204, b"", False)
    assert "is there as version 1" in designer.get(answer.headers["X-Go"]).text


def test_every_process_of_an_upload_is_named(designer: FlaskClient) -> None:
    answer = upload(designer, ("one.bpmn", process("named_one")), ("two.bpmn", process("named_two")))
    assert "Other processes of the upload: “named_two” (1)." in designer.get(answer.location).text
