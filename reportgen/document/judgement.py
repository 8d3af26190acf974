"""Tables of the judgement: gates, requirements, factors, records, similar projects, coverage."""

from collections import Counter
from collections.abc import Sequence

from reportgen.assess.case import Case
from reportgen.assess.model import (
    Assessment,
    Basis,
    EvidenceFor,
    FactorResult,
    Reason,
    RecordItem,
    RequirementResult,
    SimilarItem,
    SimilarResult,
    Verdict,
)
from reportgen.assess.wording import day, mark, money, number, percent
from reportgen.document.record_files import RECORDS_CSV, RECORDS_JSON
from reportgen.document.tables import (
    CLIPPED,
    NONE,
    NOTHING,
    Cell,
    Column,
    Table,
    clipped,
    fitting,
    or_none,
    table,
)
from reportgen.document.twin import TWIN_FILE
from reportgen.policy.model import Policy
from reportgen.subject.records import NOTHING_TO_FULFIL, Fulfilment, Head, Nature, RecordState, Severity

TOP = 10
_OTHERS = 5
ANNEX = 300
"""So many records stand in annex A one by one; beyond, in groups there and one by one in the attached files."""
_SHOWN_EVIDENCE = 3
_NUMBER = 27.5
_LONG = 240
_FULL = 100


def evidence(names: Sequence[str], assessment: Assessment) -> str:
    """Return evidence names short: the fact's id, behind the member's mark in a joint venture."""
    short = [_short(name, assessment) for name in names[:_SHOWN_EVIDENCE]]
    more = f" 等 {len(names)} 项" if len(names) > _SHOWN_EVIDENCE else ""
    return " ".join(short) + more if short else NONE


def _short(name: str, assessment: Assessment) -> str:
    code, _, fact = name.partition(":")
    codes = [member.uscc for member in assessment.applicant]
    return f"{mark(codes.index(code))}{fact}" if len(codes) > 1 else fact


def named(kind: Basis, case: Case) -> str:
    """Return a basis by name; outside tendering what the project asks stands in its 申报条件."""
    return "申报条件" if kind is Basis.TENDER and not case.project.is_tender else kind.value


def basis(case: Case, reason: Reason) -> str:
    """Return a reason's basis as printed: 法定 with its citation, 招标文件 with its clause, or 机构方法."""
    if reason.basis is Basis.LAW and reason.cites:
        return f"{reason.basis}：{laws(case.policy, reason.cites)}"
    name = named(reason.basis, case)
    return f"{name}：{reason.clause}" if reason.clause else name


def laws(policy: Policy, cites: Sequence[str]) -> str:
    """Return citations as printed, each document named once before its articles."""
    articles: dict[str, list[str]] = {}
    for cite in cites:
        citation = policy.citation(cite)
        articles.setdefault(citation.document, []).append(citation.article + citation.paragraph)
    return "；".join(document + "、".join(items) for document, items in articles.items())


def _whole(text: str, length: int = _LONG) -> str:
    """Return a text of the judgement, whole where a page can hold it; `report.json` always has it whole."""
    return clipped(text, length, f"，见所附 {TWIN_FILE}")


def gates(case: Case, assessment: Assessment) -> Table:
    """Every 否决项 tested, with its citation, or with the clause by which the owner chose a local rule."""
    rows = [
        (
            g.title,
            Cell(_whole(g.reason.text), tag="异议中" if g.reason.disputed else ""),
            ground(case, g.reason),
            "触及" if g.tripped else "未证实" if g.unproven else "未触及",
        )
        for g in assessment.gates
    ]
    columns = [Column("否决项", 26), Column("核查结果", 38), Column("依据", 26), Column("判定", 10)]
    return table("否决项核查", columns, rows, empty=NOTHING)


def ground(case: Case, reason: Reason) -> str:
    """Return what a 否决项 rests on: the law, or the clause by which the owner chose a local rule."""
    if reason.basis is Basis.LAW:
        return laws(case.policy, reason.cites) or "处罚决定所载依据"
    chosen = "；".join(case.policy.citation(cite).label() for cite in reason.cites)
    return f"{named(reason.basis, case)}：{reason.clause}，选用{chosen}"


def requirements(
    case: Case, assessment: Assessment, items: Sequence[RequirementResult], caption: str
) -> Table:
    """要求 / 实际 / 差额 / 证据 / 判定, one row a requirement."""
    columns = [
        Column("条款与要求", 29),
        Column("实际", 36),
        Column("差额", 12),
        Column("证据", 12, "id"),
        Column("判定", 11),
    ]
    rows = [_requirement_row(case, item, assessment) for item in items]
    return table(caption, columns, rows, empty=NOTHING)


