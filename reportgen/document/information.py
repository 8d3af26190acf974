"""The finance warning as information, in the matters where the rule pack allows it; in a tender never.

The only door between the warning and a document: import-linter keeps every other one shut.
"""

from collections.abc import Iterator

from reportgen.assess.case import Case
from reportgen.assess.finance import Z_DISTRESS, Z_SAFE, FinanceWarning, warning
from reportgen.assess.scorecard import load_card
from reportgen.assess.wording import number, percent
from reportgen.document.content import Block, Paragraph
from reportgen.document.tables import Cell, Column, Table, minus, table


def information(case: Case) -> Iterator[Block]:
    """Yield the warning of every member where the pack informs in the project's matter."""
    cite = case.policy.informs(case.project.matter)
    if not cite or case.project.is_tender:
        return
    for subject in case.applicant.subjects:
        yield _warning(case, warning(subject, case.judged_on), case.name_of(subject))
    yield Paragraph(
        f"财务预警为参考信息（{case.policy.citation(cite).label()}），不进入任何要素、否决项与结论；"
        "评分卡以国外制造业企业的公开数据拟合，未以国内企业检验。",
        "note",
    )


def _warning(case: Case, found: FinanceWarning, mark: str) -> Table:
    rows = [
        (
            Cell(line.name, note=minus(line.formula)),
            Cell(minus(line.piece)),
            Cell(minus(number(line.points, 1))),
        )
        for line in found.lines
    ]
    z = found.altman.z
    rows.append(
        (
            Cell("合计", note=f"比率覆盖率 {percent(found.coverage)}"),
            Cell(""),
            Cell(minus(number(found.total, 1))),
        )
    )
    level = f"预警等级{found.level}" if found.level else found.note
    zone = f"{minus(number(z, 2))}，{found.altman.zone}" if z is not None else f"{found.altman.zone}"
    cuts = load_card().cuts
    high, medium = minus(number(cuts.high)), minus(number(cuts.medium))
    note = (
        f"{found.card}，{found.year or '—'} 年：合计越高越稳健，不高于 {high} 的预警等级为高，高于 {high}、不高于 {medium} 的为中，"
        f"高于 {medium} 的为低，等级界限为本机构设定。Altman Z'' {zone}（高于 {Z_SAFE} 为安全区，低于 {Z_DISTRESS} 为困境区）。"
    )
    columns = [Column("比率", 52), Column("所在区间", 30), Column("分数", 18, "num")]
    return table(f"{mark}财务预警（参考信息）：{level}", columns, rows, note=note)
