"""The numbered sections of a report, in the order of DOMAIN §8, as blocks of plain data."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportgen.assess.case import Case, ref
from reportgen.assess.model import (
    Assessment,
    Basis,
    RecordItem,
    SimilarItem,
    Verdict,
)
from reportgen.assess.wording import day, mark, number, percent
from reportgen.document import facts, judgement
from reportgen.document.capacity import capacity
from reportgen.document.chart_timeline import RecordPoint, record_timeline
from reportgen.document.charts import SlackBar, YearFigures, finance_trend, requirement_slack
from reportgen.document.content import Block, Figure, Heading, Paragraph, Section
from reportgen.document.contracts import ongoing
from reportgen.document.information import information
from reportgen.document.listings import compared, listings
from reportgen.document.merits import clauses, measures
from reportgen.document.method import method
from reportgen.document.tables import SHOWN, Column, Table, first, looked_up, source_note, table
from reportgen.project.requirements import Factor
from reportgen.subject.model import Subject
from reportgen.subject.records import COURT_KINDS, Head, Nature, RecordState

_CHANGES, _PEOPLE, _LINES = 12, 30, 30
_HELD = ("qualifications", "technology", "equipment", "people")
_RECORD_GROUPS = (
    ((Head.GOOD_FAITH,), "诚实守信"),
    ((Head.ADMINISTRATION,), "行政管理（不良以外）"),
    ((Head.COMMITMENT, Head.EVALUATION), "信用承诺与信用评价"),
    ((Head.JUDGMENT, Head.OTHER), "司法与其他（不良以外）"),
)


def sections(case: Case, assessment: Assessment) -> Iterator[Section]:
    """Yield sections 2 to 12; section 1 is the conclusion page, the annexes follow."""
    yield Section("s2", "2", "项目要求对照", tuple(_requirements(case, assessment)))
    yield Section("s3", "3", "基本情况与沿革", tuple(_basics(case)))
    yield Section("s4", "4", "三年信用记录", tuple(_record(case, assessment)))
    yield Section("s5", "5", "同类项目业绩与履约", tuple(_similar(case, assessment)))
    yield Section("s6", "6", "技术水平及其运用", tuple(_technology(case, assessment)))
    yield Section("s7", "7", "设备条件及其运用", tuple(_equipment(case, assessment)))
    yield Section("s8", "8", "人力资源及其运用", tuple(_staff(case, assessment)))
    yield Section("s9", "9", "资金实力及其运用", tuple(_funds(case, assessment)))
    yield Section("s10", "10", "关联方", tuple(_related(case)))
    yield Section("s11", "11", "风险提示", tuple(_risks(case, assessment)))
    yield Section("s12", "12", "评价方法与版本", tuple(method(case, assessment)))


def _requirements(case: Case, assessment: Assessment) -> Iterator[Block]:
    items = assessment.requirements
    counts = {v: sum(1 for item in items if item.verdict is v) for v in Verdict}
    yield Paragraph(
        f"本项目共有要求 {len(items)} 项：满足 {counts[Verdict.MET]} 项，不满足 {counts[Verdict.UNMET]} 项，"
        f"未证实 {counts[Verdict.UNPROVEN]} 项。各项均以{case.project.judged_by}（{day(case.judged_on)}）为准核对。"
    )
    if assessment.gates:
        yield judgement.gates(case, assessment)
    hard = [item for item in items if item.hard]
    soft = [item for item in items if not item.hard]
    yield judgement.requirements(case, assessment, hard, f"必备要求（{len(hard)} 项）")
    if soft:
        yield judgement.requirements(case, assessment, soft, f"一般要求（{len(soft)} 项）")
    yield from clauses(assessment)
    bars = [
        SlackBar(
            label=item.name,
            ratio=float(item.slack if item.ratio is None else item.ratio),
            verdict=item.verdict,
        )
        for item in items
        if item.slack is not None
    ]
    if bars:
        yield Figure(
            "可量化要求的余量（实际 ÷ 要求，100% 为恰好满足；余量小的在前）",
            requirement_slack(sorted(bars, key=_slack_of)[:9]),
        )


def _slack_of(bar: SlackBar) -> float:
    return bar.ratio or 0.0


def _basics(case: Case) -> Iterator[Block]:
    if case.applicant.joint:
        rows = [
            (f"{mark(index)} {m.subject.name}", m.subject.uscc, percent(m.share, 1), m.work or "—")
            for index, m in enumerate(case.members())
        ]
        columns = [
            Column("成员（首位为牵头人）", 34),
            Column("统一社会信用代码", 26),
            Column("份额", 12, "num"),
            Column("分工", 28),
        ]
        yield table("联合体成员", columns, rows)
    for subject in case.applicant.subjects:
        yield from _named(case, subject)
        yield facts.registration(subject)
        yield first(_held(case, subject, "changes", facts.changes(subject)), _CHANGES)
        yield first(_held(case, subject, "shareholders", facts.shareholders(subject)))
        yield first(_held(case, subject, "officers", facts.officers(subject)))


def _held(case: Case, subject: Subject, collection: str, shown: Table) -> Table:
    return looked_up(shown, case.closed(subject, collection) is not None)


def _named(case: Case, subject: Subject) -> Iterator[Block]:
    if case.applicant.joint:
        yield Heading(f"{case.name_of(subject)} {subject.name}")


def _record(case: Case, assessment: Assessment) -> Iterator[Block]:
    record = assessment.record
    yield Paragraph(
        f"回溯期为{day(record.start)}至{day(record.end)}，以决定或认定文书的日期为准；早于回溯期但仍在有效期内"
        "或义务仍未履行的一并列入，依规不得再使用的不列入。"
    )
    yield Paragraph(f"{record.finding}。信用记录得分 {number(record.score, 1)} 分。" + _badge(assessment))
    yield _sourced(case, judgement.record_counts(assessment), record.items)
    points = _points(assessment)
    if points:
        caption = f"良好与不良记录的时间分布（{len(points)} 条）"
        yield Figure(caption, record_timeline(points, record.start, record.end))
    items = record.items
    adverse = looked_up(judgement.adverse(assessment), records_closed(case))
    yield _sourced(case, adverse, [i for i in items if i.nature is Nature.ADVERSE])
    for heads, caption in _RECORD_GROUPS:
        shown = [i for i in items if i.nature is not Nature.ADVERSE and i.head in heads]
        others = judgement.others(assessment, heads, caption)
        yield _sourced(case, looked_up(others, records_closed(case, *heads)), shown)
    yield from measures(case, assessment)


def records_closed(case: Case, *heads: Head) -> bool:
    """Say whether the records of some heads were looked up in closed lists; those of courts are lists of their own."""
    lists = COURT_KINDS if Head.JUDGMENT in heads else ()
    return all(
        case.looked_up(s) and all(case.closed(s, kind) is not None for kind in lists) for s in case.subjects
    )


def _sourced(case: Case, shown: Table, items: Sequence[RecordItem | SimilarItem]) -> Table:
    names = {item.evidence for item in items}
    notes = [
        source_note(subject, [fact for _, fact in subject.facts() if ref(subject, fact) in names])
        for subject in case.applicant.subjects
    ]
    return replace(shown, source="；".join(note for note in dict.fromkeys(notes) if note))


def _badge(assessment: Assessment) -> str:
    return "回溯期内无不良信用记录。" if assessment.record.three_years_clean else ""


def _points(assessment: Assessment) -> list[RecordPoint]:
    return [
        RecordPoint(
            on=item.determined_on,
            lane=item.head,
            severity="良好" if item.nature is Nature.FAVOURABLE else (item.severity or "一般"),
            disputed=item.state is RecordState.DISPUTED,
        )
        for item in assessment.record.items
        if item.nature is not Nature.NEUTRAL
    ]


def _similar(case: Case, assessment: Assessment) -> Iterator[Block]:
    score = assessment.similar.score
    shown = "未评定" if score is None else f"{number(score, 1)} 分"
    yield Paragraph(f"{assessment.similar.finding}。同类项目总体信用状况：{shown}。")
    closed = all(case.closed(s, "contracts") is not None for s in case.subjects)
    projects = looked_up(judgement.similar(assessment.similar, case.applicant.joint), closed)
    yield first(_sourced(case, projects, assessment.similar.items))


def _factor(case: Case, assessment: Assessment, factor: Factor) -> Iterator[Block]:
    result = next(result for result in assessment.factors if result.factor is factor)
    yield Paragraph(f"{result.finding}。")
    if all(line.basis is Basis.METHOD for line in result.need):
        yield Paragraph("招标文件（申报条件）对该要素未提要求，需要由机构方法按项目推定。", "note")
    yield first(judgement.factor(case, result), _LINES)


def relied_on_first(case: Case, assessment: Assessment) -> Iterator[Subject]:
    """Yield the subjects; of a list too long for the body, what the judgement rests on comes first."""
    cited = {name for item in assessment.requirements for name in item.evidence}
    cited |= {name for f in assessment.factors for line in (*f.need, *f.use) for name in line.evidence}
    for subject in case.applicant.subjects:
        long = {name: getattr(subject, name) for name in _HELD if len(getattr(subject, name)) > SHOWN}
        yield subject.model_copy(
            update={
                name: tuple(sorted(held, key=lambda fact: ref(subject, fact) not in cited))
                for name, held in long.items()
            }
        )


def _technology(case: Case, assessment: Assessment) -> Iterator[Block]:
    yield from _factor(case, assessment, Factor.TECHNOLOGY)
    for subject in relied_on_first(case, assessment):
        yield from _named(case, subject)
        yield first(_held(case, subject, "qualifications", facts.qualifications(subject)))
        yield first(_held(case, subject, "technology", facts.technology(subject)))


def _equipment(case: Case, assessment: Assessment) -> Iterator[Block]:
    yield from _factor(case, assessment, Factor.EQUIPMENT)
    for subject in relied_on_first(case, assessment):
        yield from _named(case, subject)
        yield first(_held(case, subject, "equipment", facts.equipment(subject)))


def _staff(case: Case, assessment: Assessment) -> Iterator[Block]:
    yield from _factor(case, assessment, Factor.STAFF)
    for subject in relied_on_first(case, assessment):
        yield from _named(case, subject)
        yield _held(case, subject, "headcounts", facts.headcounts(subject))
        yield first(_held(case, subject, "people", facts.people(case, subject)), _PEOPLE)


def _funds(case: Case, assessment: Assessment) -> Iterator[Block]:
    yield from _factor(case, assessment, Factor.FUNDS)
    yield from capacity(case, assessment)
    for subject in case.applicant.subjects:
        yield from _named(case, subject)
        yield _held(case, subject, "statements", facts.accounts(subject))
        figures = _figures(subject)
        if figures:
            yield Figure("近三年营业收入、净利润与资产负债率", finance_trend(figures))
        yield _held(case, subject, "statements", facts.ratios(subject))
        yield first(_held(case, subject, "credit_lines", facts.credit_lines(subject)))
        yield first(_held(case, subject, "contracts", ongoing(case, subject)))
    yield from information(case)


def _figures(subject: Subject) -> Sequence[YearFigures]:
    items = sorted(subject.statements, key=lambda s: s.year)[-3:]
    return [
        YearFigures(
            year=s.year,
            revenue=s.revenue,
            net_profit=s.net_profit,
            debt_ratio=s.total_liabilities / s.total_assets
            if s.total_assets and s.total_liabilities is not None
            else None,
        )
        for s in items
        if s.revenue is not None or s.net_profit is not None
    ]


def _related(case: Case) -> Iterator[Block]:
    for subject in case.applicant.subjects:
        yield from _named(case, subject)
        yield first(_held(case, subject, "related", facts.related(subject)))
        yield from listings(subject)
    yield from compared(case.applicant.compared)


def _risks(case: Case, assessment: Assessment) -> Iterator[Block]:
    use = "供签约与履约时采用" if case.project.is_tender else "供作出决定与此后的检查参考"
    yield Paragraph(f"按等级列示风险提示 {len(assessment.risks)} 项及缓释建议，{use}。")
    yield first(judgement.risks(case, assessment), _LINES)
