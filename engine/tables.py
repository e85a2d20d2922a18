"""The engine's tables. Rows of waiting things are a projection of the instances' states, written in the same step."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, HasId

ACTIVE, SUSPENDED, COMPLETED, CANCELLED, FAILED = "active", "suspended", "completed", "cancelled", "failed"
INSTANCE_STATES = (ACTIVE, SUSPENDED, COMPLETED, CANCELLED, FAILED)
DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Deployment(HasId, Base):
    """One upload: the files that came together and refer to each other."""

    __tablename__ = "deployment"

    created_at: Mapped[datetime]
    created_by: Mapped[int | None]
    comment: Mapped[str | None]


class DefinitionRow(HasId, Base):
    """An immutable version of a process; its XML is kept byte for byte."""

    __tablename__ = "process_definition"
    __table_args__ = (
        Index(None, "key", "version", unique=True),
        Index("ix_process_definition_published", "key", "version", postgresql_where=text("state = 'published'")),
        CheckConstraint(_one_of("state", (DRAFT, PUBLISHED, RETIRED)), name="state"),
    )

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    key: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    version_tag: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    titles: Mapped[dict[str, str]]
    state: Mapped[str] = mapped_column(Text)
    resource: Mapped[str] = mapped_column(Text)
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    checksum: Mapped[str] = mapped_column(Text)
    findings: Mapped[list[Any]]
    repairs: Mapped[list[Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[int | None]


class DecisionRow(HasId, Base):
    """An immutable version of a decision; its DMN file is kept byte for byte."""

    __tablename__ = "decision_definition"
    __table_args__ = (
        Index(None, "key", "version", unique=True),
        Index(None, "deployment_id"),
        CheckConstraint(_one_of("state", (DRAFT, PUBLISHED)), name="state"),
    )

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    key: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    titles: Mapped[dict[str, str]]
    state: Mapped[str] = mapped_column(Text)
    resource: Mapped[str] = mapped_column(Text)
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    checksum: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]


class DecisionEvaluationRow(HasId, Base):
    """Why a process decided as it did: inputs, matched rules and results of one evaluation. Never changed."""

    __tablename__ = "decision_evaluation"
    __table_args__ = (Index(None, "instance_id"),)

    instance_id: Mapped[int]
    element_id: Mapped[str] = mapped_column(Text)
    token: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    decision_id: Mapped[int]
    decision_key: Mapped[str] = mapped_column(Text)
    evaluations: Mapped[list[Any]]


class FormRow(HasId, Base):
    """A form as it was deployed with its processes (form-js JSON)."""

    __tablename__ = "form_definition"
    __table_args__ = (Index(None, "deployment_id", "key", unique=True),)

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    key: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]]


_KEYED_OTHERWISE = "subject_id IS NOT NULL AND business_key IS DISTINCT FROM subject_type || ':' || subject_id"
KEYED_OTHERWISE = text(_KEYED_OTHERWISE)
"""Instances that are not found by the key of their subject: few, so that an index of them costs nothing."""


class InstanceRow(HasId, Base):
    __tablename__ = "process_instance"
    __table_args__ = (
        Index(None, "business_key", postgresql_where=text("business_key IS NOT NULL")),
        Index(None, "origin_key", postgresql_where=text("origin_key IS NOT NULL")),
        Index(None, "definition_key", "state", "id"),
        Index(None, "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        Index(None, "root_id"),
        Index("ix_process_instance_subject", "subject_type", "subject_id", postgresql_where=text(_KEYED_OTHERWISE)),
        CheckConstraint(_one_of("state", INSTANCE_STATES), name="state"),
    )

    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"), index=True)
    definition_key: Mapped[str] = mapped_column(Text)
    root_id: Mapped[int | None]
    parent_id: Mapped[int | None]
    parent_token: Mapped[int | None] = mapped_column(Integer)
    business_key: Mapped[str | None] = mapped_column(Text)
    origin_key: Mapped[str | None] = mapped_column(Text)
    subject_type: Mapped[str | None] = mapped_column(Text)
    subject_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    started_at: Mapped[datetime]
    started_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    end_event: Mapped[str | None] = mapped_column(Text)


NOBODYS = text("state = 'open' AND assignee_id IS NULL")


class UserTaskRow(HasId, Base):
    __tablename__ = "user_task"
    __table_args__ = (
        Index("ix_user_task_token", "instance_id", "token", unique=True),
        Index("ix_user_task_assignee", "assignee_id", "due", "id", postgresql_where=text("state = 'open'")),
        Index("ix_user_task_candidate_users", "candidate_users", postgresql_using="gin", postgresql_where=NOBODYS),
        Index(
            "ix_user_task_pool",
            "due",
            "id",
            postgresql_include=["candidate_roles", "follow_up", "suspended"],
            postgresql_where=NOBODYS,
        ),
        Index("ix_user_task_subject", "subject_type", "subject_id"),
        CheckConstraint(_one_of("state", ("open", "completed", "cancelled")), name="state"),
    )

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    definition_id: Mapped[int]
    definition_key: Mapped[str] = mapped_column(Text)
    token: Mapped[int] = mapped_column(Integer)
    element_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    suspended: Mapped[bool] = mapped_column(server_default=false())
    stage: Mapped[str | None] = mapped_column(Text)
    assignee_id: Mapped[int | None]
    owner_id: Mapped[int | None]
    delegation: Mapped[str | None] = mapped_column(Text)
    candidate_roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    candidate_users: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    due: Mapped[datetime | None]
    follow_up: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(SmallInteger)
    subject_type: Mapped[str | None] = mapped_column(Text)
    subject_id: Mapped[int | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    result: Mapped[str | None] = mapped_column(Text)


class TaskCommentRow(HasId, Base):
    __tablename__ = "task_comment"

    task_id: Mapped[int] = mapped_column(ForeignKey("user_task.id"), index=True)
    author_id: Mapped[int | None]
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)


EXTERNAL = "external"
"""The kind of jobs that programs outside fetch by their topic; our own workers leave them alone."""


class JobRow(HasId, Base):
    """Work for later: a timer, an asynchronous operation, a message on its way, work for a program outside. Deleted
    when done."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "due", "id", postgresql_where=text("state = 'ready' AND kind <> 'external'")),
        Index("ix_job_topic", text("(payload ->> 'topic')"), "due", "id", postgresql_where=text("kind = 'external'")),
        Index("ix_job_token", "instance_id", "token"),
        CheckConstraint(_one_of("state", ("ready", "failed", "suspended")), name="state"),
    )

    kind: Mapped[str] = mapped_column(Text)
    instance_id: Mapped[int | None]
    token: Mapped[int | None] = mapped_column(Integer)
    event: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    element_id: Mapped[str | None] = mapped_column(Text)
    due: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text, server_default="ready")
    retries: Mapped[int] = mapped_column(SmallInteger, server_default="3")
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    locked_by: Mapped[str | None] = mapped_column(Text)
    locked_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class SubscriptionRow(HasId, Base):
    """An instance waits for a message or signal of this name."""

    __tablename__ = "event_subscription"
    __table_args__ = (
        Index("ix_event_subscription_name", "kind", "name"),
        Index("ix_event_subscription_token", "instance_id", "token"),
    )

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token: Mapped[int] = mapped_column(Integer)
    event: Mapped[int] = mapped_column(SmallInteger)
    element_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    correlation: Mapped[str | None] = mapped_column(Text)


