"""Statements given to the driver are part of the session's transaction, and fail as its others do."""

import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from crm_model.users import Team
from kernel.db import Database
from kernel.statements import Prepared, entity, prepared, rows

NAMED = Prepared(select(*Team.__table__.columns).where(Team.name == bindparam("name")))


def test_they_see_what_the_session_holds_and_go_with_its_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        session.add(Team(name="Of a statement"))
        assert [row.name for row in NAMED.rows(session, name="Of a statement")] == ["Of a statement"]
        assert rows(session, "UPDATE teams SET name = %(name)s WHERE name = 'Of a statement'", {"name": "Other"}) == []
        assert NAMED.rows(session, name="Other")
        raise RuntimeError
    with database.read_only() as session:
        assert NAMED.rows(session, name="Other") == NAMED.rows(session, name="Of a statement") == []


def test_what_they_break_is_told_in_the_words_of_sqlalchemy(session: Session) -> None:
    session.add(Team(name="Once"))
    session.flush()
    with pytest.raises(IntegrityError, match="already exists"), session.begin_nested():
        rows(session, "INSERT INTO teams (id, name, created_at, updated_at, version)"
             " SELECT id, name, now(), now(), 1 FROM teams WHERE name = 'Once'", {})  # fmt: skip
    assert len(NAMED.rows(session, name="Once")) == 1


def test_a_connection_that_is_cut_off_is_not_used_again(database: Database) -> None:
    small = Database(database.url, pool_size=1)
    try:
        with pytest.raises(OperationalError) as told, small.transaction() as session:
            rows(session, "SELECT pg_terminate_backend(pg_backend_pid())", {})
        assert told.value.connection_invalidated
        with small.transaction() as session:
            assert rows(session, "SELECT 17 AS found", {})[0].found == 17
    finally:
        small.close()


def test_a_row_becomes_the_record_of_the_session(session: Session) -> None:
    made = Team(name="Read by its columns")
    session.add(made)
    session.flush()
    assert entity(session, Team, NAMED.rows(session, name=made.name)[0]) is made
    session.expunge(made)
    read = entity(session, Team, NAMED.rows(session, name=made.name)[0])
    assert read is not made and read in session and session.get(Team, made.id) is read
    assert not session.is_modified(read) and not session.dirty
    read.name = "Changed"
    session.flush()
    assert session.execute(text("SELECT name FROM teams WHERE id = :id"), {"id": read.id}).scalar() == "Changed"


def test_a_record_that_was_changed_elsewhere_gets_the_values_of_the_row(session: Session) -> None:
    made = Team(name="Before")
    session.add(made)
    session.flush()
    session.execute(text("UPDATE teams SET name = 'After' WHERE id = :id"), {"id": made.id})
    assert entity(session, Team, NAMED.rows(session, name="After")[0]).name == "After"
    assert made.name == "After"


def test_a_value_that_is_bound_by_a_name_is_not_kept_for_the_next_caller(session: Session) -> None:
    query = Prepared(select(func.abs(bindparam("value", -1, unique=False)).label("found")))
    assert query.rows(session, value=-2)[0].found == 2
    with pytest.raises(ProgrammingError, match="value"), session.begin_nested():
        query.rows(session)


def test_a_query_of_a_shape_is_composed_once(session: Session) -> None:
    composed = []
    for value in (1, 2):
        query = prepared(
            "of this test", lambda: composed.append(1) or select(func.abs(bindparam("value")).label("found"))
        )
        assert query.rows(session, value=-value)[0].found == value
    assert len(composed) == 1
