"""Leads that come by form and API and refuse letters while web, worker and PostgreSQL are killed, and the reckoning."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from tests.proofs.kills import Reckoning, Site, finish, kill_one, site
from tests.server.test_serving import PATIENCE, Premises, eventually
from tests.support.mailbox import Mailbox, open_mailbox

FORM = {
    "key": "landing",
    "name": "Landing",
    "consent_text": {"en": "I agree to letters."},
    "fields": ["name", "email", "request", "consent"],
}
FEWEST = 4
"""Addresses that a visitor leaves, however soon the kills are over."""
WAITING, LEFT = ("queued", "sending"), ("sent", "unknown")


@dataclass
class Visitor:
    """Leaves one address after another, by form and by API in turn; every second one then refuses letters. `left` are the
    addresses whose leads were acknowledged, `refused` those whose refusals were, and when."""

    site: Site
    number: int
    left: dict[str, str] = field(default_factory=dict)
    refused: dict[str, datetime] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def run(self) -> None:
        try:
            while len(self.left) < FEWEST or not self.site.stopping.is_set():
                self.visit()
        except Exception as error:
            self.faults.append(f"visitor {self.number}: {type(error).__name__}: {error}")

    def visit(self) -> None:
        name = uuid.uuid4().hex
        address = f"{name}@lead.example"
        given = {"name": name, "email": address, "request": "webinar", "consent": True}
        way = "form" if len(self.left) % 3 == 0 else "API"
        self.site.surely("POST", "/web-forms/landing" if way == "form" else "/leads", given)
        self.left[address] = way
        if len(self.left) % 2:
            return
        lead = self.site.surely("GET", f"/leads?q={address}")["items"][0]["id"]
        self.site.surely("POST", "/messages", {"name": "lead.opted_out", "business_key": f"lead:{lead}"})
        self.refused[address] = datetime.now(UTC)


@contextmanager
def lead_site() -> Iterator[tuple[Site, Mailbox]]:
    with open_mailbox(Mailbox()) as mailbox:

        def make(place: Premises, server: Any, url: str) -> Site:
            post = {"PROCESSION_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}?from=sales@firm.example&rate=6000"}
            return Site(place, server, url, settings=post)

        with site(make) as made:
            made.surely("POST", "/web-forms", FORM)
            yield made, mailbox


def battle(site: Site, mailbox: Mailbox, kills: int, seed: int, *, visitors: int = 3) -> Reckoning:
    """Kills at random moments while visitors come, lets all letters leave, and counts everything."""
    choose = random.Random(seed)
    people = [Visitor(site, number) for number in range(visitors)]
    threads = [threading.Thread(target=visitor.run, daemon=True) for visitor in people]
    for thread in threads:
        thread.start()
    done: Counter[str] = Counter()
    for number in range(kills):
        time.sleep(choose.uniform(0.3, 1.5))
        done[kill_one(site, number, choose)] += 1
    site.stopping.set()
    for thread in threads:
        thread.join(2 * PATIENCE)
    faults = [fault for visitor in people for fault in visitor.faults]
    left = {address: way for visitor in people for address, way in visitor.left.items()}
    refused = {address: at for visitor in people for address, at in visitor.refused.items()}
    if not eventually(lambda: not _waiting(site)):
        faults.append(f"{_waiting(site)} letters never left")
    faults += [*_leads(site, left, refused), *_letters(site, mailbox, refused), *finish(site)]
    return Reckoning(done, len(left), len(refused), faults)


def _waiting(site: Site) -> int:
    """Letters still on their way; those whose sender is dead have waited long enough."""
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute("UPDATE letters SET tried_at = tried_at - interval '1 hour' WHERE status = 'sending'")
        found = connection.execute("SELECT count(*) FROM letters WHERE status = ANY(%s)", [list(WAITING)]).fetchone()
    return int(found[0]) if found else 0


def _leads(site: Site, left: dict[str, str], refused: dict[str, datetime]) -> list[str]:
    with psycopg.connect(site.url) as connection:
        rows = connection.execute(
            "SELECT l.email, l.opted_out, (SELECT count(*) FROM process_instance p WHERE p.definition_key ="
            " 'lead_qualification' AND coalesce(p.origin_key, p.business_key) = 'lead:' || l.id) FROM leads l"
        ).fetchall()
    made = Counter(email for email, _, _ in rows)
    faults = [
        f"the lead {address} by {way} was made {made[address]} times"
        for address, way in left.items()
        if made[address] != 1
    ]
    faults += [f"{email} came and nobody left it" for email in made.keys() - left.keys()]
    faults += [f"{email} has {begun} qualifications" for email, _, begun in rows if begun != 1]
    faults += [f"the refusal of {email} is lost" for email, opted_out, _ in rows if email in refused and not opted_out]
    return faults


def _letters(site: Site, mailbox: Mailbox, refused: dict[str, datetime]) -> list[str]:
    """What the mail server took, against what is written of it."""
    taken = Counter(str(message["Message-ID"]) for message in mailbox.taken)
    with psycopg.connect(site.url) as connection:
        rows = connection.execute("SELECT message_id, status, to_address, tried_at, purpose FROM letters").fetchall()
    known = {row[0]: row[1] for row in rows}
    faults = [f"{message} was taken {times} times" for message, times in taken.items() if times > 1]
    faults += [
        f"{message} was taken and is {known.get(message)}" for message in taken if known.get(message) not in LEFT
    ]
    faults += [
        f"{message} is said to be sent and never came"
        for message, status in known.items()
        if status == "sent" and not taken[message]
    ]
    faults += [
        f"{address} was written to after it refused"
        for _, status, address, tried_at, purpose in rows
        if purpose == "marketing" and address in refused and status in LEFT and tried_at > refused[address]
    ]
    return faults


def count_letters(site: Site) -> Counter[str]:
    """How many letters came to what."""
    with psycopg.connect(site.url) as connection:
        return Counter(dict(connection.execute("SELECT status, count(*) FROM letters GROUP BY 1").fetchall()))
