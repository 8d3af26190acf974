"""The numbered sections of a report, in the order of DOMAIN §8, as blocks of plain data."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import ZERO
from reportgen.assess.model import (
    Assessment,
    Basis,
    Conclusion,
    FactorResult,
    RecordItem,
    SimilarItem,
    Verdict,
)
from reportgen.assess.wording import day, mark, number, percent
from reportgen.document import facts, judgement
from reportgen.document.chart_timeline import RecordPoint, record_timeline
from reportgen.document.charts import SlackBar, YearFigures, finance_trend, requirement_slack
from reportgen.document.content import Block, Figure, Heading, Paragraph, Section
from reportgen.document.tables import Column, Table, source_note, table
from reportgen.project.requirements import Factor
from reportgen.subject.model import Subject
from reportgen.subject.records import Head, Nature, RecordState

_RECORD_GROUPS = (
    ((Head.GOOD_FAITH,), "诚实守信"),
    ((Head.ADMINISTRATION,), "行政管理（不良以外）"),
    ((Head.COMMITMENT, Head.EVALUATION), "信用承诺与信用评价"),
    ((Head.JUDGMENT, Head.OTHER), "司法与其他（不良以外）"),
)


def sections(case: Case, assessment: Assessment) -> Iterator[Section]:
    """Yield sections 2 to 12; section 1 is the conclusion page, the annexes follow."""
    by_factor = {result.factor: result for result in assessment.factors}
    yield Section("s2", "2", "项目要求对照", tuple(_requirements(case, assessment)))
    yield Section("s3", "3", "基本情况与沿革", tuple(_basics(case)))
    yield Section("s4", "4", "三年信用记录", tuple(_record(case, assessment)))
    yield Section("s5", "5", "同类项目业绩与履约", tuple(_similar(case, assessment)))
    yield Section("s6", "6", "技术水平及其运用", tuple(_technology(case, by_factor[Factor.TECHNOLOGY])))
    yield Section("s7", "7", "设备条件及其运用", tuple(_equipment(case, by_factor[Factor.EQUIPMENT])))
    yield Section("s8", "8", "人力资源及其运用", tuple(_staff(case, by_factor[Factor.STAFF])))
    yield Section("s9", "9", "资金实力及其运用", tuple(_funds(case, by_factor[Factor.FUNDS])))
    yield Section("s10", "10", "关联方", tuple(_related(case)))
    yield Section("s11", "11", "风险提示", tuple(_risks(case, assessment)))
    yield Section("s12", "12", "评价方法与版本", tuple(_method(case, assessment)))


def _requirements(case: Case, assessment: Assessment) -> Iterator[Block]:
    items = assessment.requirements
    counts = {v: sum(1 for item in items if item.verdict is v) for v in Verdict}
    yield Paragraph(
        f"本项目共有要求 {len(items)} 项：满足 {counts[Verdict.MET]} 项，不满足 {counts[Verdict.UNMET]} 项，"
        f"未证实 {counts[Verdict.UNPROVEN]} 项。各项均以{case.project.judged_by}（{day(case.judged_on)}）为准核对。"
    )
    if assessment.gates:
        yield judgement.gates(assessment, case.policy)
    hard = [item for item in items if item.hard]
    soft = [item for item in items if not item.hard]
    yield judgement.requirements(case, assessment, hard, f"必备要求（{len(hard)} 项）")
    if soft:
        yield judgement.requirements(case, assessment, soft, f"一般要求（{len(soft)} 项）")
    bars = [
        SlackBar(label=item.name, ratio=float(item.slack), verdict=item.verdict)
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
        yield facts.changes(subject)
        yield facts.shareholders(subject)
        yield facts.officers(subject)


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
    yield _sourced(case, judgement.adverse(assessment), [i for i in items if i.nature is Nature.ADVERSE])
    for heads, caption in _RECORD_GROUPS:
        shown = [i for i in items if i.nature is not Nature.ADVERSE and i.head in heads]
        yield _sourced(case, judgement.others(assessment, heads, caption), shown)


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
    projects = judgement.similar(assessment.similar, case.applicant.joint)
    yield _sourced(case, projects, assessment.similar.items)


def _factor(case: Case, result: FactorResult) -> Iterator[Block]:
    yield Paragraph(f"{result.finding}。")
    if all(line.basis is Basis.METHOD for line in result.need):
        yield Paragraph("招标文件（申报条件）对该要素未提要求，需要由机构方法按项目推定。", "note")
    yield judgement.factor(case, result)


def _technology(case: Case, result: FactorResult) -> Iterator[Block]:
    yield from _factor(case, result)
    for subject in case.applicant.subjects:
        yield from _named(case, subject)
        yield facts.qualifications(subject)
        yield facts.technology(subject)


def _equipment(case: Case, result: FactorResult) -> Iterator[Block]:
    yield from _factor(case, result)
    for subject in case.applicant.subjects:
        yield from _named(case, subject)
        yield facts.equipment(subject)


def _staff(case: Case, result: FactorResult) -> Iterator[Block]:
    yield from _factor(case, result)
    for subject in case.applicant.subjects:
        yield from _named(case, subject)
        yield facts.headcounts(subject)
        yield facts.people(subject)


def _funds(case: Case, result: FactorResult) -> Iterator[Block]:
    yield from _factor(case, result)
    for subject in case.applicant.subjects:
        yield from _named(case, subject)
        yield facts.accounts(subject)
        figures = _figures(subject)
        if figures:
            yield Figure("近三年营业收入、净利润与资产负债率", finance_trend(figures))
        yield facts.ratios(subject)
        yield facts.credit_lines(subject)


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
        yield facts.related(subject)


def _risks(case: Case, assessment: Assessment) -> Iterator[Block]:
    yield Paragraph(f"按等级列示全部 {len(assessment.risks)} 项风险提示及缓释建议，供签约与履约时采用。")
    yield judgement.risks(case, assessment)


def _method(case: Case, assessment: Assessment) -> Iterator[Block]:
    rule, weights = case.policy.conclusion, case.policy.weights
    yield Paragraph(
        "先核查法定否决项与招标文件（申报条件）的必备要求，再评定能力要素、信用记录与同类项目。"
        "触及否决项，或经核实不满足必备要求的，为不具备信用能力；证据不足的不作结论。"
        f"其余情形中，综合得分不低于 {number(rule.total)} 分、各能力要素不低于 {number(rule.factor_floor)} 分、"
        f"信用记录不低于 {number(rule.record_floor)} 分、"
        f"证据覆盖率不低于 {percent(rule.coverage_full)}，"
        "且没有起决定作用的异议记录的，为具备信用能力；否则为信用能力一般。"
        "上述分数线与权重均为本机构设定。"
    )
    yield _parts(assessment, weights.factors, weights.record, weights.similar)
    yield Paragraph(
        f"敏感性：{assessment.sensitivity}" if assessment.sensitivity else "证据不足，未作敏感性分析。"
    )
    yield judgement.coverage(assessment)
    yield _version(assessment)
    yield from _bases(case, assessment)


def _parts(assessment: Assessment, factors: object, record: object, similar: object) -> Table:
    known = [f.score for f in assessment.factors if f.score is not None]
    mean = number(sum(known, ZERO) / len(known), 1) if known else "未评定"
    score = assessment.similar.score
    rows = [
        ("能力要素（四项平均）", mean, f"{factors}"),
        ("信用记录", number(assessment.record.score, 1), f"{record}"),
        ("同类项目", "未评定" if score is None else number(score, 1), f"{similar}"),
        ("综合得分", "未评定" if assessment.total is None else number(assessment.total, 1), "1"),
    ]
    note = "未评定的部分不计入，其权重由其余部分按比例分担。"
    return table(
        "综合得分的构成",
        [Column("部分", 40), Column("得分", 30, "num"), Column("权重", 30, "num")],
        rows,
        note=note,
    )


def _version(assessment: Assessment) -> Table:
    pack = assessment.pack
    rows = [
        ("规则包", f"{pack.title}（{pack.name}），取{day(pack.on)}有效的值"),
        ("规则包校验值", pack.sha256),
        ("规则有效性", pack.effect),
        ("方法版本", assessment.method),
        ("输入数据校验值", assessment.snapshot_sha256),
        ("数据截止", day(assessment.as_of)),
    ]
    return table("版本与校验", [Column("项目", 22, "head"), Column("内容", 78)], rows)


def _bases(case: Case, assessment: Assessment) -> Iterator[Block]:
    cites = [cite for gate in assessment.gates for cite in gate.reason.cites]
    cites += [item.cite for item in assessment.requirements if item.cite]
    shown = [case.policy.citation(cite) for cite in dict.fromkeys(cites)]
    rows = [
        (c.label(), c.number or (f"{c.version} 版" if c.version else "—"), c.rule)
        for c in shown
        if c.printable
    ]
    columns = [Column("文件与条款", 34), Column("文号或版本", 18), Column("规则大意（本机构转述）", 48)]
    yield table("判断所依据的法律规定", columns, rows, dense=True)
    printed = case.policy.printed(case.project.matter).values()
    declared = [s.cite for s in printed if case.policy.citation(s.cite).printable]
    yield Paragraph(f"声明所依据的规定：{judgement.laws(case.policy, declared)}。", "note")


def conclusion_tone(conclusion: Conclusion | None) -> str:
    """Return the class of the conclusion page: capable, limited or incapable."""
    return conclusion.name.lower() if conclusion else "none"
