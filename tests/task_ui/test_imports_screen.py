"""Marketing brings a spreadsheet, sees what would become of it, imports it and takes it back."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import jobs
from kernel.context import system_clock
from processes.engine_room import PORTS
from tests.task_ui.conftest import Site
from tests.task_ui.test_screens import sign_in, token_of

SHEET = "Имя;Телефон\nАнна Импорт;+7 916 111-55-01\n;+7 916 111-55-02\n"


class Desk:
    """Somebody of marketing before a browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = sign_in(client, "marketing", "ru")
        self.token = token_of(self.get("/imports"))

    def get(self, address: str) -> str:
        return self.client.get(address).text

    def post(self, address: str, **form: Any) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.token, **form})

    def send(self, content: bytes = SHEET.encode("cp1251"), name: str = "Выставка.csv") -> TestResponse:
        return self.post("/imports/new", kind="leads", file=(io.BytesIO(content), name))


@pytest.fixture
def desk(client: FlaskClient) -> Desk:
    return Desk(client)


def work(site: Site) -> None:
    while jobs.run_batch(site.database, PORTS, system_clock, "test"):
        pass


def test_a_file_goes_from_its_columns_to_records_and_back(desk: Desk, site: Site) -> None:
    address = desk.send().headers["Location"]
    columns = desk.get(address)
    assert '<option value="phone" selected>' in columns and "+7 916 111-55-01" in columns
    desk.post(f"{address}/check", **{"column.0": "name", "column.1": "phone", "duplicates": "skip"})
    assert "<progress" in desk.get(address)
    work(site)
    preview = desk.get(address)
    assert "Будет создана 1 запись." in preview and "1 строка с ошибками будет пропущена." in preview
    assert "Анна Импорт" not in desk.get(f"{address}?show=wrong")
    desk.post(f"{address}/run")
    work(site)
    assert "Создано" in desk.get(address)
    desk.post(f"{address}/undo")
    work(site)
    assert "Отменён" in desk.get(address)


def test_what_cannot_be_read_or_mapped_is_told_and_the_page_stays(desk: Desk) -> None:
    refused = desk.send(b"PK broken", "a.xlsx")
    assert refused.status_code == 422 and "Это не CSV и не книга Excel." in refused.text
    refused = desk.post(f"{desk.send().headers['Location']}/check", **{"column.0": "phone", "column.1": "phone"})
    assert refused.status_code == 422 and "Этому полю сопоставлены два столбца." in refused.text
