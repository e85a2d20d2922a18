"""Findings in the language of the reader."""

from collections.abc import Mapping

from bpmn.model import Finding
from kernel.i18n import N_, translate

TERMS = frozenset({"kind", "place", "what"})
"""Parameters that hold a term of ours rather than a name from the diagram, so they are translated too."""

_MARKED = (
    N_("message"), N_("signal"), N_("timer"), N_("error"), N_("escalation"), N_("conditional"), N_("compensate"),
    N_("cancel"), N_("link"), N_("terminate"), N_("none"),
    N_("start event"), N_("start of a sub-process"), N_("start of an event sub-process"),
    N_("intermediate catch event"), N_("intermediate throw event"), N_("boundary event"), N_("end event"),
    N_("an execution listener"), N_("a task listener"), N_("an input and output mapping"),
    N_("who may start the process"), N_("a mapping of exceptions"), N_("computed candidate groups"),
    N_("execution listeners"), N_("task listeners"), N_("that not all variables come back"),
    N_("a script before the task"), N_("a script after the task"),
    N_("the variable for the code of an error or escalation"), N_("the variable for the words of an error"),
    N_("which changes of variables count"), N_("a mapping of variables in code"), N_("which version is called"),
    N_("which activities are offered"), N_("that it does not wait for what it calls"),
    N_("an event or gateway without a flow to it in an ad-hoc sub-process"),
    N_("compensation of a whole process"), N_("cancel of a transaction that repeats"),
)  # fmt: skip


def told(message: str, params: Mapping[str, str], language: str) -> str:
    """The sentence of a finding that is kept as template and values."""
    filled = {key: translate(value, language) if key in TERMS else value for key, value in params.items()}
    return translate(message, language, **filled)


def sentence(finding: Finding, language: str) -> str:
    return told(finding.message, finding.params, language)