class StartSubscriptionRow(HasId, Base):
    """A published process that a message, signal or timer starts."""

    __tablename__ = "start_subscription"
    __table_args__ = (Index(None, "kind", "name"),)

    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"), index=True)
    element_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)


class InboxRow(HasId, Base):
    """A message nobody waited for yet, kept until it is wanted or too old."""

    __tablename__ = "inbox_message"
    __table_args__ = (Index(None, "name"), Index(None, "expires_at"))

    name: Mapped[str] = mapped_column(Text)
    business_key: Mapped[str | None] = mapped_column(Text)
    instance_id: Mapped[int | None]
    correlation: Mapped[str | None] = mapped_column(Text)
    thrown: Mapped[bool] = mapped_column(server_default="false")
    variables: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class IncidentRow(HasId, Base):
    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_open", "instance_id", postgresql_where=text("resolved_at IS NULL")),
        Index(None, "instance_id"),
    )

    instance_id: Mapped[int]
    token: Mapped[int | None] = mapped_column(Integer)
    element_id: Mapped[str] = mapped_column(Text)
    job_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None]


class HistoryEntryRow(Base):
    """One finished run of an element; never changed afterwards. What still runs is in the state."""

    __tablename__ = "history_entry"

    instance_id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[int] = mapped_column(Integer, primary_key=True)
    element_id: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None]
    token: Mapped[int | None] = mapped_column(Integer)
    result: Mapped[str | None] = mapped_column(Text)
    flows: Mapped[list[str] | None] = mapped_column(ARRAY(Text))


class HistoryStepRow(Base):
    """A step of an instance, counted from its start, which is 0: the way back from it, and which variables it wrote.

    `taken` is what it removed from the state and changed in it, packed by `engine.past`; `changes` are lists of the last
    run that had begun, the variable's name, what it was and what it became. A step of the earliest release has a number
    below 1 and no `taken`; `at` is not known of one that release before the next wrote.
    """

    __tablename__ = "history_step"

    instance_id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime | None]
    actor_id: Mapped[int | None]
    taken: Mapped[bytes | None] = mapped_column(LargeBinary)
    changes: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))


class OperatorActionRow(HasId, Base):
    """What a person did to an instance or task besides doing the work: who, what it was, what it became, why."""

    __tablename__ = "operator_action"
    __table_args__ = (Index(None, "instance_id"),)

    instance_id: Mapped[int | None]
    task_id: Mapped[int | None]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(Text)
    was: Mapped[Any] = mapped_column(JSONB, nullable=True)
    became: Mapped[Any] = mapped_column(JSONB, nullable=True)
    reason: Mapped[str | None] = mapped_column(Text)