def _requirement_row(case: Case, item: RequirementResult, assessment: Assessment) -> tuple[Cell, ...]:
    extra = "；".join(part for part in (item.formula, item.note) if part)
    return (
        Cell(_whole(item.required), note=f"{item.clause} · {named(item.basis, case)}"),
        Cell(_whole(item.actual), note=_whole(extra)),
        Cell(item.margin or NONE),
        Cell(evidence(item.evidence, assessment)),
        Cell(MARKS[item.verdict], tag="异议中" if item.disputed else ""),
    )


MARKS = {Verdict.MET: "✓ 满足", Verdict.UNMET: "× 不满足", Verdict.UNPROVEN: "？未证实"}


def factor(case: Case, result: FactorResult) -> Table:
    """One factor's lines of need and of use; the evidence of what the tender asks stands in section 2."""
    rows = [
        (
            Cell(line.name),
            Cell(sort),
            Cell(_whole(line.available), note=_whole(line.formula) if line.basis is Basis.METHOD else ""),
            Cell(_whole(line.required)),
            Cell(NONE if line.score is None else number(line.score, 1)),
            Cell(named(line.basis, case)),
        )
        for sort, lines in (("需要", result.need), ("运用", result.use))
        for line in lines
    ]
    columns = [
        Column("项目", 22),
        Column("方面", 8),
        Column("实际", 26),
        Column("需要或标准", 24),
        Column("得分", 8, "num"),
        Column("依据", 12),
    ]
    shown = "未评定" if result.score is None else f"{number(result.score, 1)} 分"
    return table(f"{result.factor}：{shown}", columns, rows, note=result.working)


def record_counts(assessment: Assessment) -> Table:
    """Counts of the records in use under the eight heads."""
    counts = assessment.record.counts
    rows = [(c.head, *(str(v) for v in (c.favourable, c.neutral, c.adverse, c.total))) for c in counts]
    sums = [sum(getattr(c, n) for c in counts) for n in ("favourable", "neutral", "adverse", "total")]
    rows.append(("合计", *(str(v) for v in sums)))
    columns = [
        Column("信息类别", 32),
        Column("良好（条）", 17, "num"),
        Column("中性（条）", 17, "num"),
        Column("不良（条）", 17, "num"),
        Column("合计（条）", 17, "num"),
    ]
    return table("信用记录概要", columns, rows)


def adverse(assessment: Assessment) -> Table:
    """The ten gravest adverse records, those that decide the conclusion first, with what each costs and why."""
    decisive = {name for reason in assessment.reasons for name in reason.evidence}
    items = sorted(
        (i for i in assessment.record.items if i.nature is Nature.ADVERSE),
        key=lambda i: (i.evidence not in decisive, -i.points, -_gravity(i), -i.determined_on.toordinal()),
    )
    rows = [_adverse_row(item) for item in items[:TOP]]
    where = _where(assessment)
    note = (
        f"不良信息共 {len(items)} 条，列 {TOP} 条，决定结论的在前，其余按扣分、程度与日期，{where}。"
        if len(items) > TOP
        else ""
    )
    if any(len(text) > CLIPPED for item in items[:TOP] for text in (item.content, item.statement)):
        note += f"内容与主体说明超过 {CLIPPED} 字的为摘录，全文载于本报告所据的输入数据，其校验值见第 12 节。"
    columns = [
        Column("类型与程度", 17),
        Column("认定机关与文号", 29),
        Column("内容", 30),
        Column("履行", 11),
        Column("扣分", 13),
    ]
    return table("不良信息", columns, rows, note=note)


def _gravity(item: RecordItem) -> int:
    return list(Severity).index(item.severity) if item.severity else 0


def _where(assessment: Assessment) -> str:
    """Return where all the records are."""
    if len(assessment.record.items) <= ANNEX:
        return "全部见附录 A"
    return f"分组见附录 A，全部见所附 {RECORDS_CSV}"


def _adverse_row(item: RecordItem) -> tuple[Cell, ...]:
    return (
        Cell(item.kind, tag=_state(item), note=f"{item.severity or '程度未定'}（{item.severity_from}）"),
        Cell(
            f"{item.authority}，{or_none(item.number)}", note=f"{day(item.determined_on)}认定；{item.placing}"
        ),
        Cell(
            clipped(item.content or item.title),
            note=f"主体说明：{clipped(item.statement)}" if item.statement else "",
        ),
        Cell(_duty(item) or NONE, note=money(item.amount) if item.amount is not None else ""),
        Cell(number(item.points, 1), note=item.working),
    )


def _state(item: RecordItem) -> str:
    return RecordState.DISPUTED.value if item.state is RecordState.DISPUTED else ""


def others(assessment: Assessment, heads: Sequence[Head], caption: str) -> Table:
    """Favourable and neutral records under some heads, newest first."""
    items = [i for i in assessment.record.items if i.nature is not Nature.ADVERSE and i.head in heads]
    rows = [
        (Cell(i.kind, tag=_state(i)), i.title, i.authority, day(i.determined_on)) for i in items[:_OTHERS]
    ]
    where = _where(assessment)
    note = f"共 {len(items)} 条，列最近 {_OTHERS} 条，{where}。" if len(items) > _OTHERS else ""
    columns = [Column("类型", 20), Column("名称", 36), Column("机关", 26), Column("日期", 18)]
    return table(caption, columns, rows, note=note)


