"""The shapes of processes: tasks, instances, definitions and what is known of them."""

from marshmallow import fields, validate

from api.schemas import Answer, Anything, Flag, Money, Number, PersonRef, Text, Time, Whole

INSTANCE_STATES = ("active", "suspended", "completed", "cancelled", "failed")


class SubjectAnswer(Answer):
    type = Text(required=True)
    id = Number(required=True)
    title = Text(required=True)


class DefinitionRefAnswer(Answer):
    id = Number(required=True)
    key = Text(required=True)
    version = Whole(required=True)
    name = Text(required=True)


class InstanceRefAnswer(Answer):
    id = Number(required=True)
    state = Text(required=True)
    definition = fields.Nested(DefinitionRefAnswer, required=True)
    business_key = Text(required=True, allow_none=True)


class ChoiceAnswer(Answer):
    code = Text(required=True)
    label = Text(required=True)


class ResultAnswer(ChoiceAnswer):
    primary = Flag(required=True)


class FlowAnswer(Answer):
    id = Text(required=True, attribute="code")
    name = Text(required=True, attribute="label")


class FormFieldAnswer(Answer):
    key = Text(required=True)
    type = Text(required=True)
    label = Text(required=True)
    required = Flag(required=True)
    description = Text(required=True)
    options = fields.List(fields.Nested(ChoiceAnswer), required=True)
    default = Anything(required=True, allow_none=True)
    results = fields.List(Text(), required=True)
    maximum_length = Whole(required=True, allow_none=True)
    show_if = Text(required=True, allow_none=True)
    read_only = Flag(required=True)


class FormAnswer(Answer):
    key = Text(required=True, allow_none=True)
    asked = fields.List(fields.Nested(FormFieldAnswer), required=True, attribute="fields", data_key="fields")


class DealBriefAnswer(Answer):
    id = Number(required=True)
    title = Text(required=True)
    stage = Text(required=True, allow_none=True)
    status = Text(required=True)
    amount = Money(required=True, allow_none=True)
    currency = Text(required=True)
    account_id = Number(required=True, allow_none=True)
    account_name = Text(required=True)
    owner = fields.Nested(PersonRef, required=True, allow_none=True)


class TaskAnswer(Answer):
    id = Number(required=True)
    name = Text(required=True)
    element_id = Text(required=True)
    state = Text(required=True, validate=validate.OneOf(("open", "completed", "cancelled")))
    created_at = Time(required=True)
    assignee = fields.Nested(PersonRef, required=True, allow_none=True)
    owner = fields.Nested(PersonRef, required=True, allow_none=True)
    delegation = Text(required=True, allow_none=True)
    candidate_roles = fields.List(Text(), required=True)
    due = Time(required=True, allow_none=True)
    follow_up = Time(required=True, allow_none=True)
    priority = Whole(required=True)
    subject = fields.Nested(SubjectAnswer, required=True, allow_none=True)
    instance = fields.Nested(InstanceRefAnswer, required=True)
    form = fields.Nested(FormAnswer, required=True)
    results = fields.List(fields.Nested(ResultAnswer), required=True)
    flows = fields.List(fields.Nested(FlowAnswer), required=True)
    activity_kind = Text(required=True, allow_none=True)
    stage = Text(required=True, allow_none=True)
    deal = fields.Nested(DealBriefAnswer, required=True, allow_none=True)
    result = Text(required=True, allow_none=True)
    completed_at = Time(required=True, allow_none=True)
    completed_by = fields.Nested(PersonRef, required=True, allow_none=True)
    for_person = fields.Nested(PersonRef, required=True, allow_none=True)


class ActiveElementAnswer(Answer):
    element_id = Text(required=True)
    element_name = Text(required=True)
    count = Whole(required=True)


class InstanceAnswer(InstanceRefAnswer):
    subject = fields.Nested(SubjectAnswer, required=True, allow_none=True)
    started_at = Time(required=True)
    ended_at = Time(required=True, allow_none=True)
    started_by = fields.Nested(PersonRef, required=True, allow_none=True)
    active_elements = fields.List(fields.Nested(ActiveElementAnswer), required=True)
    end_event = Text(required=True, allow_none=True)
    parent_id = Number(required=True, allow_none=True)
    incidents = Whole(required=True)
    deal = fields.Nested(DealBriefAnswer, required=True, allow_none=True)
    goes_round = fields.Boolean(required=True)


