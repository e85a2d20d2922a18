"""The JSON interface: one blueprint a resource, and the guards that every request passes.

A record needs a schema of its answer and one call: `resource(blueprint("gadgets", "…"), "/gadgets", answer=GadgetAnswer,
body=body_of("GadgetBody", GadgetAnswer, gadgets.FIELDS), list_=gadgets.list_gadgets, …)`; then its blueprint is added
to `BLUEPRINTS`, and the table of rights in the tests asks for a row.
"""

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api

from api import gate, repeating
from api.resources import (
    around,
    auth,
    campaigns,
    clients,
    company,
    connections,
    consents,
    deals,
    decisions,
    definitions,
    documentation,
    external_tasks,
    health,
    imports,
    instances,
    leads,
    letters,
    mailings,
    merging,
    migrations,
    personal_data,
    reports,
    scenarios,
    scoring,
    segments,
    tasks,
    telephony,
    timeline,
    web_forms,
    work,
)
from api.schemas import IdConverter

BLUEPRINTS = (
    health.bp,
    documentation.bp,
    auth.bp,
    auth.tokens,
    company.users_blueprint,
    company.absences_blueprint,
    company.calendars_blueprint,
    company.teams_blueprint,
    company.lines_blueprint,
    company.products_blueprint,
    clients.accounts_blueprint,
    clients.contacts_blueprint,
    clients.leads_blueprint,
    leads.bp,
    consents.bp,
    web_forms.bp,
    telephony.bp,
    connections.bp,
    letters.bp,
    letters.templates_blueprint,
    letters.suppressions_blueprint,
    campaigns.bp,
    merging.bp,
    segments.bp,
    mailings.bp,
    reports.bp,
    personal_data.bp,
    imports.bp,
    scoring.bp,
    deals.bp,
    timeline.bp,
    work.activities_blueprint,
    work.notes_blueprint,
    work.documents_blueprint,
    work.articles_blueprint,
    tasks.bp,
    instances.bp,
    instances.incidents_blueprint,
    definitions.bp,
    scenarios.bp,
    decisions.bp,
    external_tasks.bp,
    migrations.bp,
    definitions.operations_blueprint,
    definitions.messages_blueprint,
    around.search_blueprint,
    around.notifications_blueprint,
    around.audit_blueprint,
)


class OurApi(Api):
    """flask-smorest without its own error answers: ours have one shape everywhere."""

    def _register_error_handlers(self) -> None:
        pass


def register(app: Flask) -> None:
    """Adds every resource. The application provides `g.context` (or None for a visitor) before each request."""
    app.config.update(API_TITLE="Procession", API_VERSION="v1", OPENAPI_VERSION="3.1.0", ETAG_DISABLED=True)
    app.url_map.converters["id"] = IdConverter
    gate.prepare(app)
    repeating.prepare(app)
    names = MarshmallowPlugin(schema_name_resolver=documentation.name_of)
    made: Any = OurApi(app, spec_kwargs={"marshmallow_plugin": names})
    app.extensions["api"] = made
    documentation.declare(made)
    for blueprint in BLUEPRINTS:
        made.register_blueprint(blueprint)
