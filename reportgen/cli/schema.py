"""`reportgen schema`: the JSON Schema of what goes in and of what comes out."""

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from reportgen.assess.model import Assessment
from reportgen.cli.common import echo_json
from reportgen.cli.help import Command
from reportgen.document.reusable_twin import GradeTwin, RecordTwin
from reportgen.document.twin import Twin
from reportgen.intake.database.mapping import Mapped
from reportgen.policy.model import PolicyPack
from reportgen.project.applicant import Applicant
from reportgen.project.model import Project
from reportgen.subject.delivery import Delivery
from reportgen.subject.model import Subject

_SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "subject": Subject.model_json_schema,
    "delivery": Delivery.model_json_schema,
    "mapping": Mapped.model_json_schema,
    "applicant": Applicant.model_json_schema,
    "project": Project.model_json_schema,
    "pack": PolicyPack.model_json_schema,
    "assessment": Assessment.model_json_schema,
    # A document is only ever read: every key is there, and a sum is text.
    "report": partial(Twin.model_json_schema, mode="serialization"),
    "record": partial(RecordTwin.model_json_schema, mode="serialization"),
    "grade": partial(GradeTwin.model_json_schema, mode="serialization"),
}


@click.command("schema", cls=Command)
@click.argument("name", type=click.Choice(list(_SCHEMAS)), metavar="|".join(_SCHEMAS))
def command(name: str) -> None:
    """打印 subject、delivery、mapping、applicant、project、pack、assessment，或报告、信用记录、等级证书所附数据的 JSON Schema。"""
    echo_json(_SCHEMAS[name]())
