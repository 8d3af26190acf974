"""`reportgen schema`: the JSON Schema of what goes in and of what comes out."""

import click
from pydantic import BaseModel

from reportgen.assess.model import Assessment
from reportgen.cli.common import echo_json
from reportgen.cli.help import Command
from reportgen.policy.model import PolicyPack
from reportgen.project.applicant import Applicant
from reportgen.project.model import Project
from reportgen.subject.model import Subject

_MODELS: dict[str, type[BaseModel]] = {
    "subject": Subject,
    "applicant": Applicant,
    "project": Project,
    "pack": PolicyPack,
    "assessment": Assessment,
}


@click.command("schema", cls=Command)
@click.argument("name", type=click.Choice(list(_MODELS)), metavar="|".join(_MODELS))
def command(name: str) -> None:
    """打印 subject、applicant、project、pack 或 assessment 的 JSON Schema。"""
    echo_json(_MODELS[name].model_json_schema())
