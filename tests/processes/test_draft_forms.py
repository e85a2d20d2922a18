"""Forms of a draft are checked, shown beforehand and published with it; its fields know who sets and who reads them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bpmn.reading import ready_to_run
from kernel.context import DESIGNER, Context
from kernel.errors import NotFound, ValidationFailed
from processes import catalogue, draft_forms, drafts, process_fields
from processes.forms import read_form
from tests.support.diagrams import diagram, node

MakeContext = Callable[..., Context]
ASKS = '<extensionElements><procession:task form="ask_form"/></extensionElements>'
FORM: dict[str, Any] = {
    "type": "default",
    "components": [
        {"type": "number", "key": "amount", "label": "Amount", "properties": {"labelRu": "Сумма", "type": "money"}},
        {"type": "textfield", "key": "remark", "label": "Remark"},
    ],
}


@pytest.fixture
def designer(make_context: MakeContext, session: Session) -> Context:
    return make_context(session, role=DESIGNER)


def asking(condition: str = "amount > 100") -> str:
    nodes = (
        node("start", "begin")
        + node("user", "ask", ASKS)
        + node("xor", "dear")
        + node("end", "yes")
        + node("end", "no")
    )
    return diagram(nodes, f"begin -> ask; ask -> dear; dear -> yes [{condition}]; dear -> no*", id="asking").decode()


def test_a_form_drawn_with_a_draft_is_published_with_it(designer: Context) -> None:
    begun = drafts.save_draft(designer, xml=asking(), forms={"ask_form": FORM, "unused_form": FORM})
    kept = drafts.save_draft(designer, xml=asking(), draft_id=begun.id, revision=begun.revision)
    assert set(drafts.get_draft_forms(designer, kept.id)) == {"ask_form", "unused_form"}
    done = drafts.publish_draft(designer, kept.id, revision=kept.revision)
    stored = drafts.get_form(designer, "ask_form", definition_id=done.definitions[0].id)
    assert read_form(stored).keys == ("amount", "remark")
    with pytest.raises(NotFound):
        drafts.get_form(designer, "unused_form")


def test_a_form_that_cannot_be_read_is_refused(designer: Context) -> None:
    for forms in (
        {"ask_form": {"components": "none"}},
        {"2 much": FORM},
        {"deep": {"components": [{"a": "x" * 2**21}]}},
    ):
        with pytest.raises(ValidationFailed):
            drafts.save_draft(designer, xml=asking(), forms=forms)


def test_the_check_knows_the_forms_of_the_draft_and_what_every_field_is_for(designer: Context) -> None:
    seen = drafts.examine(designer, xml=asking(), forms={"ask_form": FORM})
    assert [finding["rule"] for finding in seen.findings if finding["severity"] == "error"] == []
    states = {field.name: field.state for field in seen.fields}
    assert states == {"amount": "used", "remark": "unused"}
    amount = next(field for field in seen.fields if field.name == "amount")
    assert [(place.kind, place.element_id) for place in amount.set_by] == [("form", "ask")]
    assert [(place.kind, place.element_id) for place in amount.read_by] == [("condition", "dear")]


def test_a_gateway_that_asks_for_what_nobody_sets_is_told(designer: Context) -> None:
    seen = drafts.examine(designer, xml=asking("amont > 100"), forms={"ask_form": FORM})
    assert [field.name for field in seen.fields if field.state == "missing"] == ["amont"]
    assert [field.name for field in seen.fields if field.state == "unused"] == ["amount", "remark"]


def test_the_preview_speaks_the_language_that_is_asked_for(designer: Context) -> None:
    for language, label in (("ru", "Сумма"), ("en", "Amount")):
        shown = draft_forms.preview_form(designer, content=FORM, language=language)
        assert [field.label for field in shown.form.fields] == [label, "Remark"]


def test_every_condition_of_the_shipped_processes_reads_what_somebody_sets(designer: Context) -> None:
    for folder in sorted(path for path in Path(catalogue.__file__).parent.iterdir() if path.is_dir()):
        for drawn in folder.glob("*.bpmn"):
            forms = {path.stem: json.loads(path.read_text()) for path in folder.glob("forms/*.form")}
            found = process_fields.fields_of(designer, [ready_to_run(drawn.name, drawn.read_bytes())], forms)
            assert found
            assert [field.name for field in found if field.state == "missing"] == []
