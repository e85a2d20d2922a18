"""A rehearsal is kept as a scenario on its page, and guards the page that publishes."""

import re

from flask.testing import FlaskClient

from processes import designs, shipped_scenarios
from processes.catalogue import files_of
from tests.processes.test_kept_scenarios import longer
from tests.processes.test_rehearsal import process
from tests.task_ui.conftest import Site
from tests.task_ui.test_definitions_screen import designer, published, upload  # noqa: F401 - a fixture
from tests.task_ui.test_instances_screen import drawn, send
from tests.task_ui.test_rehearsal_screen import press, script_of
from tests.task_ui.test_screens import sign_in, token_of


def recorded(client: FlaskClient, where: str, name: str) -> str:
    """The address of a scenario of one answer."""
    page = client.post(f"{where}/rehearse", data={"csrf_token": token_of(client.get(where).text), "about": "deal"}).text
    page = press(client, f"{where}/rehearse", page, do="complete", element="offer", result="yes").text
    data = {"csrf_token": token_of(page), "script": script_of(page), "name": name}
    answer = client.post(f"{where}/scenarios", data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_rehearsal_is_kept_replayed_and_shown_step_by_step(designer: FlaskClient) -> None:  # noqa: F811
    where = published(designer, "kept.bpmn", process("kept"))
    scenario = recorded(designer, where, "They buy")
    page = designer.get(scenario).text
    assert "offer → Yes" in page and "not replayed on version 1 yet" in page
    page = send(designer, f"{scenario}/replay")
    assert "Everything goes as expected." in page and "goes as expected on version 1" in page
    assert "They buy" in designer.get(f"{where}?tab=scenarios").text
    again = designer.post(f"{where}/rehearse", data={"csrf_token": token_of(page), "script": script_of(page)}).text
    assert "Go ahead to it" in again
    assert "They do not" in send(designer, f"{scenario}/rename", name="They do not")
    assert "No scenarios yet" in send(designer, f"{scenario}/delete")


def test_a_broken_scenario_keeps_a_version_back_until_a_reason_is_given(designer: FlaskClient) -> None:  # noqa: F811
    scenario = recorded(designer, published(designer, "held.bpmn", process("held")), "They buy")
    where = upload(designer, ("held.bpmn", longer("held"))).location
    refused = designer.post(f"{where}/publish", data={"csrf_token": token_of(designer.get(where).text)})
    assert refused.status_code == 422
    assert "Not published: scenarios go differently on this version." in refused.text
    assert drawn(refused.text, "findings") == [{"id": "check", "severity": "error", "number": 1}]
    assert "They buy" in refused.text and "Step 1" in refused.text
    page = send(designer, f"{where}/publish", despite="It is right so", comment="A check")
    assert "is published" in page
    history = designer.get(f"{where}?tab=history").text
    assert "It is right so" in history and "A check" in history
    new = f"{where}/scenarios/{scenario.rsplit('/', 1)[1]}"
    page = designer.get(new).text
    assert drawn(page, "changes") == [{"id": "pause", "kind": "removed"}, {"id": "check", "kind": "added"}]
    assert "goes as expected on version 2" in send(designer, f"{new}/renew")


def test_an_upload_that_would_publish_at_once_is_kept_back_too(designer: FlaskClient) -> None:  # noqa: F811
    recorded(designer, published(designer, "sent.bpmn", process("sent")), "They buy")
    answer = upload(designer, ("sent.bpmn", longer("sent")), publish="1")
    assert answer.status_code == 303
    assert answer.location.endswith("/publish")
    assert "Version 2 is stored but not published" in designer.get(answer.location).text


def test_values_at_the_start_and_made_up_clients_are_offered(designer: FlaskClient) -> None:  # noqa: F811
    page = designer.get("/processes?q=corporate").text
    where = "/processes/" + page.split('href="/processes/')[-1].split('"')[0]
    data = {"csrf_token": token_of(page), "about": "account", "given": "amount = 5\nword = два"}
    page = designer.post(f"{where}/rehearse", data=data).text
    assert '"amount": 5' in script_of(page) and '"word": "два"' in script_of(page)


def test_a_supervisor_draws_and_tries_but_does_not_publish(client: FlaskClient, site: Site) -> None:
    sign_in(client, "supervisor", "en")
    page = client.get("/processes").text
    assert "/processes/new" in page and "/processes/upload" not in page
    assert client.get("/processes/new").status_code == 200


def test_scenarios_of_the_product_stand_beside_recorded_ones(site: Site, designer: FlaskClient) -> None:  # noqa: F811
    with site.database.transaction() as session:
        context = site.office.acting(session, "admin")
        version = designs.upload(context, files_of("document_approval"), publish=True).definitions[0].id
        shipped_scenarios.install(context, "document_approval")
    where = f"/processes/{version}"
    page = designer.get(f"{where}?tab=scenarios").text
    assert "Come with the product" in page and "Recorded here" not in page
    card = re.search(rf'href="({where}/scenarios/\d+)">Overdue: a reminder, then the head', page)
    assert card is not None
    page = send(designer, f"{card[1]}/replay")
    assert "goes as expected on version 1" in page and "comes with the product" in page
    assert "The product&#39;s tests also check: who is asked, who is told" in page
    assert "Then 1 step of the product&#39;s tests that leads nowhere" in page
    assert "replayed by hand only" in send(designer, f"{card[1]}/guard")
    assert "replayed by hand only" not in send(designer, f"{card[1]}/guard", guards="1")
    other = [(name, data.replace(b'"remind"', b'"nudge"')) for name, data in files_of("document_approval")]
    where = upload(designer, *other).location
    assert "go differently" in send(designer, f"{where}/scenarios/replay")
    page = designer.get(f"{where}?tab=scenarios").text
    assert "Expect what happens now of all that differ" in page
    assert "cannot be done any more" in send(designer, f"{where}/scenarios/renew")
