"""Scoring: a hundred thousand leads with their clients and touches, counted anew after a rule was changed."""

from __future__ import annotations

import time

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from benchmarks.report import Gate, Row, Section
from benchmarks.site import Site
from crm_model import touches
from crm_model.leads import Lead
from crm_model.scoring import shipped
from crm_model.scoring.entities import ScoreCard, ScoreEntry
from engine import jobs
from kernel.context import SYSTEM, Context, system_clock
from processes import scoring
from processes.engine_room import PORTS

LEADS = 100_000
MOST_SECONDS = 60
CLIENTS = """
INSERT INTO accounts (name, type, journey_stage, industry, region, employees, phones, emails, phone_keys, email_keys,
                      bank_details, profile)
SELECT 'Company ' || n, 'prospect', 'acquaintance', 'Industry ' || n % 20, 'Region ' || n % 80, n % 1000,
       '[]', '[]', '{}', '{}', '{}', '{}' FROM generate_series(1, :accounts) n;
INSERT INTO contacts (name, account_id, role, is_decision_maker, messengers, journey_stage, consent, opted_out, phones,
                      emails, phone_keys, email_keys)
SELECT 'Person ' || id, id, (ARRAY['decision_maker', 'user', 'lawyer'])[id % 3 + 1], false, '{}', 'acquaintance', true,
       false, '[]', '[]', '{}', '{}' FROM accounts;
INSERT INTO leads (name, company, phone, email, need, request, source, consent, opted_out, status, account_id,
                   contact_id, created_at)
SELECT 'Lead ' || n, 'Company ' || n % :accounts, '+7 916 ' || n, n || '@example.com', 'Lathes',
       (ARRAY['none', 'webinar', 'download', 'meeting'])[n % 4 + 1], (ARRAY['web_form', 'phone', 'email'])[n % 3 + 1],
       true, false, 'mql', c.account_id, c.id, now() - make_interval(days => n % 300)
  FROM generate_series(1, :leads) n
  LEFT JOIN contacts c ON c.id = (SELECT min(id) FROM contacts) + n % :accounts AND n % 2 = 0;
INSERT INTO touches (kind, at, lead_id, contact_id, detail)
SELECT (ARRAY['letter_sent', 'letter_opened', 'letter_clicked', 'form', 'event_attended'])[(l.id + n) % 5 + 1],
       now() - make_interval(days => (l.id * n % 200)::int), l.id, l.contact_id, '{}'
  FROM leads l, generate_series(1, 5) n;
INSERT INTO deals (title, account_id, stage, stage_entered_at, status, closed_at, currency, probability,
                   probability_is_manual)
SELECT 'Deal ' || id, id, 'needs', now() - interval '100 days', CASE WHEN id % 2 = 0 THEN 'won' ELSE 'open' END,
       CASE WHEN id % 2 = 0 THEN now() - interval '90 days' END, 'RUB', 10, false FROM accounts WHERE id % 3 = 0
"""


def run(site: Site) -> Section:
    number = site.many(LEADS)
    with site.database.transaction() as session:
        card_id = _fill(session, number)
    site.settle()
    first = _counted(site, card_id)
    rule = {"kind": "touch", "condition": {"kinds": ["event_attended"], "within_days": 90}, "points": 10}
    with site.database.transaction() as session:
        scoring.create_rule(Context(session, SYSTEM), card_id, rule)
    again = _work(site)
    with site.database.transaction() as session:
        alone = _one_touch(Context(session, SYSTEM))
        entries = session.scalar(select(func.count()).select_from(ScoreEntry))
    note = f"{number} leads, {number * 5} touches, {len(shipped.RULES) + 1} rules, {entries} points in the ledger."
    gate = Gate(MOST_SECONDS, "s")
    return Section(
        "Scoring",
        (
            Row("All leads counted for the first time", f"{first:.1f} s", first, gate),
            Row("All leads counted anew after a rule was added", f"{again:.1f} s", again, gate),
            Row("One touch recorded and its lead counted", f"{alone * 1000:.1f} ms"),
        ),
        note,
    )


def _fill(session: Session, number: int) -> int:
    for statement in CLIENTS.split(";"):
        session.execute(text(statement), {"leads": number, "accounts": max(1, number // 5)})
    shipped.make_default_card(Context(session, SYSTEM))
    return session.scalars(select(ScoreCard.id)).one()


def _counted(site: Site, card_id: int) -> float:
    with site.database.transaction() as session:
        scoring.rescore_card(Context(session, SYSTEM), card_id)
    return _work(site)


def _work(site: Site) -> float:
    """Seconds until the worker's own loop has nothing left to do."""
    begun = time.perf_counter()
    while jobs.run_batch(site.database, PORTS, system_clock, "benchmark"):
        pass
    return time.perf_counter() - begun


def _one_touch(context: Context) -> float:
    lead_id = context.session.scalars(select(Lead.id).limit(1)).one()
    begun = time.perf_counter()
    touches.note(context, touches.LETTER_CLICKED, lead_id=lead_id)
    context.session.commit()
    return time.perf_counter() - begun
