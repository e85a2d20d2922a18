"""A sale planned from the first call to where it is to stand: what will be answered, and how much time it takes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from server.demo import asides, values, words
from server.demo.sale import PRESENTATION, Sale
from server.demo.steps import Answer, Aside, Follow, Jump, Present, Start, Step

COMPETITOR_WON = "competitor_won"
LOST_FOR = (
    (COMPETITOR_WON, 30), ("price", 22), ("no_budget", 17), ("postponed", 14), ("no_decision", 10), ("no_need", 7),
)  # fmt: skip
NATURAL = {
    "needs": "presentation",
    "key_contacts": "proposal",
    "proposal": "proposal_presentation",
    "negotiation": "contracting",
    "contracting": "won",
}
"""Where a stage leads by itself; of the others it depends on an answer."""

Act = Callable[[Sale], None]


class Planner:
    """Writes the steps of one sale, drawing what chance decides from its own stream."""

    def __init__(self, random: Random, *, is_large: bool, is_led: bool, approvers: int) -> None:
        """`approvers` is how many look at a document; `is_led` whether the business line has a head."""
        self.random = random
        self.is_large = is_large
        self.is_led = is_led
        self.approvers = approvers
        self.steps: list[Step] = []
        self.waits_for = ""
        self.has_items = False
        self.has_competitors = False

    # Words of the plan

    def answer(self, element: str, result: str | None = None, *, wait: tuple[float, float], **given: Any) -> None:
        self.steps.append(Answer(self.random.uniform(*wait), element, result, given))

    def aside(self, act: Act, *, chance: float = 1.0, wait: tuple[float, float] = (0.1, 2)) -> None:
        if self.random.random() < chance:
            self.steps.append(Aside(self.random.uniform(*wait), act))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    # The whole

    def start(self, *, by_hand_at: str | None = None) -> None:
        self.steps.append(Start(0, by_hand_at))
        if by_hand_at is not None:
            self.aside(asides.describe, wait=(0.05, 0.2))

    def interest(self, *, line: bool = False, enter: str | None = None) -> None:
        """The first calls, the agreed meeting, the new deal."""
        self._calls(0.35)
        self.answer("call_interest", "interested", wait=(1, 6))
        self.answer("meeting_date", wait=(0.05, 0.3), meeting_at=values.appointment(PRESENTATION))
        given: dict[str, Any] = {"continue_as": "same"}
        if line:
            given = {"continue_as": "line", "business_line_id": values.line}
        if enter is not None:
            given["next_stage"] = enter
        self.answer(
            "new_deal",
            wait=(0.1, 0.5),
            account_id=values.account,
            title=values.title,
            amount=values.rough_amount,
            **given,
        )
        self.aside(asides.describe, wait=(0.1, 0.6))

    def no_interest(self) -> None:
        self._calls(0.5)
        self.answer("call_interest", "no_interest", wait=(1, 8), reason=values.one_of(words.NO_INTEREST))

    def _calls(self, chance: float) -> None:
        while self.chance(chance):
            if self.chance(0.5):
                self.answer("call_interest", "no_answer", wait=(1, 6))
            else:
                self.answer("call_interest", "call_back", wait=(1, 6), call_at=values.appointment("call_interest"))

    def stop_at_approval(self, withdraw: Act, give_back: Act) -> None:
        """The proposal is sent while the approval process is out of use: an incident keeps the sale there."""
        self.answer("calculation_needed", "no", wait=(1, 6))
        self.aside(asides.upload("proposal"), wait=(3, 14))
        self.waits_for = "prepare_proposal"
        sent = {"approver_ids": values.approvers, "mode": "sequence", "document_id": values.document("proposal")}
        self.aside(withdraw, wait=(1, 4))
        self.answer("prepare_proposal", "send_for_approval", wait=(0, 0), **sent)
        self.aside(give_back, wait=(0, 0))

    def potential(self, *, decline: bool = False) -> None:
        if decline:
            reason = self.random.choice(("declined_by_us", "no_budget"))
            self.answer("choose_owner", "decline", wait=(3, 14), close_reason=reason)
        elif self.is_led:
            self.answer("choose_owner", "continue", wait=(2, 10), owner_id=values.owner)

    def stage(self, stage: str, following: str) -> None:
        """All of a stage, left for the one that follows."""
        getattr(self, f"_{stage}")(following)

    def part_of(self, stage: str) -> None:
        """A stage begun and not finished: a place in it where somebody is to act."""
        before = len(self.steps)
        if stage == "interest":
            self.interest()
        elif stage == "potential":
            self.potential()
        else:
            self.stage(stage, NATURAL.get(stage, "proposal"))
        stops = [n for n in range(before, len(self.steps)) if isinstance(self.steps[n], Answer | Present)]
        stop = self.random.choice(stops)
        waiting = self.steps[stop]
        self.waits_for = waiting.element if isinstance(waiting, Answer) else PRESENTATION
        del self.steps[stop:]
        self._hurry()

    def _hurry(self) -> None:
        """What was done besides since the last answer took no time: the open task is as old as the last step."""
        for place in range(len(self.steps) - 1, -1, -1):
            step = self.steps[place]
            if not isinstance(step, Aside):
                return
            self.steps[place] = Aside(0.05, step.act)

    def lose(self, stage: str) -> None:
        """The client says no: in the last form of a stage, or at once, out of the middle of it."""
        reason = self.random.choices([code for code, _ in LOST_FOR], [weight for _, weight in LOST_FOR])[0]
        given: dict[str, Any] = {"close_reason": reason}
        if stage == "potential":
            return self.potential(decline=True)
        if reason == COMPETITOR_WON:
            given["winner_competitor_id"] = values.winner
            if not self.has_competitors:
                self.aside(asides.rival)
        if self.chance(0.55):
            self.stage(stage, "lost")
            self.answer("close_deal", wait=(0.1, 4), **given)
        else:
            self.part_of(stage)
            self.steps.append(Jump(self.random.uniform(4, 30), "lost", given))

    def reroute(self, stage: str, process: str) -> None:
        """The client is asked again in the other process, and declines."""
        self.stage(stage, "rerouted")
        self.answer("close_deal", wait=(0.1, 2), reroute_to=process)
        self.steps.append(Follow(0))
        self.no_interest()

    def win(self) -> None:
        self.aside(asides.welcome, wait=(0.2, 2))
        self.answer("review_won", wait=(1, 8), next_activities=values.next_activities)

    # Stages

    def _needs(self, following: str) -> None:
        self.answer("collect_information", wait=(3, 14))
        self.aside(asides.note("needs"), chance=0.5)
        while self.chance(0.25):
            self.answer("call_needs", "call_back", wait=(1, 8), call_at=values.appointment("call_needs"))
        self.answer(
            "call_needs", "completed", wait=(1, 10), presentation_at=values.appointment(PRESENTATION),
            **_leaving("needs", following),
        )  # fmt: skip

    def _presentation(self, following: str) -> None:
        given: dict[str, Any] = {"article_id": values.article, "questions": values.one_of(words.QUESTIONS)}
        if self.chance(0.5):
            given["competitors"] = values.competitors
            self.has_competitors = True
        self.answer("prepare_presentation", wait=(3, 12), attendee_ids=values.attendees, **given)
        self.aside(asides.note("presentation"), chance=0.25)
        self.steps.append(Present(self.random.uniform(4, 20)))
        others: dict[str, Any] = {"new_influential_contacts": following == "key_contacts"}
        if following not in ("key_contacts", "proposal"):
            others["next_stage"] = following
        self.answer(
            "presentation_results", wait=(0.3, 5), attendee_ids=values.attendees, product_ids=values.products,
            tactics=values.one_of(words.TACTICS), **others,
        )  # fmt: skip

    def _key_contacts(self, following: str) -> None:
        self.answer("enter_key_contacts", wait=(2, 14), participants=values.participants,
                    **_leaving("key_contacts", following))  # fmt: skip

    def _proposal(self, following: str) -> None:
        calculated = self.chance(0.65)
        self.answer("calculation_needed", "yes" if calculated else "no", wait=(1, 6))
        if not self.has_items:
            self.aside(asides.itemise, wait=(0.5, 5))
            self.has_items = True
        if calculated:
            self.aside(asides.upload("calculation"), chance=0.6)
            self.answer("prepare_calculation", wait=(4, 20))
        self.aside(asides.note("proposal"), chance=0.4)
        self.aside(asides.upload("proposal"), wait=(3, 14))
        self._with_approval(
            "prepare_proposal", "proposal", 0.6 if self.is_large else 0.3, **_leaving("proposal", following)
        )

    def _with_approval(self, element: str, kind: str, chance: float, **leaving: Any) -> None:
        if not self.chance(chance):
            self.answer(element, "completed", wait=(0.2, 4), **leaving)
            return
        mode = "parallel" if self.approvers > 1 and self.chance(0.4) else "sequence"
        sent = {"approver_ids": values.approvers, "mode": mode, "document_id": values.document(kind)}
        if self.chance(0.12):
            self.answer(element, "send_for_approval", wait=(0.2, 3), **sent, **leaving)
            self.answer("approve_document", "reject", wait=(1, 14), comment=values.one_of(words.REJECTED))
            self.aside(asides.revise)
            self.aside(asides.upload(kind), wait=(2, 8))
        self.answer(element, "send_for_approval", wait=(0.2, 3), **sent, **leaving)
        if self.chance(0.18):
            self.answer("approve_document", "rework", wait=(1, 12), comment=values.one_of(words.REWORK))
            self.aside(asides.upload(kind), wait=(2, 8))
            self.answer("rework_document", "completed", wait=(0.2, 2))
        for _ in range(self.approvers):
            self.answer("approve_document", "approve", wait=(1, 16), comment=values.one_of(words.APPROVED))

    def _proposal_presentation(self, following: str) -> None:
        self.answer("prepare_materials", "completed", wait=(2, 12))
        self.answer("agree_tactics", wait=(0.5, 6), tactics=values.one_of(words.TACTICS))
        if self.chance(0.2):
            self.answer(
                "present_proposal", "rescheduled", wait=(2, 12), present_at=values.appointment("present_proposal")
            )
            self.answer("prepare_materials", "completed", wait=(2, 12))
            self.answer("agree_tactics", wait=(0.5, 4), tactics=values.one_of(words.TACTICS))
        self.aside(asides.letter, chance=0.3)
        self.answer("present_proposal", "completed", wait=(3, 18))
        others = {} if following in ("contracting", "negotiation") else {"next_stage": following}
        agrees = following == "contracting"
        self.answer("client_reaction", "agrees" if agrees else "needs_time", wait=(1, 14), **others)

    def _negotiation(self, following: str) -> None:
        with_head = self.chance(0.45)
        self.has_competitors = True
        self.answer(
            "plan_negotiation", wait=(2, 10), tactics=values.one_of(words.TACTICS), competitors=values.competitors,
            discuss_with_head=with_head,
        )  # fmt: skip
        if with_head:
            self.answer("head_discussion", wait=(2, 10), outcome=values.one_of(words.DISCUSSIONS))
        self.aside(asides.note("negotiation"), chance=0.5)
        self.aside(asides.meeting, chance=0.3, wait=(3, 12))
        self.aside(asides.revise, chance=0.3)
        self.answer("agree_deal", "completed", wait=(4, 24), **_leaving("negotiation", following))

    def _contracting(self, following: str) -> None:
        self.answer("collect_contract_information", wait=(2, 12))
        self.aside(asides.upload("contract"), wait=(2, 10))
        self._with_approval("prepare_contract", "contract", 0.25)
        self.aside(asides.note("contracting"), chance=0.4)
        if self.chance(0.25):
            self.answer("sign_contract", "needs_additions", wait=(4, 20), comment=values.one_of(words.ADDITIONS))
            self.aside(asides.upload("contract"), wait=(1, 6))
            self.answer("prepare_contract", "completed", wait=(0.2, 3))
        if following == "lost":
            self.answer("sign_contract", "cancelled", wait=(6, 30))
        else:
            self.answer("sign_contract", "completed", wait=(6, 36), **_leaving("contracting", following))


def _leaving(stage: str, following: str) -> dict[str, Any]:
    """`next_stage` is said only where it is another than the natural one."""
    return {} if NATURAL[stage] == following else {"next_stage": following}
