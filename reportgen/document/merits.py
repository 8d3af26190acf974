"""What others may do by the credit found: the tender's own clauses, and joint measures that are listed, never applied."""

from collections.abc import Iterator

from reportgen.assess.case import Case
from reportgen.assess.model import Assessment, ClauseResult, MeasureResult, Verdict
from reportgen.assess.wording import number
from reportgen.document.content import Block, Paragraph
from reportgen.document.judgement import MARKS, evidence
from reportgen.document.tables import NONE, Cell, Column, Table, table


def clauses(assessment: Assessment) -> Iterator[Block]:
    """Yield the tender's clauses on 信用加分 and 同等条件优先 with what was found; no points of ours."""
    if not assessment.clauses:
        return
    columns = [Column("条款", 34), Column("所需条件", 20), Column("核查结果", 24), Column("证据", 10, "id")]
    columns.append(Column("判定", 12))
    rows = [_clause(item, assessment) for item in assessment.clauses]
    note = "加分与优先由招标人依招标文件决定；本报告只核查条件是否具备，不计入任何得分。"
    yield table("招标文件关于信用加分与优先的条款", columns, rows, note=note)


def _clause(item: ClauseResult, assessment: Assessment) -> tuple[Cell, ...]:
    points = f"，招标文件所定分值 {number(item.points)}" if item.points is not None else ""
    return (
        Cell(item.text, note=f"{item.clause} · {item.sort}{points}"),
        Cell(item.condition),
        Cell(item.finding),
        Cell(evidence(item.evidence, assessment)),
        Cell(MARKS[item.holds], tag="异议中" if item.disputed else ""),
    )


def measures(case: Case, assessment: Assessment) -> Iterator[Block]:
    """Yield the incentives and sanctions whose condition holds, each with its source and 有效性."""
    applicable = [item for item in assessment.measures if item.holds is Verdict.MET]
    if applicable:
        yield _measures(case, assessment, applicable)
    elif assessment.measures:
        yield Paragraph("规则包所列的联合激励与联合惩戒措施，其条件均未证实或不具备，不予列示。", "note")


def _measures(case: Case, assessment: Assessment, items: list[MeasureResult]) -> Table:
    rows = [
        (
            Cell(item.sort),
            Cell(item.text, note=case.policy.citation(item.cite).label()),
            Cell(item.finding, tag="异议中" if item.disputed else ""),
            Cell(evidence(item.evidence, assessment) if item.evidence else NONE),
        )
        for item in items
    ]
    columns = [Column("类别", 12), Column("措施与依据", 46), Column("所据情形", 30), Column("证据", 12, "id")]
    note = "是否采取，由有权机关依规决定；本机构只列示，不实施，也不计入得分。"
    return table("可适用的联合激励与联合惩戒措施", columns, rows, note=note)
