"""Documents of a deal or an account: every upload is a version; the bytes stand apart, so that lists stay light."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, and_, func, select, text
from sqlalchemy.orm import Mapped, foreign, joinedload, mapped_column, relationship

from crm_model import access, files, inputs, listing, users
from crm_model.accounts import Account
from crm_model.deal_entities import Deal
from crm_model.files import File
from crm_model.inputs import Field
from crm_model.records import Audited, Record, change, one_of, sort_key
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base, HasId
from kernel.errors import Conflict, NotFound
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

KINDS = ("calculation", "proposal", "contract", "other")
DRAFT, ON_APPROVAL, APPROVED, REJECTED, REWORK = "draft", "on_approval", "approved", "rejected", "rework"
APPROVALS = (DRAFT, ON_APPROVAL, APPROVED, REJECTED, REWORK)
SORTS = {"id": "id", "-id": "-id", "title": "sort_key", "-title": "-sort_key", "-updated_at": "-updated_at"}


class Document(Record, Base):
    """`versions` counts the uploads and is the number of the newest one, `current`; `approval` speaks of that one."""

    __tablename__ = "documents"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("approval", APPROVALS),
        Index(
            "ix_documents_deal_id_kind_id",
            "deal_id",
            "kind",
            "id",
            postgresql_where=text("deal_id is not null"),
        ),
        Index("ix_documents_account_id_id", "account_id", "id", postgresql_where=text("account_id is not null")),
        Index("ix_documents_owner_id_id", "owner_id", "id"),
    )

    title: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approval: Mapped[str] = mapped_column(String(20), default=DRAFT)
    versions: Mapped[int] = mapped_column(default=0)
    sort_key: Mapped[str] = sort_key("title")

    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)
    deal: Mapped[Deal | None] = relationship()
    current: Mapped["DocumentVersion | None"] = relationship(
        primaryjoin=lambda: and_(
            foreign(DocumentVersion.document_id) == Document.id, DocumentVersion.number == Document.versions
        ),
        viewonly=True,
        uselist=False,
    )


class DocumentVersion(Audited, HasId, Base):
    __tablename__ = "document_versions"
    __table_args__ = (UniqueConstraint("document_id", "number"),)
    audit_parent = "document_id"

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    number: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    author: Mapped[User | None] = relationship()


class DocumentContent(Base):
    __tablename__ = "document_contents"

    version_id: Mapped[int] = mapped_column(ForeignKey("document_versions.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Download:
    """A version to hand out; `content_type` is the uploader's word, so it goes out as an attachment."""

    file_name: str
    content_type: str
    size: int
    sha256: str
    content: bytes


FIELDS = {
    "title": Field(inputs.name, required=True),
    "kind": Field(inputs.choice(KINDS), nullable=False),
    "deal_id": Field(inputs.record(Deal)),
    "account_id": Field(inputs.record(Account)),
    "owner_id": Field(inputs.record(User), nullable=False),
}


@use_case("records.read")
def list_documents(
    ctx: Context,
    page: Page,
    *,
    q: str | None = None,
    deal_id: int | None = None,
    account_id: int | None = None,
    owner_id: int | None = None,
    kind: str | None = None,
    approval: str | None = None,
    sort: str | None = None,
) -> Slice[Document]:
    """With their newest versions, without a byte of the content."""
    equal = {
        Document.deal_id: deal_id,
        Document.account_id: account_id,
        Document.owner_id: owner_id,
        Document.kind: kind,
        Document.approval: approval,
    }
    wanted = [access.visible(ctx, Document), *(c == value for c, value in equal.items() if value is not None)]
    if q:
        wanted.append(listing.has_text(q, Document.title))
    query = select(Document).where(*wanted).options(joinedload(Document.current), joinedload(Document.owner))
    return listing.paged(ctx.session, query, page, Document, listing.chosen(sort or "-id", SORTS))


@use_case("records.read")
def get_document(ctx: Context, document_id: int) -> Document:
    return access.get_visible(ctx, Document, document_id)


