"""Data quality at the command line: what is there, what is lacking, what to ask the applicant for and what to look up."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.assess.wording import percent
from reportgen.cli.common import DAY, F, Then, office_option, project_of
from reportgen.cli.page import say
from reportgen.errors import ReportgenError

if TYPE_CHECKING:
    from reportgen.assess.aspects import SectionQuality
    from reportgen.assess.quality import DataGap, DataQuality
    from reportgen.project.model import Project
    from reportgen.subject.model import Subject

_NO_RULES = "E0310"


def measured_by_options(function: F) -> F:
    """Add --project, --lot, --as-of and --office."""
    for decorate in (
        office_option,
        click.option("--as-of", type=DAY, metavar="日期", help="按该日的情况，其后发生的一概撤回"),
        click.option("--lot", default="", metavar="标段", help="标段编号；分标段的项目必须给出"),
        click.option(
            "--project", default="", metavar="项目", help="按对该项目的重要程度列出缺件；项目文件或库内编号"
        ),
    ):
        function = decorate(function)
    return function


def project_asked(word: str, lot: str, office: Path | None) -> "Project | None":
    """Return the project that quality is measured for, or None where none was given; raises what `project_of` raises."""
    if not word and lot:
        raise click.UsageError("--lot 须与 --project 一同给出")
    return project_of(word, lot, office) if word else None


def quality_of(subject: "Subject", project: "Project | None", as_of: date | None) -> "DataQuality | None":
    """Return the data quality of a subject; None where no rule pack holds on the day and no project asks for it.

    Raises what `Then.of` and `select` raise.
    """
    from reportgen.assess.case import Case
    from reportgen.assess.extract import extract_policy
    from reportgen.assess.quality import case_quality, data_quality
    from reportgen.policy.loader import select
    from reportgen.project.applicant import single

    then = Then(as_of=as_of).of(subject)
    if project is not None:
        return case_quality(Case(single(then), project, select(project)))
    on = as_of or then.as_of
    try:
        return data_quality(then, extract_policy(then.registration.region, on), on)
    except ReportgenError as error:
        if error.code != _NO_RULES:
            raise
        return None


def quality_data(quality: "DataQuality | None") -> dict[str, object] | None:
    """Return data quality as plain data, with the letter to the applicant line by line."""
    return None if quality is None else {**quality.model_dump(mode="json"), "letter": quality.letter()}


def say_quality(quality: "DataQuality | None") -> None:
    """Print data quality: the sections with their counts, then what is lacking and what to ask for."""
    if quality is None:
        say("数据截止日没有适用的规则包，不评定数据质量", 1)
        return
    for subject in quality.subjects:
        say(f"数据齐全程度 {percent(subject.share)}（{quality.method}）", 1, bold=True)
        for section in subject.sections:
            say(_section(section), 2)
    _say_gaps(quality)
    _say_asks(quality)


def _section(section: "SectionQuality") -> str:
    told = "，".join(f"{aspect.name} {aspect.text}" for aspect in section.aspects)
    return f"{section.number} {section.title} {percent(section.share)}：{told}"


def _say_gaps(quality: "DataQuality") -> None:
    from reportgen.intake.columns.filling import FILLING

    if not quality.project:
        return
    lot = f" 标段 {quality.lot}" if quality.lot else ""
    say(f"项目 {quality.project}{lot}：{quality.standing()}", 1, bold=True)
    before = ""
    for place, gap in enumerate(quality.gaps, start=1):
        if gap.matters != before:
            say(gap.matters, 2, bold=True)
        before = gap.matters
        say(_gap(place, gap), 3)
        if gap.about in FILLING:
            say(f"填写：{FILLING[gap.about]}", 4)


def _gap(place: int, gap: "DataGap") -> str:
    return "　".join(part for part in (f"{place}.", gap.clause, f"{gap.what}：{gap.why}") if part)


def _say_asks(quality: "DataQuality") -> None:
    from reportgen.assess.asking import Whom

    looked_up = [item for item in quality.wanted() if item.ask.whom is Whom.PUBLIC]
    if looked_up:
        say("由本机构查询", 1, bold=True)
    for place, item in enumerate(looked_up, start=1):
        say(f"{place}. {item.line}：请查询{item.ask.where}", 2)
    for depth, line in enumerate(quality.letter()):
        say(line, min(depth, 1) + 1, bold=not depth)
