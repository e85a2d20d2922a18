"""The letter of a campaign: chosen, looked at, tried, sent, paused, stopped."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from crm_model import campaign_results, letter_templates, mailings, segments
from kernel.i18n import N_
from kernel.paging import MAXIMUM_LIMIT, Page
from kernel.permissions import may
from processes import mailings as mailing_work
from task_ui import forms
from task_ui.forms import Input
from task_ui.web import View, _, act, attempt, ctx, plural

blueprint = Blueprint("mailings", __name__, url_prefix="/campaigns")


def inputs() -> tuple[Input, ...]:
    found, written = (
        segments.list_segments(ctx(), Page(MAXIMUM_LIMIT)),
        letter_templates.list_templates(ctx(), Page(MAXIMUM_LIMIT), active=True),
    )
    return (
        Input("segment_id", N_("Segment"), "select", options=tuple((str(one.id), one.name) for one in found.items)),
        Input("template_id", N_("Letter"), "select", options=tuple((str(one.id), one.name) for one in written.items)),
        Input("sender_id", N_("From whom"), "user"),
        Input("starts_at", N_("Not before"), "datetime"),
        Input("working_hours", N_("Only in the working hours of whoever gets it"), "boolean", wide=True),
    )


def shown(
    campaign_id: int, typed: Mapping[str, Any] | None = None, errors: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    """What the tab of the letter shows, with what was typed where that could not be kept."""
    context = ctx()
    mailing = mailings.get_mailing(context, campaign_id)
    asked = inputs()
    values: dict[str, Any] = {
        "mailing": mailing,
        "mailing_inputs": asked,
        "mailing_values": typed
        or {**forms.filled(mailing, asked), "sender_id": mailing.sender_id or context.actor.user_id},
        "audience": mailings.audience_of(context, campaign_id),
        "letter_counts": mailing_work.letters_by_status(context, campaign_id),
        "clicks": campaign_results.clicks_of(context, campaign_id),
        "errors": errors or {},
        "letter": None,
    }
    if not errors and mailing.state in (mailings.DRAFT, mailings.PAUSED) and may(context, "campaigns.write"):
        values["letter"], wrong = attempt(lambda: mailing_work.preview_letter(context, campaign_id))
        values["errors"] = wrong
    return values


@blueprint.post("/<int:campaign_id>/mailing/test")
def test(campaign_id: int) -> View:
    def told(letter: Any) -> str:
        return _("The letter is on its way to %(address)s.", address=letter.to_address)

    return act(f"/campaigns/{campaign_id}", lambda: mailing_work.send_test(ctx(), campaign_id), told)


@blueprint.post("/<int:campaign_id>/mailing/start")
def start(campaign_id: int) -> View:
    def told(mailing: Any) -> str:
        left = mailing.total - mailing.done
        return plural("The letter goes to %(count)d person.", "The letter goes to %(count)d people.", left)

    return act(f"/campaigns/{campaign_id}", lambda: mailing_work.start_mailing(ctx(), campaign_id), told)


@blueprint.post("/<int:campaign_id>/mailing/pause")
def pause(campaign_id: int) -> View:
    done = _("Paused: nothing more leaves.")
    return act(f"/campaigns/{campaign_id}", lambda: mailing_work.pause_mailing(ctx(), campaign_id), done)


@blueprint.post("/<int:campaign_id>/mailing/stop")
def stop(campaign_id: int) -> View:
    done = _("Stopped for good.")
    return act(f"/campaigns/{campaign_id}", lambda: mailing_work.stop_mailing(ctx(), campaign_id), done)
