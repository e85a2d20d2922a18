"""A form for the person who fills it in, in their language."""

from processes.forms.definition import FieldDefinition, FormDefinition
from processes.views import Choice, FormField, TaskForm

LIMITED = frozenset({"string", "text", "email", "phone"})


def present(form: FormDefinition, language: str) -> TaskForm:
    return TaskForm(form.key or None, tuple(_field(field, language) for field in form.fields))


def _field(field: FieldDefinition, language: str) -> FormField:
    return FormField(
        key=field.key,
        type=field.type,
        label=field.title(language),
        required=field.required,
        description=field.descriptions.get(language) or field.description,
        options=tuple(Choice(one.code, one.title(language)) for one in field.options),
        default=field.default,
        results=field.results,
        maximum_length=field.longest if field.type in LIMITED else None,
        show_if=_show_if(field),
        read_only=field.read_only,
    )


def _show_if(field: FieldDefinition) -> str | None:
    """The opposite of the condition that hides the field, in the language of expressions."""
    return f"not ({field.hide.source.strip().removeprefix('=').strip()})" if field.hide else None
