"""One blueprint a screen."""

from flask import Blueprint

from task_ui.screens import (
    accounts,
    activities,
    api_docs,
    consents,
    contacts,
    deal_parts,
    deals,
    decision_drawing,
    decisions,
    definitions,
    documents,
    form_drawing,
    home,
    imports,
    incidents,
    instances,
    knowledge,
    leads,
    letter_links,
    migrations,
    modelling,
    moving,
    notes,
    notifications,
    operating,
    picking,
    pipeline,
    publishing,
    rehearsing,
    sales,
    scenarios,
    search,
    settings,
    sign_in,
    stages,
    task_actions,
    tasks,
    uploads,
)

SCREENS = (
    home, sign_in, tasks, task_actions, accounts, contacts, leads, consents, deals, deal_parts, stages, pipeline,
    activities, notes, documents, knowledge, imports, search, notifications, settings, instances, operating, moving,
    incidents, uploads, modelling, form_drawing, rehearsing, definitions, decisions, decision_drawing, migrations,
    sales, picking, api_docs, scenarios, publishing,
    letter_links,
)  # fmt: skip
BLUEPRINTS: tuple[Blueprint, ...] = tuple(screen.blueprint for screen in SCREENS)
