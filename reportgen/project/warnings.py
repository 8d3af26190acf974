"""Warnings (提示): what a clerk should look at in a project before relying on it; they bar nothing."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from reportgen.project.model import Project
from reportgen.project.requirements import Requirement
from reportgen.sheets.units import FACTORS, MONEY
from reportgen.subject.near import near
from reportgen.subject.warnings import Caution

_NUMBERED = re.compile("[0-9一二三四五六七八九十]")
_SUM = re.compile(rf"(\d[\d,]*(?:\.\d+)?) ?({'|'.join(sorted(MONEY, key=len, reverse=True))})")
_SUMS = {
    "bid_capacity": "need",
    "turnover": "need",
    "revenue_floor": "need",
    "liquidity": "need",
    "similar_works": "value",
}
_SHARES = {"similar_works": "value_share", "litigation": "share"}
"""The fields of each kind that hold a sum, and those that hold a share."""
Found = Iterator[tuple[str, str]]


def warnings(project: Project, *, today: date | None = None) -> tuple[Caution, ...]:
    """Return the warnings of a project as it was entered, with all its lots.

    `today` is told where a day that is over is to be looked at.
    """
    clauses = list(_clauses(project))
    found = [*(_over(project, today) if today else ()), *_whole(project), *_lots(project)]
    for path, asked, value in clauses:
        found += [*_clause(path, asked), *_figures(path, asked, value), *_times(path, asked, project)]
        found += _names(path, asked, project)
    return tuple(Caution(path=path, text=text) for path, text in found)


def _clauses(project: Project) -> Iterator[tuple[str, Requirement, Decimal]]:
    """Yield every clause with its path and the value of what it is asked for."""
    for index, asked in enumerate(project.requirements):
        yield f"requirements[{index}]", asked, project.value
    for number, lot in enumerate(project.lots):
        value = project.value if lot.value is None else lot.value
        for index, asked in enumerate(lot.requirements):
            yield f"lots[{number}].requirements[{index}]", asked, value


def _over(project: Project, today: date) -> Found:
    if project.judged_on < today:
        field = "bid_deadline" if project.bid_deadline else "decision_date"
        yield field, f"{project.judged_by} {project.judged_on} 已经过去，今天是 {today}，请核对年月日"


def _names(path: str, asked: Requirement, project: Project) -> Found:
    name = asked.category if asked.kind == "similar_works" else ""
    if name and near(name, project.category):
        yield (
            f"{path}.category",
            f"业绩类别“{name}”与项目类别“{project.category}”用词不同：类别须逐字相同才算同一类，如为同一类，请统一用词",
        )


def _whole(project: Project) -> Found:
    if not any(asked.hard for _, asked, _ in _clauses(project)):
        yield "requirements", "没有一条必须满足的资格条件，结论将只按规则包与机构方法得出，请核对招标文件"
    until = project.report_valid_until
    if until is not None and until < project.judged_on:
        yield (
            "report_valid_until",
            f"报告有效期至 {until}，早于{project.judged_by} {project.judged_on}，届时报告已不能使用",
        )


def _lots(project: Project) -> Found:
    for index, lot in enumerate(project.lots):
        if not lot.requirements and not project.requirements:
            yield f"lots[{index}]", f"标段 {lot.id} 没有资格条件"
        elif not lot.requirements and any(other.requirements for other in project.lots):
            yield f"lots[{index}]", f"标段 {lot.id} 没有自己的资格条件，只用各标段共同的，请核对"
    values = [lot.value for lot in project.lots if lot.value is not None]
    total = sum(values, Decimal(0))
    if values and len(values) == len(project.lots) and total != project.value:
        yield (
            "value",
            f"各标段金额合计 {total:,} 元，与项目金额 {project.value:,} 元相差 {abs(total - project.value):,} 元",
        )


def _clause(path: str, asked: Requirement) -> Found:
    if not _NUMBERED.search(unicodedata.normalize("NFKC", asked.clause)):
        yield f"{path}.clause", f"条款号中没有数字，查不到是哪一条：{asked.clause}"


def _figures(path: str, asked: Requirement, value: Decimal) -> Found:
    share = getattr(asked, _SHARES.get(asked.kind, ""), None)
    if share is not None and share > 1:
        yield f"{path}.{_SHARES[asked.kind]}", f"比例为 {share * 100:f}%，百分之四十应写 40% 或 0.4，请核对"
    field = _SUMS.get(asked.kind, "")
    figure = getattr(asked, field, None)
    if not figure:
        return
    stated = {found[0]: _yuan(found) for found in _SUM.finditer(unicodedata.normalize("NFKC", asked.text))}
    if stated and figure not in stated.values():
        yield (
            f"{path}.{field}",
            f"条款原文写明的是 {'、'.join(stated)}，所填为 {figure:,} 元，请核对数额与单位",
        )
    elif asked.kind == "similar_works" and figure > value:
        yield (
            f"{path}.{field}",
            f"单项业绩的金额 {figure:,} 元高于项目或标段的金额 {value:,} 元，请核对数额与单位",
        )


def _yuan(found: re.Match[str]) -> Decimal:
    return Decimal(found[1].replace(",", "")) * FACTORS[found[2]]


def _times(path: str, asked: Requirement, project: Project) -> Found:
    since = getattr(asked, "since", None)
    if since is not None and since > project.judged_on:
        yield f"{path}.since", f"起始日期 {since} 晚于{project.judged_by} {project.judged_on}"
    late = [str(year) for year in getattr(asked, "needs", {}) if year >= project.judged_on.year]
    if late:
        yield f"{path}.needs", f"{'、'.join(late)} 年在{project.judged_by} {project.judged_on} 时尚未终了"
