"""Section 12: how the judgement was made — formulas with their parameters, versions, rules and checks."""

from collections.abc import Iterator

from reportgen.assess.case import Case
from reportgen.assess.measure import ZERO
from reportgen.assess.model import Assessment
from reportgen.assess.wording import day, number, percent
from reportgen.document import judgement
from reportgen.document.content import Block, Paragraph
from reportgen.document.tables import NOTHING, Column, Table, table
from reportgen.policy.fairness import self_check
from reportgen.policy.model import Policy

_FORMULA = [Column("项目", 16, "head"), Column("算法与参数", 84)]


def method(case: Case, assessment: Assessment) -> Iterator[Block]:
    """Yield the blocks of the section."""
    rule = case.policy.conclusion
    yield Paragraph(
        "先核查法定否决项与招标文件（申报条件）的必备要求，再评定能力要素、信用记录与同类项目。"
        "触及否决项，或经核实不满足必备要求的，为不具备信用能力；证据不足的不作结论。"
        f"其余情形中，综合得分不低于 {number(rule.total)} 分、各能力要素不低于 {number(rule.factor_floor)} 分、"
        f"信用记录不低于 {number(rule.record_floor)} 分、"
        f"证据覆盖率不低于 {percent(rule.coverage_full)}，"
        "且没有起决定作用的异议记录的，为具备信用能力；否则为信用能力一般。"
        "上述分数线与权重均为本机构设定。"
    )
    yield _parts(case, assessment)
    yield _formulas(case.policy)
    yield Paragraph(
        f"敏感性：{assessment.sensitivity}" if assessment.sensitivity else "证据不足，未作敏感性分析。"
    )
    yield judgement.coverage(assessment)
    yield _version(assessment)
    yield _fairness(case.policy)
    yield from _local(case)
    yield from _bases(case, assessment)


def _parts(case: Case, assessment: Assessment) -> Table:
    weights = case.policy.weights
    known = [f.score for f in assessment.factors if f.score is not None]
    mean = number(sum(known, ZERO) / len(known), 1) if known else "未评定"
    score = assessment.similar.score
    rows = [
        ("能力要素（四项平均）", mean, number(weights.factors)),
        ("信用记录", number(assessment.record.score, 1), number(weights.record)),
        ("同类项目", "未评定" if score is None else number(score, 1), number(weights.similar)),
        ("综合得分", "未评定" if assessment.total is None else number(assessment.total, 1), "1"),
    ]
    columns = [Column("部分", 40), Column("得分", 30, "num"), Column("权重", 30, "num")]
    return table("综合得分的构成", columns, rows, note=assessment.working)


def _formulas(policy: Policy) -> Table:
    curve, use, record = policy.curve, policy.weights.use, policy.record
    points = "、".join(f"{severity} {number(lost)}" for severity, lost in record.points.items())
    rows = [
        (
            "充足度得分",
            f"r = 可用 ÷ 本项目需要；得分 = 100 × min(1, max(0, (r − {number(curve.zero)}) ÷ "
            f"({number(curve.full)} − {number(curve.zero)})))，恰好满足即为满分，超出不加分；"
            "要求未证实的，r 只取已证实的部分，得分因此偏低的，评语与结论理由注明未证实",
        ),
        ("要素得分", f"需要各项平均 × {number(1 - use)} + 运用各项平均 × {number(use)}；只有一侧的取该侧"),
        ("信用记录得分", f"100 − 各条扣分之和，最低为 0；扣分 = 程度（{points}）× 时近 × 相关"),
        (
            "时近",
            f"仍有效或义务未履行的为 1；其余自认定之日起 {record.fade_months} 个月内由 1 均匀降至 {number(record.fade_to)}",
        ),
        (
            "相关",
            "与本项目同类，或属质量安全环保事故、劳动保障违法、扰乱市场秩序、弄虚作假的为 1；"
            f"其余为 {number(record.unrelated)}",
        ),
        ("屡次", f"同一主体同类轻微行为达到 {record.repeated} 次的，按一般计"),
        ("同类项目得分", _course(policy)),
    ]
    return table("计分公式与参数（本机构设定）", _FORMULA, rows, dense=True)


def _course(policy: Policy) -> str:
    r = policy.similar
    return (
        f"每项 100 − 扣分，再取平均：延误 {number(r.late)}、超过 {r.late_days} 天 {number(r.late_more)}、"
        f"超过 {r.late_most_days} 天 {number(r.late_most)}；验收不合格 {number(r.failed)}；受处罚 {number(r.penalised)}；"
        f"欠薪 {number(r.wage_arrears)}；争议 {number(r.disputed)}；业主评价中 {number(r.fair)}、差 {number(r.poor)}；"
        f"以上六方面中，每一方面无人报告扣 {number(r.unknown)} 分，在建的不扣；因承包方原因终止的为 0 分；"
        "自主申报而未经核实的，只在拉低平均时计入"
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


def _fairness(policy: Policy) -> Table:
    rows = [(check.checked, check.finding, check.outcome) for check in self_check(policy)]
    columns = [Column("核查内容", 34), Column("结果", 54), Column("判定", 12)]
    note = "比照《招标投标领域公平竞争审查规则》第七条、第九条自查；该规则约束政策制定机关，本机构自愿比照。"
    return table("规则包公平竞争自查", columns, rows, note=note, dense=True)


def _local(case: Case) -> Iterator[Block]:
    """Yield what the project's region says about the use of reports; its 有效性 stands beside it."""
    printed = case.policy.printed(case.project.matter).values()
    local = [s for s in printed if case.policy.citation(s.cite).local]
    if not local:
        return
    rows = [(case.policy.citation(s.cite).label(), s.text) for s in local]
    yield table(
        "项目所在地关于使用信用报告的规定（本机构转述）",
        [Column("文件与条款", 40), Column("规则大意", 60)],
        rows,
        dense=True,
    )


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
    yield table("判断所依据的规定", columns, rows, dense=True, empty=NOTHING)
    printed = case.policy.printed(case.project.matter).values()
    declared = [case.policy.citation(s.cite) for s in printed]
    named = [s.cite for s, c in zip(printed, declared, strict=True) if c.printable and not c.local]
    yield Paragraph(f"声明所依据的规定：{judgement.laws(case.policy, named)}。", "note")