@use_case("records.write")
def create_document(
    ctx: Context,
    values: Mapping[str, Any],
    *,
    file_name: str | None,
    content: bytes,
    content_type: str | None = None,
) -> Document:
    """A document with its first version; titled like the file unless the values say otherwise."""
    file = files.take(file_name, content, content_type)
    clean = inputs.read(ctx, {"title": file.name, "kind": "other", **_given(values)}, FIELDS)
    deal = ctx.session.get(Deal, clean["deal_id"]) if clean.get("deal_id") else None
    if deal is not None:
        clean = {**clean, "account_id": clean.get("account_id") or deal.account_id}
    users.settle_owner(ctx, clean)
    document = Document(**clean)
    ctx.session.add(document)
    ctx.session.flush()
    _add(ctx, document, file)
    return document


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without empty title and kind, which a multipart form sends for what was left out."""
    return {key: value for key, value in values.items() if key not in ("title", "kind") or value not in (None, "")}


@use_case("records.write")
def update_document(ctx: Context, document_id: int, values: Mapping[str, Any]) -> Document:
    document = access.get_for_change(ctx, Document, document_id)
    inputs.check_version(document, values)
    clean = inputs.read(ctx, values, FIELDS, partial=True, read_only=("id", "approval", "versions"))
    users.settle_owner(ctx, clean, document)
    change(document, clean)
    ctx.session.flush()
    return document


@use_case("records.write")
def delete_document(ctx: Context, document_id: int) -> None:
    """With all its versions; one that is being approved or was approved stays."""
    document = access.get_for_change(ctx, Document, document_id)
    if document.approval in (ON_APPROVAL, APPROVED):
        raise Conflict("document_in_use", N_("The document is being approved, or was. It stays with the deal."))
    ctx.session.delete(document)
    ctx.session.flush()


@use_case("records.read")
def list_versions(ctx: Context, document_id: int, page: Page) -> Slice[DocumentVersion]:
    """Newest first."""
    access.get_visible(ctx, Document, document_id)
    query = select(DocumentVersion).where(DocumentVersion.document_id == document_id)
    return listing.paged(ctx.session, query.options(joinedload(DocumentVersion.author)), page, DocumentVersion)


@use_case("records.write")
def add_version(
    ctx: Context, document_id: int, *, file_name: str | None, content: bytes, content_type: str | None = None
) -> DocumentVersion:
    """The newest version from now on. What was said of the one before does not hold for it: it is a draft."""
    document = access.get_for_change(ctx, Document, document_id)
    version = _add(ctx, document, files.take(file_name, content, content_type))
    if document.approval != ON_APPROVAL:
        document.approval = DRAFT
    ctx.session.flush()
    return version


@use_case("records.read")
def get_content(ctx: Context, document_id: int, number: int | None = None) -> Download:
    """The bytes of a version, of the newest unless said."""
    document = access.get_visible(ctx, Document, document_id)
    query = (
        select(DocumentVersion, DocumentContent.content)
        .join(DocumentContent, DocumentContent.version_id == DocumentVersion.id)
        .where(DocumentVersion.document_id == document.id)
        .where(DocumentVersion.number == (document.versions if number is None else number))
    )
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        raise NotFound()
    version, content = found
    return Download(version.file_name, version.content_type, version.size, version.sha256, content)


def newest_of(ctx: Context, deal_id: int, kind: str) -> Document | None:
    """The document of that kind which came last to the deal, whoever asks."""
    query = select(Document).where(Document.deal_id == deal_id, Document.kind == kind)
    return ctx.session.scalars(query.order_by(Document.id.desc()).limit(1)).one_or_none()


def set_approval(ctx: Context, document_id: int, approval: str) -> None:
    """What the approval process has come to, of `APPROVALS`; nothing where the document is gone."""
    document = ctx.session.get(Document, document_id)
    if document is not None:
        document.approval = approval
        ctx.session.flush()


def _add(ctx: Context, document: Document, file: File) -> DocumentVersion:
    version = DocumentVersion(
        document_id=document.id,
        number=document.versions + 1,
        file_name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        created_at=ctx.now(),
        created_by_id=ctx.actor.user_id,
    )
    ctx.session.add(version)
    ctx.session.flush()
    ctx.session.add(DocumentContent(version_id=version.id, content=file.content))
    document.versions = version.number
    ctx.session.flush()
    ctx.session.expire(document, ["current"])
    return version