def annex(assessment: Assessment) -> Table:
    """All records in use in one lean table, one line each or two; beyond 300 grouped counts."""
    items = assessment.record.items
    if len(items) > ANNEX:
        return _grouped(items)
    rows = [
        (
            Cell(_short(i.evidence, assessment)),
            Cell(_kind_and_duty(i), tag=_state(i)),
            # A number and an authority stand whole: here alone all records are printed.
            Cell(i.number or fitting(or_none(i.title), _NUMBER, 2)),
            Cell(clipped(i.authority)),
            Cell(i.determined_on.isoformat()),
        )
        for i in items
    ]
    columns = [
        Column("编号", 10, "id"),
        Column("类型与履行", 22),
        Column("文号或名称", _NUMBER),
        Column("机关", 28.5),
        Column("认定日期", 12),
    ]
    return table(f"信用记录明细（共 {len(items)} 条）", columns, rows, dense=True)


def _kind_and_duty(item: RecordItem) -> str:
    return f"{item.kind}，{duty}" if item.nature is Nature.ADVERSE and (duty := _duty(item)) else item.kind


def _duty(item: RecordItem) -> str:
    known = item.fulfilment != Fulfilment.UNKNOWN and item.kind not in NOTHING_TO_FULFIL
    return item.fulfilment if known else ""


def _grouped(items: Sequence[RecordItem]) -> Table:
    groups = Counter((i.kind, i.severity or NONE, i.determined_on.year) for i in items)
    rows = [(kind, severity, f"{year} 年", str(n)) for (kind, severity, year), n in sorted(groups.items())]
    columns = [Column("类型", 34), Column("程度", 22), Column("认定年度", 22), Column("条数", 22, "num")]
    note = (
        f"超过 {ANNEX} 条，按类型、程度与年度汇总。全部 {len(items)} 条逐条载于本文件所附的 {RECORDS_CSV}（可用表格软件打开）"
        f"与 {RECORDS_JSON}，与报告在同一签名之下；取出办法见附录 D。"
    )
    return table(f"信用记录分组（共 {len(items)} 条）", columns, rows, note=note, dense=True)


def similar(result: SimilarResult, joint: bool) -> Table:
    """Similar projects of three years, how each went, and what its score is made of."""
    rows = [
        (
            Cell(i.name, note=f"{i.owner}；{i.role}" + (f"；{i.subject}" if joint else "")),
            Cell(f"{i.value / 10000:,.2f}"),
            Cell(day(i.accepted_on) if i.accepted_on else i.status, note=f"{day(i.signed_on)}签订"),
            _course(i),
            Cell(NONE if i.score is None else number(i.score, 1)),
        )
        for i in result.items
    ]
    columns = [
        Column("项目与业主", 29),
        Column("金额（万元）", 14, "num"),
        Column("验收日期", 18),
        Column("履约情况与得分的计算", 31),
        Column("得分", 8, "num"),
    ]
    return table("三年内同类项目", columns, rows)


def _course(item: SimilarItem) -> Cell:
    if item.score is None or item.score == _FULL:
        return Cell(item.went, note=f"三项证明{item.papers}")
    silent = f"；{item.unknown} 方面未见报告" if item.unknown else ""
    return Cell(item.went + silent, note=f"三项证明{item.papers}；{item.working}")


def coverage(assessment: Assessment) -> Table:
    """The evidence beside the requirements, and every requirement that lacks it."""
    lines = assessment.coverage_lines
    shown = [line for line in lines if not line.present or line.needed_for is not EvidenceFor.REQUIREMENT]
    rows = [(line.name, _whole(line.detail), "有" if line.present else "缺") for line in shown]
    present = sum(line.present for line in lines)
    caption = f"证据覆盖：{present}/{len(lines)} 项（{percent(assessment.coverage, 1)}）"
    note = "已证实的项目要求见第 2 节，此处不再列出。"
    return table(
        caption, [Column("证据", 30), Column("内容", 58), Column("状态", 12)], rows, dense=True, note=note
    )


def risks(case: Case, assessment: Assessment) -> Table:
    """Every risk note with its level, evidence and mitigation."""
    rows = [
        (
            Cell(r.level),
            Cell(r.title, note=" · ".join(p for p in (r.clause, named(r.basis, case)) if p)),
            Cell(
                _whole(r.text, CLIPPED),
                note=f"证据：{evidence(r.evidence, assessment)}" if r.evidence else "",
            ),
            Cell(_whole(r.mitigation)),
        )
        for r in assessment.risks
    ]
    columns = [Column("等级", 8), Column("事项", 20), Column("情况", 40), Column("缓释建议", 32)]
    return table("风险提示", columns, rows, empty=NOTHING)
