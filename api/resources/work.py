"""Activities, notes, documents and the knowledge base."""

from io import BytesIO
from typing import Any

from flask import Response, g, request, send_file
from marshmallow import fields, validate

from api.records import blueprint, body_of, resource, upload
from api.resources.clients import Kept
from api.schemas import (
    NAME,
    Answer,
    Body,
    Flag,
    IdArg,
    Number,
    PageArgs,
    Text,
    Time,
    Whole,
    list_of,
    page_of,
    path,
    shown,
)
from crm_model import activities as activity_records
from crm_model import articles, documents, notes
from processes import activities

activities_blueprint = blueprint("activities", "Calls, meetings, presentations and other work")
notes_blueprint = blueprint("notes", "Notes")
documents_blueprint = blueprint("documents", "Documents with their versions")
articles_blueprint = blueprint("articles", "The knowledge base")


class ActivityAnswer(Kept):
    kind = Text(required=True, validate=validate.OneOf(activity_records.KINDS))
    subject = Text(required=True, validate=NAME)
    description = Text(required=True, allow_none=True)
    owner_id = Number(required=True, allow_none=True)
    start = Time(required=True, allow_none=True)
    due = Time(required=True, allow_none=True)
    status = Text(required=True, validate=validate.OneOf(activity_records.STATUSES))
    result = Text(required=True, allow_none=True)
    result_note = Text(required=True, allow_none=True)
    completed_at = Time(required=True, allow_none=True)
    completed_by_id = Number(required=True, allow_none=True)
    counts_as_contact = Flag(required=True)
    next_id = Number(required=True, allow_none=True)
    deal_id = Number(required=True, allow_none=True)
    account_id = Number(required=True, allow_none=True)
    contact_id = Number(required=True, allow_none=True)
    lead_id = Number(required=True, allow_none=True)
    instance_id = Number(required=True, allow_none=True)
    element_id = Text(required=True, allow_none=True)
    task_id = Number(required=True, allow_none=True)
    direction = Text(required=True, allow_none=True)
    answered = Flag(required=True, allow_none=True)
    seconds = Whole(required=True, allow_none=True)
    recording_url = Text(required=True, allow_none=True)


class ActivityArgs(PageArgs):
    q = Text()
    owner_id = IdArg()
    deal_id = IdArg()
    account_id = IdArg()
    contact_id = IdArg()
    lead_id = IdArg()
    kind = Text()
    status = Text()
    element_id = Text()
    instance_id = IdArg()
    starts_from = Time()
    starts_before = Time()
    due_before = Time()
    sort = Text()


resource(
    activities_blueprint,
    "/activities",
    answer=ActivityAnswer,
    body=body_of("ActivityBody", ActivityAnswer, activity_records.FIELDS),
    args=ActivityArgs,
    list_=activity_records.list_activities,
    get=activity_records.get_activity,
    create=activities.create_activity,
    update=activities.update_activity,
    delete=activity_records.delete_activity,
)


class ResultBody(Body):
    result = Text(required=True, validate=validate.Length(min=1, max=100))
    note = Text(allow_none=True, validate=validate.Length(max=20_000))
    start = Time(allow_none=True)
    due = Time(allow_none=True)


@activities_blueprint.route(path("/activities/{activity_id}/complete"), methods=["POST"])
@activities_blueprint.arguments(ResultBody)
@activities_blueprint.response(200, ActivityAnswer)
def complete_activity(given: dict[str, Any], activity_id: int) -> Any:
    """Gives an activity its result; a process that waits for it goes on."""
    return activities.complete_activity(g.context, activity_id, **given)


class NoteAnswer(Kept):
    text = Text(required=True)
    pinned = Flag(required=True)
    deal_id = Number(required=True, allow_none=True)
    account_id = Number(required=True, allow_none=True)
    contact_id = Number(required=True, allow_none=True)
    lead_id = Number(required=True, allow_none=True)


class NoteArgs(PageArgs):
    q = Text()
    deal_id = IdArg()
    account_id = IdArg()
    contact_id = IdArg()
    lead_id = IdArg()


resource(
    notes_blueprint,
    "/notes",
    answer=NoteAnswer,
    body=body_of("NoteBody", NoteAnswer, notes.FIELDS),
    args=NoteArgs,
    list_=notes.list_notes,
    get=notes.get_note,
    create=notes.create_note,
    update=notes.update_note,
    delete=notes.delete_note,
)


class DocumentAnswer(Kept):
    title = Text(required=True, validate=NAME)
    kind = Text(required=True, validate=validate.OneOf(documents.KINDS))
    deal_id = Number(required=True, allow_none=True)
    account_id = Number(required=True, allow_none=True)
    owner_id = Number(required=True, allow_none=True)
    approval = Text(required=True, validate=validate.OneOf(documents.APPROVALS))
    versions = Whole(required=True)


class DocumentArgs(PageArgs):
    q = Text()
    deal_id = IdArg()
    account_id = IdArg()
    owner_id = IdArg()
    kind = Text()
    approval = Text()
    sort = Text()


