"""Small DMN files written as text, so that a test shows the table it plays."""

import re
from xml.sax.saxutils import escape

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def dmn(*decisions: str, ns: str = DMN, extra: str = "") -> bytes:
    return f'<definitions xmlns="{ns}" id="d" name="d" {extra}>{"".join(decisions)}</definitions>'.encode()


def table(
    inputs: str,
    outputs: str,
    *rules: str,
    policy: str = "UNIQUE",
    name: str = "d1",
    requires: str = "",
    default: str = "",
    allowed: str = "",
) -> str:
    """Columns as `name:type`; a rule as `cell | cell -> result | result`."""
    columns = "".join(
        f'<input id="{name}_{n}" label="{n}"><inputExpression typeRef="{k}"><text>{n}</text></inputExpression></input>'
        for n, _, k in (column.partition(":") for column in inputs.split())
    )
    default_entry = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else ""
    values = f"<outputValues><text>{allowed}</text></outputValues>" if allowed else ""
    results = "".join(
        f'<output id="{name}_o{n}" name="{n}" typeRef="{k}">{values}{default_entry}</output>'
        for n, _, k in (column.partition(":") for column in outputs.split())
    )
    rows = ""
    for rule in rules:
        conditions, _, found = rule.partition("->")
        rows += "<rule>"
        rows += "".join(f"<inputEntry><text>{escape(c.strip())}</text></inputEntry>" for c in conditions.split("|"))
        rows += "".join(f"<outputEntry><text>{escape(c.strip())}</text></outputEntry>" for c in found.split("|"))
        rows += "</rule>"
    needs = "".join(
        f'<informationRequirement><requiredDecision href="#{r}"/></informationRequirement>' for r in requires.split()
    )
    hit, _, aggregation = policy.partition("+")
    aggregated = f' aggregation="{aggregation}"' if aggregation else ""
    body = f'<decisionTable hitPolicy="{hit}"{aggregated}>{columns}{results}{rows}</decisionTable>'
    return f'<decision id="{name}" name="{name}">{needs}{body}</decision>'


def titled(file: bytes) -> bytes:
    """The table of one column and one rule with its words in both languages."""
    titles = 'procession:titleRu="{}" procession:titleEn="{}"'
    text = file.decode().replace("<definitions ", '<definitions xmlns:procession="urn:procession:bpmn:1.0" ', 1)
    text = re.sub(r'label="\w+"', f'label="Amount" {titles.format("Сумма", "Amount")}', text, count=1)
    text = re.sub(r"(<output [^>]*?)/?>", rf'\1 label="Fee" {titles.format("Сбор", "Fee")}>', text, count=1)
    rule = f"<rule {titles.format('Всем', 'Everyone')}><description>Everyone</description>"
    return text.replace("<rule>", rule, 1).encode()
