"""Moving running instances to another version of their process."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint
from api.resources.shapes import DefinitionRefAnswer
from api.schemas import Answer, Body, Flag, Number, PersonRef, Text, Time, Whole, path
from processes import migrations

bp = blueprint("migrations", "Migrations")


class StepAnswer(Answer):
    element_id = Text(required=True)
    element_name = Text(required=True)
    to_element_id = Text(required=True)
    to_element_name = Text(required=True)


class ObstacleAnswer(Answer):
    element_id = Text(required=True)
    element_name = Text(required=True)
    message = Text(required=True)


class MigrationItemAnswer(Answer):
    instance_id = Number(required=True)
    business_key = Text(required=True, allow_none=True)
    state = Text(required=True, validate=validate.OneOf(["waiting", "moved", "left"]))
    goes = fields.List(fields.Nested(StepAnswer), required=True)
    obstacles = fields.List(fields.Nested(ObstacleAnswer), required=True)


class MigrationAnswer(Answer):
    id = Whole(required=True, allow_none=True)
    state = Text(required=True, validate=validate.OneOf(["preview", "running", "done"]))
    from_definition = fields.Nested(DefinitionRefAnswer, required=True)
    to_definition = fields.Nested(DefinitionRefAnswer, required=True)
    mapping = fields.Dict(keys=fields.String(), values=Text(), required=True)
    reason = Text(required=True, allow_none=True)
    total = Whole(required=True)
    moved = Whole(required=True)
    left = Whole(required=True)
    created_at = Time(required=True)
    created_by = fields.Nested(PersonRef, required=True, allow_none=True)
    instances = fields.List(fields.Nested(MigrationItemAnswer), required=True)


class MigrationBody(Body):
    from_definition_id = Number(required=True)
    to_definition_id = Number(required=True)
    mapping = fields.Dict(keys=fields.String(), values=Text(), load_default=dict)
    instance_ids = fields.List(Number(), load_default=None, allow_none=True, validate=validate.Length(max=10_000))
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000))
    preview = Flag(load_default=False)


@bp.route("/migrations", methods=["POST"])
@bp.arguments(MigrationBody)
@bp.response(200, MigrationAnswer)
def migrate(given: dict[str, Any]) -> Any:
    """Moves running instances to another version, all of the old one or those that are named. With `preview` it only
    tells where each would go on, or why it cannot. More than 100 are moved in the background: ask for the migration."""
    reason, preview = given.pop("reason"), given.pop("preview")
    if preview:
        return migrations.preview_migration(g.context, **given)
    return migrations.run_migration(g.context, reason=reason, **given)


@bp.route(path("/migrations/{migration_id}"), methods=["GET"])
@bp.response(200, MigrationAnswer)
def get_migration(migration_id: int) -> Any:
    """What has become of a migration, instance by instance."""
    return migrations.get_migration(g.context, migration_id)