class EffectAnswer(Answer):
    kind = Text(required=True)
    element_id = Text(required=True)
    element_name = Text(required=True)
    instance_id = Number(required=True)
    task_id = Number(required=True, allow_none=True)
    job_id = Number(required=True, allow_none=True)
    subscription_id = Number(required=True, allow_none=True)
    activity_id = Number(required=True, allow_none=True)
    called_instance_id = Number(required=True, allow_none=True)


class NewIncidentAnswer(Answer):
    instance_id = Number(required=True)
    element_id = Text(required=True)
    element_name = Text(required=True)
    message = Text(required=True)


class MovedInstanceAnswer(InstanceAnswer):
    cancels = fields.List(fields.Nested(EffectAnswer), required=True)
    creates = fields.List(fields.Nested(EffectAnswer), required=True)
    new_incidents = fields.List(fields.Nested(NewIncidentAnswer), required=True)
    stage = Text(required=True, allow_none=True)


class RewoundInstanceAnswer(MovedInstanceAnswer):
    gone_out = fields.List(fields.Nested(EffectAnswer), required=True)


class CompletionAnswer(Answer):
    task = fields.Nested(TaskAnswer, required=True)
    instance = fields.Nested(InstanceAnswer, required=True)
    deal = fields.Nested(DealBriefAnswer, required=True, allow_none=True)
    next_tasks = fields.List(fields.Nested(TaskAnswer), required=True)


class WaitAnswer(Answer):
    kind = Text(required=True)
    element_id = Text(required=True)
    element_name = Text(required=True)
    task_id = Number(required=True, allow_none=True)
    due = Time(required=True, allow_none=True)
    message = Text(required=True, allow_none=True)
    flows = fields.List(fields.Nested(FlowAnswer), required=True)
    job_id = Number(required=True, allow_none=True)
    incident_id = Number(required=True, allow_none=True)
    subscription_id = Number(required=True, allow_none=True)
    instance_id = Number(required=True, allow_none=True)
    text = Text(required=True, allow_none=True)


class HistoryAnswer(Answer):
    run = Whole(required=True)
    element_id = Text(required=True)
    element_name = Text(required=True)
    element_type = Text(required=True)
    entered_at = Time(required=True)
    left_at = Time(required=True, allow_none=True)
    outcome = Text(required=True, allow_none=True)
    actor = fields.Nested(PersonRef, required=True, allow_none=True)
    on_behalf_of = fields.Nested(PersonRef, required=True, allow_none=True)
    task_id = Number(required=True, allow_none=True)
    result = Text(required=True, allow_none=True)
    stage = Text(required=True, allow_none=True)


class OperatorActionAnswer(Answer):
    at = Time(required=True)
    actor = fields.Nested(PersonRef, required=True, allow_none=True)
    kind = Text(required=True)
    was = Anything(required=True, allow_none=True)
    became = Anything(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True)


class IncidentAnswer(Answer):
    id = Number(required=True)
    instance_id = Number(required=True)
    element_id = Text(required=True)
    element_name = Text(required=True)
    kind = Text(required=True)
    message = Text(required=True)
    created_at = Time(required=True)
    resolved_at = Time(required=True, allow_none=True)
    job_id = Number(required=True, allow_none=True)
    state = Text(required=True)


class JobAnswer(Answer):
    id = Number(required=True)
    instance_id = Number(required=True, allow_none=True)
    process = Text(required=True, allow_none=True)
    element_id = Text(required=True, allow_none=True)
    element_name = Text(required=True, allow_none=True)
    kind = Text(required=True)
    due = Time(required=True)
    retries = Whole(required=True)
    state = Text(required=True)
    error = Text(required=True, allow_none=True)


class FindingAnswer(Answer):
    rule = Text(required=True)
    severity = Text(required=True)
    file = Text(required=True, allow_none=True)
    line = Whole(required=True, allow_none=True)
    element_id = Text(required=True, allow_none=True)
    element_name = Text(required=True, allow_none=True)
    message = Text(required=True)


