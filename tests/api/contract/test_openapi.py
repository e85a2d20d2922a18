"""The interface keeps what its OpenAPI document says, whatever it is sent."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi.checks import ensure_resource_availability, positive_data_acceptance, use_after_free

from api.resources import documentation
from kernel.db import Database
from server.app import create_app
from server.settings import Settings
from tests.api.contract.office import Office
from tests.api.contract.rehearsal import rehearsing
from tests.conftest import THOROUGH

EXAMPLES = 20 if THOROUGH else 2
UNLIKE_OURS = [positive_data_acceptance, use_after_free, ensure_resource_availability]
"""They take every refusal of a well-formed request for a fault; ours know records that are not there."""


def written() -> dict[str, Any]:
    """The document, which needs no database."""
    with create_app(Settings(), Database("postgresql+psycopg://nowhere")).app_context():
        found: dict[str, Any] = json.loads(documentation.document())
        return found


DOCUMENT = written()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig(seed=1))
SCHEMA.config.phases.coverage.enabled = THOROUGH
OPERATIONS = {one.ok().label: one.ok() for one in SCHEMA.get_all_operations() if isinstance(one, Ok)}


@pytest.fixture(scope="module")
def rehearsed(office: Office) -> Iterator[Office]:
    with rehearsing(office) as made:
        yield made


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_as_documented(label: str, rehearsed: Office) -> None:
    """Not by the library's own `parametrize`: its tests share one id, of which xdist runs only the first."""

    def check(case: Case) -> None:
        headers = {"Authorization": f"Bearer {rehearsed.tokens['admin']}"}
        case.call_and_validate(app=rehearsed.app, headers=headers, excluded_checks=UNLIKE_OURS)

    operation = OPERATIONS[label]
    operation.app = operation.schema.app = rehearsed.app
    few = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    feedback = FeedbackSources()
    build_operation_test(
        config=SCHEMA.config, operation=operation, test_func=check, given_kwargs={}, feedback=feedback,
        explicit_settings=few,
    )()  # fmt: skip


def test_the_document_marks_as_public_what_is_public() -> None:
    public = {
        f"{method} {path}"
        for path, operations in DOCUMENT["paths"].items()
        for method, operation in operations.items()
        if method != "parameters" and operation.get("security") == []
    }
    paths = ("health", "ready", "openapi.json")
    form = {f"{method} /api/v1/web-forms/{{key}}" for method in ("get", "post")}
    assert public == {
        "post /api/v1/auth/token",
        "post /api/v1/telephony/calls",
        *form,
        *(f"get /api/v1/{path}" for path in paths),
    }
