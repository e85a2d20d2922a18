"""Takes a person's data out of their records and of everything that hangs on them; what the law keeps is told."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from crm_model import letters
from crm_model.audit import AuditEntry
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.documents import Document, DocumentContent, DocumentVersion
from crm_model.imports.tables import Import, ImportRow
from crm_model.inbound_letters import InboundAttachment, InboundLetter
from crm_model.leads import DISQUALIFIED, HANDED_OFF, Lead
from crm_model.letters import Letter
from crm_model.merging import referring
from crm_model.merging.pairs import DuplicateKey
from crm_model.merging.tables import FINAL, MODELS, MergeBatch
from crm_model.participants import DealParticipant
from crm_model.personal.identity import Person
from crm_model.personal.sweeping import MARK
from kernel.context import Context
from kernel.db import Base
from kernel.i18n import DEFAULT_LANGUAGE, N_, translate

NAMELESS = N_("Erased person %(id)s")
KEPT_YEARS = 5
BLANKS: dict[str, dict[str, Any]] = {
    "activities": {"subject": MARK, "description": None, "result_note": None},
    "calls": {"number": MARK, "recording_url": None},
    "campaign_members": {},
    "consents": {"proof": {}, "withdrawn_reason": None},
    "deal_participants": {"motives": None},
    "deals": {},
    "inbound_letters": {
        "from_name": None, "from_address": MARK, "subject": MARK, "text": MARK, "phone": None, "trouble": None,
    },
    "lead_status_changes": {"reason": None},
    "leads": {},
    "letters": {
        "to_address": MARK, "address_key": MARK, "to_name": None, "subject": MARK, "html": MARK, "text": MARK,
        "reply_to": None, "error": None,
    },
    "notes": {"text": MARK},
    "score_entries": {"cause_text": None},
    "touches": {"detail": {}},
    "web_form_entries": {"address": None, "page": None, "referrer": None, "utm": {}, "consent_text": None},
}  # fmt: skip
"""What becomes of rows that refer to the person, by table; where they are about a deal too, only by search."""
OF_DEALS = frozenset({"activities", "notes"})
CONTACT: dict[str, Any] = {
    "job_title": None, "messengers": {}, "birthday": None, "description": None, "phones": [], "emails": [],
    "phone_keys": [], "email_keys": [], "preferred_channel": None, "time_zone": None, "language": None, "consent": False,
    "opted_out": True,
}  # fmt: skip
LEAD: dict[str, Any] = {
    "company": None, "phone": None, "email": None, "phone_key": None, "email_key": None, "need": None,
    "disqualify_note": None, "consent": False, "opted_out": True,
}  # fmt: skip


def hanging(person: Person) -> dict[str, tuple[Table, ColumnElement[bool]]]:
    """Rows that refer to the person and are theirs alone, by table."""
    found: dict[str, list[ColumnElement[bool]]] = {}
    for kind, ids in person.ids.items():
        for column in referring.columns_to(MODELS[kind]):
            found.setdefault(column.table.name, []).append(column.in_(ids))
    theirs = {name: (Base.metadata.tables[name], or_(*ways)) for name, ways in found.items()}
    return {
        name: (table, and_(which, table.c.deal_id.is_(None)) if name in OF_DEALS else which)
        for name, (table, which) in theirs.items()
    }


def count(session: Session, person: Person) -> dict[str, int]:
    """How many rows of which table an erasure blanks."""
    counts = {
        name: session.scalar(select(func.count()).select_from(table).where(which)) or 0
        for name, (table, which) in hanging(person).items()
        if BLANKS.get(name)
    }
    counts |= {"contacts": len(person.contacts), "leads": len(person.leads)}
    counts["documents"] = len(_free_documents(session, person))
    return {name: number for name, number in sorted(counts.items()) if number}


def kept(session: Session, person: Person, today: date) -> list[dict[str, Any]]:
    """Deals with the person, their documents, and until when the law or the work keeps them."""
    found = []
    for deal in deals_of(session, person):
        until = None
        if deal.status == "won" and deal.closed_at is not None:
            until = deal.closed_at.date() + timedelta(days=365 * KEPT_YEARS + 1)
        why = "deal_open" if deal.status == "open" else "deal_won" if until and until > today else "deal_closed"
        documents = session.scalar(select(func.count()).where(Document.deal_id == deal.id)) or 0
        found.append(
            {"type": "deal", "id": deal.id, "why": why, "until": until.isoformat() if until else None,
             "documents": 0 if why == "deal_closed" else documents}
        )  # fmt: skip
    return found


def erase(ctx: Context, person: Person, erasure_id: int) -> dict[str, int]:
    """Blanks the records and what hangs on them, for good; rows by table. What is said of them elsewhere is left to the
    search through all texts."""
    session = ctx.session
    counts = count(session, person)
    documents = _free_documents(session, person)
    theirs = select(InboundLetter.id).where(
        InboundLetter.lead_id.in_(person.ids["lead"]) | InboundLetter.contact_id.in_(person.ids["contact"])
    )
    files = update(InboundAttachment).where(InboundAttachment.letter_id.in_(theirs))
    session.execute(files.values(content=b"", size=0, file_name=MARK))
    letters.call_off(ctx, Letter.lead_id.in_(person.ids["lead"]) | Letter.contact_id.in_(person.ids["contact"]))
    for name, (table, which) in hanging(person).items():
        if BLANKS.get(name):
            session.execute(update(table).where(which).values(BLANKS[name]))
    versions = select(DocumentVersion.id).where(DocumentVersion.document_id.in_(documents))
    session.execute(update(DocumentContent).where(DocumentContent.version_id.in_(versions)).values(content=b""))
    session.execute(update(Document).where(Document.id.in_(documents)).values(title=MARK))
    session.execute(
        update(DocumentVersion)
        .where(DocumentVersion.document_id.in_(documents))
        .values(file_name=MARK, size=0, sha256="")
    )
    for contact in person.contacts:
        _blank(session, Contact, contact.id, CONTACT)
    for lead in person.leads:
        closed = {} if lead.status == HANDED_OFF else {"status": DISQUALIFIED, "disqualify_reason": "other"}
        _blank(session, Lead, lead.id, {**LEAD, **closed})
    counts |= _erase_traces(ctx, person, erasure_id)
    session.expire_all()
    return {name: number for name, number in counts.items() if number}


def _blank(session: Session, model: type[Any], number: int, values: dict[str, Any]) -> None:
    """Past the session, so that no record of changes keeps what was there."""
    name = translate(NAMELESS, DEFAULT_LANGUAGE, id=number)
    session.execute(
        update(model)
        .where(model.id == number)
        .values(name=name, **values, version=model.version + 1)
        .execution_options(synchronize_session=False)
    )


def _erase_traces(ctx: Context, person: Person, erasure_id: int) -> dict[str, int]:
    """What was once written down of the records: changes, merges, rows of imports, keys of a search."""
    counts: dict[str, int] = {}

    def note(name: str, query: Any) -> None:
        counts[name] = counts.get(name, 0) + ctx.session.execute(query).rowcount  # type: ignore[attr-defined]

    for kind, ids in person.ids.items():
        audit = AuditEntry.record_type == kind, AuditEntry.record_id.in_(ids)
        note("audit_entries", update(AuditEntry).where(*audit).values(changes={}))
        merges = MergeBatch.kind == kind, MergeBatch.survivor_id.in_(ids) | MergeBatch.loser_id.in_(ids)
        emptied: dict[str, Any] = {"state": FINAL, "loser": {}, "was": {}, "became": {}, "removed": {}}
        note("merge_batches", update(MergeBatch).where(*merges).values(emptied))
        of_kind = select(Import.id).where(Import.kind == f"{kind}s")
        rows = ImportRow.import_id.in_(of_kind), ImportRow.record_id.in_(ids)
        note(
            "import_rows",
            update(ImportRow).where(*rows).values(cells=[], values=None, before=None, keys=[], errors=None),
        )
        note("duplicate_keys", delete(DuplicateKey).where(DuplicateKey.kind == kind, DuplicateKey.record_id.in_(ids)))
        for number in ids:
            entry = AuditEntry(
                entity=kind, entity_id=number, record_type=kind, record_id=number, at=ctx.now(), action="update",
                actor_id=ctx.actor.user_id, changes={}, cause={"erasure_id": erasure_id},
            )  # fmt: skip
            ctx.session.add(entry)
    ctx.session.flush()
    return counts


def deals_of(session: Session, person: Person) -> list[Deal]:
    """Deals that the person had a part in."""
    contacts, leads = person.ids["contact"], person.ids["lead"]
    part = select(DealParticipant.deal_id).where(DealParticipant.contact_id.in_(contacts))
    ways = or_(Deal.contact_id.in_(contacts), Deal.lead_id.in_(leads), Deal.id.in_(part))
    return list(session.scalars(select(Deal).where(ways).order_by(Deal.id)))


def _free_documents(session: Session, person: Person) -> list[int]:
    """Documents of deals that came to nothing, made for this person: no law keeps them."""
    contacts, leads = person.ids["contact"], person.ids["lead"]
    lost = select(Deal.id).where(
        or_(Deal.contact_id.in_(contacts), Deal.lead_id.in_(leads)), Deal.status.in_(("lost", "rerouted"))
    )
    return list(session.scalars(select(Document.id).where(Document.deal_id.in_(lost))))
