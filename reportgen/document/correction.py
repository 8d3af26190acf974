"""更正通知书: the letter that tells the subject and the recipient of a report what in it is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reportgen.assess.wording import day
from reportgen.document.compose import drawn_seal
from reportgen.document.content import Letter, Pair
from reportgen.document.issuer import Binding, Issuer
from reportgen.document.tables import Cell, Column, table
from reportgen.project.applicant import Applicant
from reportgen.project.model import Project

_FOOT = "本通知书更正所列信用报告，不是信用报告，也不改变原报告的核销记录"


@dataclass(frozen=True)
class Correction:
    """What a report says wrongly, what is right, and how it was found."""

    stated: str
    right: str
    found: str


@dataclass(frozen=True)
class Corrected:
    """The report that is corrected as its register has it; `successor` is the number that replaces it, or ""."""

    number: str
    issued_at: datetime
    sentence: str
    state: str
    applicant: Applicant
    project: Project
    binding: Binding
    successor: str = ""


def correction_letter(
    report: Corrected, corrections: Sequence[Correction], issuer: Issuer, number: str, at: datetime
) -> Letter:
    """Return the letter with its own number; raises ValueError where nothing is corrected."""
    if not corrections:
        raise ValueError("a letter of correction corrects something")
    rows = [
        (Cell(str(index)), Cell(item.stated), Cell(item.right), Cell(item.found))
        for index, item in enumerate(corrections, 1)
    ]
    columns = [Column("序", 6), Column("原报告所载", 32), Column("更正为", 32), Column("查明经过", 30)]
    agency = issuer.agency
    return Letter(
        title="更正通知书",
        agency=agency.name,
        sample=agency.sample,
        number=number,
        to=f"{report.applicant.name}、{report.binding.recipient.name}",
        about=_about(report, number),
        paragraphs=(
            "本机构出具的上列信用报告中，下列内容有误，现予更正，并于查明当日同时通知报告所载主体与使用单位。",
        ),
        tables=(table(f"更正内容（共 {len(rows)} 项）", columns, rows),),
        closing=(
            _effect(report),
            f"对本通知书有异议的，请联系 {issuer.objection.phone}，或送 {issuer.objection.address}。",
        ),
        running_use=_FOOT,
        date_line=day(at.date()),
        seal=drawn_seal(issuer),
    )


def _about(report: Corrected, number: str) -> tuple[Pair, ...]:
    project = report.project
    lot = f"，标段 {project.lot.id}" if project.lot else ""
    return (
        Pair("通知书编号", number),
        Pair("被更正的报告", f"{report.number}（{day(report.issued_at.date())}出具）"),
        Pair("项目", f"{project.name}（{project.id}{lot}）"),
        Pair("使用单位", report.binding.recipient.name),
        Pair("原报告的结论", report.sentence),
        Pair("原报告的状态", report.state),
    )


def _effect(report: Corrected) -> str:
    if report.successor:
        return (
            f"更正后的信用报告已另行出具，编号 {report.successor}。原报告的核销记录不变；"
            "原报告已经使用的，请使用单位对照更正后的报告，依法自行判断对本项目的影响。"
        )
    return (
        "本通知书与原报告一并使用，原报告的其他内容不变。原报告已经使用的，请使用单位依法自行判断"
        "更正内容对本项目的影响。"
    )
