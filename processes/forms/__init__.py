"""Forms of tasks: read from form-js files, shown in the reader's language, checked when they come back."""

from processes.forms.checking import validate
from processes.forms.definition import FieldDefinition, FormDefinition, Option, read_form
from processes.forms.plain import clean_json, json_values
from processes.forms.references import NoRecords, Resolver
from processes.forms.showing import present

__all__ = [
    "FieldDefinition",
    "FormDefinition",
    "NoRecords",
    "Option",
    "Resolver",
    "clean_json",
    "json_values",
    "present",
    "read_form",
    "validate",
]