class FileForm(Body):
    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class DocumentForm(FileForm):
    title = Text(validate=validate.Length(max=255))
    kind = Text(validate=validate.OneOf(documents.KINDS))
    deal_id = fields.Integer(validate=validate.Range(min=1))
    account_id = fields.Integer(validate=validate.Range(min=1))
    owner_id = fields.Integer(validate=validate.Range(min=1))


class VersionAnswer(Answer):
    number = Whole(required=True)
    file_name = Text(required=True)
    content_type = Text(required=True)
    size = Whole(required=True)
    sha256 = Text(required=True)
    created_at = Time(required=True)
    created_by_id = Number(required=True, allow_none=True)


resource(
    documents_blueprint,
    "/documents",
    answer=DocumentAnswer,
    body=body_of("DocumentChange", DocumentAnswer, documents.FIELDS),
    args=DocumentArgs,
    list_=documents.list_documents,
    get=documents.get_document,
    update=documents.update_document,
    delete=documents.delete_document,
)


@documents_blueprint.route("/documents", endpoint="create_documents", methods=["POST"])
@documents_blueprint.doc(requestBody={"content": {"multipart/form-data": {"schema": DocumentForm}}, "required": True})
@documents_blueprint.response(201, DocumentAnswer)
def create_document() -> Any:
    """Keeps an uploaded file as the first version of a document; without a title it is called as the file is."""
    name, content, content_type = upload(*documents.FIELDS)
    values: dict[str, Any] = {"title": name, **request.form.to_dict()}
    return documents.create_document(g.context, values, file_name=name, content=content, content_type=content_type)


@documents_blueprint.route(path("/documents/{document_id}/versions"), methods=["GET"])
@documents_blueprint.arguments(PageArgs, location="query")
@documents_blueprint.response(200, list_of(VersionAnswer))
def list_versions(args: dict[str, Any], document_id: int) -> Any:
    """The versions of a document, newest first."""
    return shown(documents.list_versions(g.context, document_id, page_of(args)))


@documents_blueprint.route(path("/documents/{document_id}/versions"), methods=["POST"])
@documents_blueprint.doc(requestBody={"content": {"multipart/form-data": {"schema": FileForm}}, "required": True})
@documents_blueprint.response(201, VersionAnswer)
def add_version(document_id: int) -> Any:
    """Adds a version to a document."""
    name, content, content_type = upload()
    return documents.add_version(g.context, document_id, file_name=name, content=content, content_type=content_type)


class ContentArgs(Body):
    version = IdArg(load_default=None)


@documents_blueprint.route(path("/documents/{document_id}/content"), methods=["GET"])
@documents_blueprint.arguments(ContentArgs, location="query")
@documents_blueprint.doc(responses={200: {"description": "The file", "content": {"application/octet-stream": {}}}})
def get_content(args: dict[str, Any], document_id: int) -> Response:
    """The file of a document, its newest version unless another is asked for."""
    found = documents.get_content(g.context, document_id, args["version"])
    return attachment(found.file_name, found.content)


def attachment(name: str, content: bytes) -> Response:
    """Always to be saved, never to be shown: what somebody uploaded must not run in our pages."""
    answer = send_file(
        BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=name, max_age=0
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


class ArticleAnswer(Kept):
    title = Text(required=True, validate=NAME)
    kind = Text(required=True, validate=validate.OneOf(articles.KINDS))
    summary = Text(required=True, allow_none=True)
    body = Text(required=True, allow_none=True)
    tags = fields.List(Text(), required=True)
    product_ids = fields.List(Number(), required=True)
    file_name = Text(required=True, allow_none=True)


class ArticleArgs(PageArgs):
    q = Text()
    kind = Text()
    tag = Text()
    product_id = IdArg()


resource(
    articles_blueprint,
    "/articles",
    answer=ArticleAnswer,
    body=body_of("ArticleBody", ArticleAnswer, articles.FIELDS),
    args=ArticleArgs,
    list_=articles.list_articles,
    get=articles.get_article,
    create=articles.create_article,
    update=articles.update_article,
    delete=articles.delete_article,
)


@articles_blueprint.route(path("/articles/{article_id}/file"), methods=["GET"])
@articles_blueprint.doc(responses={200: {"description": "The file", "content": {"application/octet-stream": {}}}})
def get_file(article_id: int) -> Response:
    """The file of an article."""
    found = articles.get_file(g.context, article_id)
    return attachment(found.name, found.content)


@articles_blueprint.route(path("/articles/{article_id}/file"), methods=["POST"])
@articles_blueprint.doc(requestBody={"content": {"multipart/form-data": {"schema": FileForm}}, "required": True})
@articles_blueprint.response(200, ArticleAnswer)
def set_file(article_id: int) -> Any:
    """Attaches a file to an article, in place of the one there was."""
    name, content, content_type = upload()
    return articles.set_file(g.context, article_id, file_name=name, content=content, content_type=content_type)


@articles_blueprint.route(path("/articles/{article_id}/file"), methods=["DELETE"])
@articles_blueprint.response(204)
def remove_file(article_id: int) -> None:
    """Takes the file away from an article."""
    articles.remove_file(g.context, article_id)
