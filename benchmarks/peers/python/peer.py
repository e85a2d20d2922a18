"""django-viewflow, whose flows are classes: they are made from the diagram when it is deployed."""

import json
import os
import sys
import time
import types
from xml.etree import ElementTree

import django
from django.conf import settings

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
HOST, PORT, DATABASE, USER = sys.argv[1:]

settings.configure(
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "viewflow",
        "viewflow.workflow",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": HOST,
            "PORT": PORT,
            "NAME": DATABASE,
            "USER": USER,
            "PASSWORD": os.environ["PGPASSWORD"],
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

import viewflow.workflow  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from viewflow import this  # noqa: E402
from viewflow.workflow import flow, lock  # noqa: E402
from viewflow.workflow.models import Process, Task  # noqa: E402

flows, started, found = {}, [], {}
made = types.ModuleType("viewflow.workflow.made")
sys.modules[made.__name__] = viewflow.workflow.made = made


def deploy(key, xml):
    """The class is found again by its name in a module of an application, so it is put into one."""
    process = ElementTree.fromstring(xml).find(f"{BPMN}process")
    ways = [
        (way.get("id"), way.get("sourceRef"), way.get("targetRef"), way.findtext(f"{BPMN}conditionExpression"))
        for way in process.iter(f"{BPMN}sequenceFlow")
    ]
    nodes = {}
    for element in process:
        id, kind = element.get("id"), element.tag.removeprefix(BPMN)
        following = [(way, target, condition) for way, source, target, condition in ways if source == id]
        if kind in MAKERS:
            nodes[id] = MAKERS[kind](element, following)
    body = {
        **nodes,
        "__module__": made.__name__,
        "process_class": Process,
        "lock_impl": lock.SelectForUpdateLock(),
    }
    flows[key] = type(f"Flow_{key}", (flow.Flow,), body)
    setattr(made, f"Flow_{key}", flows[key])
    return {}


def _start(_element, following):
    return flow.StartHandle().Next(getattr(this, following[0][1]))


def _task(_element, following):
    return flow.View(lambda _request: None).Assign(lambda _activation: owner).Next(getattr(this, following[0][1]))


def _switch(element, following):
    gateway = flow.Switch()
    for way, target, condition in following:
        if way != element.get("default"):
            gateway.Case(getattr(this, target), _test(condition))
    for way, target, _condition in following:
        if way == element.get("default"):
            gateway.Default(getattr(this, target))
    return gateway


def _test(condition):
    code = compile(condition, "condition", "eval")
    return lambda activation: eval(code, {}, activation.process.data)


def _script(element, following):
    name, expression = (part.strip() for part in element.findtext(f"{BPMN}script").split("=", 1))
    code = compile(expression, "script", "eval")

    def assign(activation):
        activation.process.data[name] = eval(code, {}, activation.process.data)
        activation.process.save()

    return flow.Function(assign).Next(getattr(this, following[0][1]))


MAKERS = {
    "startEvent": _start,
    "userTask": _task,
    "exclusiveGateway": _switch,
    "scriptTask": _script,
    "endEvent": lambda _element, _following: flow.End(),
}


def start(key, instances):
    started[:] = [flows[key].s.run() for _ in range(instances)]
    return {}


def find():
    waiting = Task.objects.filter(process__in=started, finished=None)
    found.clear()
    found.update(waiting.values_list("process_id", "pk"))
    return {}


def complete(order, variables):
    latencies, before = [], time.process_time()
    for number in order:
        begun = time.perf_counter()
        _complete(found[started[number].pk], variables)
        latencies.append(time.perf_counter() - begun)
    return {"latencies": latencies, "cpu": time.process_time() - before}


def _complete(task_id, variables):
    with Task.objects.get(pk=task_id).activation() as activation:
        activation.start(None)
        activation.process.data.update(variables)
        activation.process.save()
        activation.execute()


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


call_command("migrate", verbosity=0)
owner = User.objects.create(username="salesperson")
say({"name": f"django-viewflow {viewflow.__version__}"})
for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = {"deploy": deploy, "start": start, "find": find, "complete": complete}[asked.pop("do")](**asked)
    except Exception as problem:
        answer = {"error": f"{type(problem).__name__}: {problem}"}
    say(answer)
