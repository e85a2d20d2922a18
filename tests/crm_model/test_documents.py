"""Documents: versions, contents, approval, and who may read them."""

from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from crm_model import access, documents
from crm_model.documents import Document, DocumentContent
from kernel.context import Context
from kernel.errors import Conflict, NotFound, ValidationFailed
from tests.crm_model.sales import PAGE, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def upload(ctx: Context, content: bytes = b"first", **values: Any) -> Document:
    return documents.create_document(ctx, values, file_name="offer.pdf", content=content)


def test_a_document_is_titled_like_its_file_and_knows_its_deals_account(sales: Sales) -> None:
    account = sales.account()
    deal = sales.deal(account_id=account.id)
    made = upload(sales.manager, deal_id=str(deal.id), title="", kind="")
    assert (made.title, made.kind, made.approval, made.versions) == ("offer.pdf", "other", "draft", 1)
    assert (made.deal_id, made.account_id, made.owner_id) == (deal.id, account.id, sales.manager_user.id)
    assert made.current is not None
    assert (made.current.number, made.current.size, made.current.file_name) == (1, 5, "offer.pdf")


@pytest.mark.parametrize(
    ("values", "field"),
    [({"kind": "poem"}, "kind"), ({"deal_id": 10**9}, "deal_id"), ({"approval": "approved"}, "approval")],
)
def test_what_is_wrong_is_told_at_its_field(sales: Sales, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationFailed) as error:
        upload(sales.manager, **values)
    assert set(error.value.fields) == {field}


def test_every_upload_is_a_version_and_the_newest_is_handed_out(sales: Sales) -> None:
    made, noise = upload(sales.manager, deal_id=sales.deal().id), upload(sales.manager, b"noise")
    documents.add_version(sales.head, made.id, file_name="offer v2.docx", content=b"second")
    newest = documents.get_content(sales.manager, made.id)
    assert (newest.content, newest.file_name) == (b"second", "offer v2.docx")
    assert documents.get_content(sales.manager, made.id, 1).content == b"first"
    assert documents.get_content(sales.manager, noise.id).content == b"noise"
    versions = documents.list_versions(sales.manager, made.id, PAGE).items
    assert [(v.number, v.author) for v in versions] == [(2, sales.head_user), (1, sales.manager_user)]
    assert made.current is versions[0]
    with pytest.raises(NotFound):
        documents.get_content(sales.manager, made.id, 3)


def test_a_new_version_has_not_been_approved(sales: Sales) -> None:
    made = upload(sales.manager)
    documents.set_approval(sales.manager, made.id, "approved")
    documents.add_version(sales.manager, made.id, file_name="b.pdf", content=b"b")
    assert made.approval == "draft"
    documents.set_approval(sales.manager, made.id, "on_approval")
    documents.add_version(sales.manager, made.id, file_name="c.pdf", content=b"c")
    assert made.approval == "on_approval"
    documents.set_approval(sales.manager, 10**9, "approved")


def test_lists_show_the_newest_version_without_its_bytes(sales: Sales) -> None:
    made = upload(sales.manager, deal_id=sales.deal().id, kind="proposal", title="Offer 5%")
    upload(sales.manager, title="Offer 55")
    sales.session.expire_all()
    for asked in ({"kind": "proposal"}, {"deal_id": made.deal_id}, {"q": "offer 5%"}):
        (found,) = documents.list_documents(sales.manager, PAGE, **asked).items
        assert found is made
    assert "current" not in inspect(made).unloaded
    assert not any(isinstance(row, DocumentContent) for row in sales.session.identity_map.values())


def test_the_newest_document_of_a_kind_is_the_one_to_approve(sales: Sales) -> None:
    deal = sales.deal()
    upload(sales.manager, deal_id=deal.id, kind="proposal")
    newest = upload(sales.manager, deal_id=deal.id, kind="proposal")
    upload(sales.manager, deal_id=deal.id, kind="contract")
    assert documents.newest_of(sales.manager, deal.id, "proposal") is newest
    assert documents.newest_of(sales.manager, deal.id, "calculation") is None


def test_a_deleted_document_takes_its_bytes_along_and_an_approved_one_stays(sales: Sales) -> None:
    draft, approved = upload(sales.manager), upload(sales.manager)
    documents.set_approval(sales.manager, approved.id, "approved")
    documents.delete_document(sales.manager, draft.id)
    with pytest.raises(Conflict):
        documents.delete_document(sales.manager, approved.id)
    kept = sales.session.scalars(select(DocumentContent.content)).all()
    assert len(kept) == 1


def test_a_document_is_read_by_whoever_sees_its_deal(sales: Sales) -> None:
    deal = sales.deal()
    made = upload(sales.manager, deal_id=deal.id)
    for ctx in (sales.manager, sales.head, sales.supervisor):
        assert documents.get_content(ctx, made.id).content == b"first"
    with pytest.raises(NotFound):
        documents.get_content(sales.stranger, made.id)
    access.grant_deal(sales.manager, deal.id, sales.stranger_user.id, "task:1")
    assert documents.get_content(sales.stranger, made.id).content == b"first"
    with pytest.raises(NotFound):
        documents.get_document(sales.colleague, made.id)
