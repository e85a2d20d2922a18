"""Drafts of diagrams: saved as often as one likes, checked without being stored, published with their forms."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from kernel.context import DESIGNER, MANAGER, Context
from kernel.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from processes import designs, drafts
from tests.support.diagrams import diagram, node

MakeContext = Callable[..., Context]
RUNS = node("start", "begin") + node("user", "first") + node("end", "over")


def drawing(key: str = "drawn") -> str:
    made = diagram(RUNS, "begin -> first; first -> over", id=key)
    return made.decode() if isinstance(made, bytes) else made


@pytest.fixture
def designer(make_context: MakeContext, session: Session) -> Context:
    return make_context(session, role=DESIGNER)


def versions(context: Context, key: str = "drawn") -> int:
    return len(designs.list_definitions(context, Page(50), key=key).items)


def test_saving_replaces_the_draft_and_makes_no_version(designer: Context) -> None:
    first = drafts.save_draft(designer, xml=drawing(), name="Drawn")
    second = drafts.save_draft(designer, xml=drawing() + "\n", draft_id=first.id, revision=first.revision, name="Drawn")
    assert (second.id, second.revision) == (first.id, 2)
    assert drafts.get_draft_xml(designer, first.id).decode() == drawing() + "\n"
    assert versions(designer) == 0


def test_a_draft_that_somebody_else_has_saved_is_not_overwritten(designer: Context) -> None:
    seen = drafts.save_draft(designer, xml="<theirs/>")
    drafts.save_draft(designer, xml="<newer/>", draft_id=seen.id, revision=seen.revision)
    with pytest.raises(Conflict) as refused:
        drafts.save_draft(designer, xml="<mine/>", draft_id=seen.id, revision=seen.revision)
    assert refused.value.code == "draft_changed"
    assert drafts.get_draft_xml(designer, seen.id) == b"<newer/>"


def test_a_check_tells_what_an_upload_would_and_stores_nothing(designer: Context) -> None:
    broken = drawing().replace('targetRef="over"', 'targetRef="nowhere"')
    told = drafts.examine(designer, xml=broken)
    assert any(found["severity"] == "error" for found in told.findings)
    assert [found for found in drafts.examine(designer, xml=drawing()).findings if found["severity"] == "error"] == []
    assert versions(designer) == 0
    assert drafts.list_drafts(designer) == []


def test_publishing_makes_one_version_and_ends_the_draft(designer: Context) -> None:
    draft = drafts.save_draft(designer, xml=drawing())
    done = drafts.publish_draft(designer, draft.id, revision=draft.revision, comment="First")
    assert [(row.key, row.version, row.state) for row in done.definitions] == [("drawn", 1, "published")]
    with pytest.raises(NotFound):
        drafts.get_draft(designer, draft.id)


def test_a_draft_that_cannot_run_is_kept_and_told_why(designer: Context) -> None:
    draft = drafts.save_draft(designer, xml=drawing().replace('targetRef="over"', 'targetRef="nowhere"'))
    with pytest.raises(ValidationFailed) as refused:
        drafts.publish_draft(designer, draft.id, revision=draft.revision)
    assert refused.value.details["findings"]
    assert drafts.get_draft(designer, draft.id).revision == 1


def test_a_version_drawn_anew_keeps_the_forms_it_came_with(designer: Context) -> None:
    form = b'{"id": "ask_form", "components": [{"type": "textfield", "key": "answer", "label": "Answer"}]}'
    asking = '<extensionElements><procession:task form="ask_form"/></extensionElements>'
    noted = drawing().replace('name="first">', f'name="first">{asking}')
    assert asking in noted
    first = designs.upload(designer, [("drawn.bpmn", noted.encode()), ("ask_form.form", form)], publish=True)
    draft = drafts.save_draft(designer, xml=noted, definition_id=first.definitions[0].id)
    assert drafts.own_draft_of(designer, first.definitions[0].id) == draft
    assert "ask_form" in drafts.choices(designer, definition_id=first.definitions[0].id).forms
    again = drafts.publish_draft(designer, draft.id, revision=draft.revision)
    assert "ask_form" in drafts.choices(designer, definition_id=again.definitions[0].id).forms


def test_only_designers_draw(make_context: MakeContext, session: Session) -> None:
    manager = make_context(session, role=MANAGER)
    with pytest.raises(PermissionDenied):
        drafts.save_draft(manager, xml=drawing())
    with pytest.raises(PermissionDenied):
        drafts.list_drafts(manager)
