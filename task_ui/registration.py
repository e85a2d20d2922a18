"""Puts the interface into a Flask application: templates, assets, language, safety headers, error pages, screens."""

from flask import Flask

from task_ui import assets, csrf, errors, flashes, gate, language, safety, shell, templating
from task_ui.screens import BLUEPRINTS


def register(app: Flask) -> None:
    """Adds every screen. The application provides `flask.g.context` (or None for a visitor) before each request."""
    templating.prepare(app)
    language.prepare(app)
    safety.prepare(app)
    gate.prepare(app, frozenset(blueprint.name for blueprint in BLUEPRINTS))
    csrf.prepare(app)
    flashes.prepare(app)
    shell.prepare(app)
    errors.prepare(app)
    app.register_blueprint(assets.blueprint)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