class DefinitionAnswer(Answer):
    id = Number(required=True)
    key = Text(required=True)
    version = Whole(required=True)
    version_tag = Text(required=True, allow_none=True)
    name = Text(required=True)
    state = Text(required=True)
    resource = Text(required=True)
    created_at = Time(required=True)
    created_by = fields.Nested(PersonRef, required=True, allow_none=True)
    published_at = Time(required=True, allow_none=True)
    published_by = fields.Nested(PersonRef, required=True, allow_none=True)
    comment = Text(required=True, allow_none=True)
    instances = Whole(required=True)
    latest = Flag(required=True)
    findings = fields.List(fields.Nested(FindingAnswer), required=True)
    repairs = fields.List(fields.Nested(FindingAnswer), required=True)


class VersionEventAnswer(Answer):
    id = Number(required=True)
    version = Whole(required=True, allow_none=True)
    at = Time(required=True)
    actor = fields.Nested(PersonRef, required=True, allow_none=True)
    kind = Text(required=True)
    comment = Text(required=True, allow_none=True)
    detail = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), required=True)


class DecisionAnswer(Answer):
    id = Number(required=True)
    key = Text(required=True)
    version = Whole(required=True)
    name = Text(required=True)
    state = Text(required=True)
    resource = Text(required=True)
    created_at = Time(required=True)
    created_by = fields.Nested(PersonRef, required=True, allow_none=True)
    latest = Flag(required=True)


class DecisionInput(Answer):
    name = Text(required=True)
    value = Anything(required=True, allow_none=True)


class DecisionRule(Answer):
    rule = Whole(required=True)
    rule_id = Text(required=True, allow_none=True)
    outputs = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), required=True)


class EvaluatedAnswer(Answer):
    decision = Text(required=True)
    name = Text(required=True)
    inputs = fields.List(fields.Nested(DecisionInput), required=True)
    rules = fields.List(fields.Nested(DecisionRule), required=True)
    result = Anything(required=True, allow_none=True)


class DecisionOutcomeAnswer(Answer):
    result = Anything(required=True, allow_none=True)
    evaluations = fields.List(fields.Nested(EvaluatedAnswer), required=True)


class DecisionEvaluationAnswer(Answer):
    id = Number(required=True)
    element_id = Text(required=True)
    at = Time(required=True)
    decision_id = Number(required=True)
    decision_key = Text(required=True)
    evaluations = fields.List(fields.Nested(EvaluatedAnswer), required=True)


class DeploymentAnswer(Answer):
    definitions = fields.List(fields.Nested(DefinitionAnswer), required=True)
    decisions = fields.List(fields.Nested(DecisionAnswer), required=True)
    findings = fields.List(fields.Nested(FindingAnswer), required=True)
    repairs = fields.List(fields.Nested(FindingAnswer), required=True)


class ReachedRow(Answer):
    instance_id = Number(required=True)
    element_id = Text(required=True)
    started = Flag(required=True)


class ReachedAnswer(Answer):
    reached = fields.List(fields.Nested(ReachedRow), required=True)


class OperationDoneAnswer(Answer):
    element_id = Text(required=True)
    element_name = Text(required=True)
    operation = Text(required=True)
    outcome = Text(required=True, allow_none=True)


class RehearsalAnswer(Answer):
    instance = fields.Nested(InstanceAnswer, required=True)
    began = Time(required=True)
    now = Time(required=True)
    waits = fields.List(fields.Nested(WaitAnswer), required=True)
    tasks = fields.List(fields.Nested(TaskAnswer), required=True)
    history = fields.List(fields.Nested(HistoryAnswer), required=True)
    flows = fields.List(Text(), required=True)
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), required=True)
    operations = fields.List(fields.Nested(OperationDoneAnswer), required=True)
    stage = Text(required=True, allow_none=True)
    made = fields.Dict(keys=fields.String(), values=Number(), required=True)


class ParameterAnswer(Answer):
    name = Text(required=True)
    type = Text(required=True)
    required = Flag(required=True)
    title = Text(required=True)


class OperationAnswer(Answer):
    name = Text(required=True)
    title = Text(required=True)
    parameters = fields.List(fields.Nested(ParameterAnswer), required=True)
    asynchronous = Flag(required=True)
