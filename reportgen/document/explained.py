"""The whole judgement as a tree: every point with what it rests on, so it can be contested.

Data in, a tree out: nothing is judged here, and nothing printed. Sums are written out from the parts
of the assessment and the values of its rules. Texts of records come from files of strangers: whoever shows
the tree makes them safe.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reportgen.assess.case import Case, ref
from reportgen.assess.model import (
    Assessment,
    EvidenceFor,
    FactorLine,
    GateResult,
    RecordItem,
    RequirementResult,
    SimilarItem,
    Verdict,
)
from reportgen.assess.wording import day, mark, money, number, percent
from reportgen.document.judgement import MARKS, basis, ground, laws, named
from reportgen.document.workings import mean_working, points, record_working, similar_working
from reportgen.subject.records import Fulfilment, Nature, RecordState
from reportgen.subject.window import Placing


class Tone(StrEnum):
    """How a point stands: a heading, what is in order, what is open, what is not in order, any other."""

    PLAIN = ""
    HEAD = "head"
    GOOD = "good"
    OPEN = "open"
    BAD = "bad"


@dataclass
class Node:
    """A point and what it rests on, in the order in which it is to be read."""

    text: str
    tone: Tone = Tone.PLAIN
    nodes: list["Node"] = field(default_factory=list)


_TONES = {Verdict.MET: Tone.GOOD, Verdict.UNPROVEN: Tone.OPEN, Verdict.UNMET: Tone.BAD}


def explained(case: Case, assessment: Assessment) -> Node:
    """Return the judgement from the conclusion down to the sources of the facts."""
    tree = Node(f"评价说明：{assessment.sentence}", Tone.HEAD)
    for part in _PARTS:
        part(tree, case, assessment)
    return tree


def _branch(tree: Node, text: str, tone: Tone = Tone.PLAIN) -> Node:
    tree.nodes.append(Node(text, tone))
    return tree.nodes[-1]


def _facts(tree: Node, *pairs: tuple[str, str]) -> None:
    for name, value in pairs:
        if value:
            _branch(tree, f"{name}：{value}")


def _evidence(names: Sequence[str], a: Assessment) -> str:
    """Return evidence names by the fact's id, in a joint venture behind the member's mark."""
    codes = [member.uscc for member in a.applicant]
    pairs = [name.partition(":") for name in names]
    return " ".join((mark(codes.index(code)) if len(codes) > 1 else "") + fact for code, _, fact in pairs)


def _subject(tree: Node, case: Case, a: Assessment) -> None:
    for index, member in enumerate(a.applicant):
        share = f"，份额 {percent(member.share, 2)}" if len(a.applicant) > 1 else ""
        work = f"，{member.work}" if member.work else ""
        name = f"{mark(index) if share else ''}{member.name}（{member.uscc}）"
        _branch(tree, f"申请人：{name}{share}{work}")
    lot = f"，{a.lot} 标段" if a.lot else ""
    again = f"，第 {a.round} 次招标" if a.round > 1 else ""
    _branch(tree, f"项目：{case.project.name}（{a.project}{lot}{again}）")
    _branch(tree, f"{case.project.judged_by}：{day(a.judged_on)}，数据截止：{day(a.as_of)}")


def _conclusion(tree: Node, case: Case, a: Assessment) -> None:
    part = _branch(tree, f"结论：{a.sentence}", Tone.HEAD)
    for reason in a.reasons:
        head = "决定性理由" if reason is a.binding else "理由"
        node = _branch(part, f"{head}：{reason.text}" + ("【异议中】" if reason.disputed else ""))
        _facts(node, ("依据", basis(case, reason)), ("证据", _evidence(reason.evidence, a)))
    for gap in a.gaps.gaps if a.gaps else ():
        node = _branch(part, f"缺件：{gap.clause} {gap.what}".replace("： ", "："), Tone.OPEN)
        _facts(node, ("原因", gap.why), ("补办", gap.how))
    _facts(part, ("建议", a.recommendation))


def _gates(tree: Node, case: Case, a: Assessment) -> None:
    tripped = sum(gate.tripped for gate in a.gates)
    part = _branch(tree, f"否决项：{len(a.gates)} 项，触及 {tripped} 项", Tone.HEAD)
    for gate in a.gates:
        _gate(part, gate, case, a)


def _gate(part: Node, gate: GateResult, case: Case, a: Assessment) -> None:
    said, style = ("× 触及", Tone.BAD) if gate.tripped else ("✓ 未触及", Tone.GOOD)
    if gate.unproven:
        said, style = "？未证实", Tone.OPEN
    node = _branch(part, f"{said} {gate.title}" + ("【异议中】" if gate.reason.disputed else ""), style)
    _facts(
        node,
        ("核查", gate.reason.text),
        ("依据", ground(case, gate.reason)),
        ("证据", _evidence(gate.reason.evidence, a)),
        ("尚缺", "、".join(gate.missing)),
        ("公共来源以外所称", _evidence(gate.claims, a)),
        ("其中异议中", _evidence(gate.doubts, a)),
    )


def _requirements(tree: Node, case: Case, a: Assessment) -> None:
    counts = "，".join(f"{v} {sum(i.verdict is v for i in a.requirements)} 项" for v in Verdict)
    part = _branch(tree, f"要求项：{len(a.requirements)} 项，{counts}", Tone.HEAD)
    for item in a.requirements:
        _requirement(part, item, case, a)


def _requirement(part: Node, item: RequirementResult, case: Case, a: Assessment) -> None:
    sort = "否决性要求" if item.gate else "必备" if item.hard else "非必备"
    disputed = "【异议中】" if item.disputed else ""
    head = f"{MARKS[item.verdict]} {item.clause} {item.name}（{item.factor}，{sort}）{disputed}"
    node = _branch(part, head, _TONES[item.verdict])
    law = f"：{laws(case.policy, [item.cite])}" if item.cite else ""
    _facts(
        node,
        ("条文", item.text),
        ("要求", item.required),
        ("实际", item.actual),
        ("差额", item.margin),
        ("计算", item.formula),
        ("说明", item.note),
        ("依据", f"{named(item.basis, case)}{law}"),
        ("尚缺", "、".join(item.missing)),
        ("证据", _evidence(item.evidence, a)),
        ("公共来源以外所称，异议中", _evidence(item.doubts, a)),
    )


def _factors(tree: Node, case: Case, a: Assessment) -> None:
    part = _branch(tree, "能力要素", Tone.HEAD)
    curve = case.policy.curve
    _branch(
        part,
        f"需要的得分：(充足率 − {curve.zero}) ÷ ({curve.full} − {curve.zero}) × 100，不低于 0，不高于 100",
    )
    _branch(part, "运用的得分：比值 × 100，不低于 0，不高于 100")
    for result in a.factors:
        style = Tone.BAD if result.score is None or result.score < result.floor else Tone.GOOD
        floor = f"（最低 {number(result.floor)}）"
        node = _branch(part, f"{result.factor}：{points(result.score)} 分{floor}", style)
        for sort, lines in (("需要", result.need), ("运用", result.use)):
            for line in lines:
                _line(node, f"{sort}·{line.name}：{points(line.score)}", line, case, a)
            known = [line.score for line in lines if line.score is not None]
            _facts(node, (f"{sort}各项平均", mean_working(known) if known else "没有可评的项"))
        _facts(node, ("合成", result.working or "需要各项均未证实，不评定"))


def _line(node: Node, head: str, line: FactorLine, case: Case, a: Assessment) -> None:
    clauses = {item.id: item.clause for item in a.requirements}
    asked = f"（要求 {clauses[line.requirement]}）" if line.requirement in clauses else ""
    ratio = "未证实" if line.ratio is None else number(line.ratio, 4)
    held = "现有证据" if line.verdict is Verdict.UNPROVEN else "实际"
    _facts(
        _branch(node, head),
        ("比较", f"{held} {line.available}；需要 {line.required}；比值 {ratio}"),
        ("计算", line.formula),
        ("依据", f"{named(line.basis, case)}{asked}"),
        ("证据", _evidence(line.evidence, a)),
    )


def _record(tree: Node, case: Case, a: Assessment) -> None:
    record, floor = a.record, case.policy.conclusion.record_floor
    part = _branch(tree, f"信用记录：{points(record.score)} 分（最低 {number(floor)}）", Tone.HEAD)
    clean = "是" if record.three_years_clean else "否"
    _facts(part, ("回溯期", f"{day(record.start)}至{day(record.end)}"), ("三年无不良", clean))
    for item in record.items:
        _record_item(part, item, a)
    _facts(part, ("小结", record.finding), ("合成", record_working(record)))


def _record_item(part: Node, item: RecordItem, a: Assessment) -> None:
    state = "【异议中】" if item.state is RecordState.DISPUTED else ""
    adverse = item.nature is Nature.ADVERSE
    cost = f"扣 {points(item.points)} 分" if adverse else "不计分"
    node = _branch(
        part, f"{item.nature}·{item.kind}{state}，{cost}：{item.title}", Tone.BAD if adverse else Tone.PLAIN
    )
    _facts(
        node,
        ("文书", "，".join(p for p in (item.authority, item.number, f"{day(item.determined_on)}认定") if p)),
        ("主体", item.subject if len(a.applicant) > 1 else ""),
        ("内容", item.content),
        ("金额", "" if item.amount is None else money(item.amount)),
        ("程度", f"{item.severity or '未定'}（{item.severity_from}）" if adverse else ""),
        ("扣分", item.working),
        ("履行", "" if item.fulfilment in {Fulfilment.UNKNOWN, Fulfilment.NOT_NEEDED} else item.fulfilment),
        ("留用", "" if item.placing == Placing.WITHIN else item.placing),
        ("主体说明", item.statement),
        ("证据", _evidence([item.evidence], a)),
    )


def _similar(tree: Node, case: Case, a: Assessment) -> None:
    part = _branch(tree, f"同类项目：{points(a.similar.score)} 分", Tone.HEAD)
    rule = case.policy.similar
    _branch(
        part,
        f"扣分标准：延误 {rule.late}（超过 {rule.late_days} 天 {rule.late_more}，超过 {rule.late_most_days} 天 "
        f"{rule.late_most}），验收不合格 {rule.failed}，质量安全处罚 {rule.penalised}，欠薪 {rule.wage_arrears}，"
        f"争议 {rule.disputed}，业主评价中 {rule.fair}、差 {rule.poor}，六方面中每一方面未见报告 {rule.unknown}",
    )
    counted = {ref(s, c) for s in case.subjects for c in s.contracts if s.counts(c)}
    for item in a.similar.items:
        _similar_item(part, item, item.evidence in counted, a)
    _facts(part, ("小结", a.similar.finding), ("合成", similar_working(a.similar, counted)))


def _similar_item(part: Node, item: SimilarItem, counts: bool, a: Assessment) -> None:
    node = _branch(part, f"《{item.name}》：{points(item.score)}", Tone.BAD if item.troubled else Tone.PLAIN)
    accepted = f"，{day(item.accepted_on)}验收" if item.accepted_on else ""
    _facts(
        node,
        (
            "合同",
            f"{item.owner}，{item.role}，{money(item.value)}，{day(item.signed_on)}签订{accepted}，{item.status}",
        ),
        ("主体", item.subject if len(a.applicant) > 1 else ""),
        ("履约", item.went + (f"；{item.unknown} 方面未见报告" if item.unknown else "")),
        ("三项证明", item.papers),
        ("采信", "" if counts else "未经核实，只在拉低平均时计入"),
        ("证据", _evidence([item.evidence], a)),
    )


def _total(tree: Node, case: Case, a: Assessment) -> None:
    part = _branch(tree, f"综合得分：{points(a.total)} 分", Tone.HEAD)
    rule, weights = case.policy.conclusion, case.policy.weights
    known = [factor.score for factor in a.factors if factor.score is not None]
    floors = (
        f"综合得分不低于 {number(a.threshold)}，各能力要素不低于 {number(rule.factor_floor)}，"
        f"信用记录不低于 {number(rule.record_floor)}"
    )
    _facts(
        part,
        ("权重", f"能力要素 {weights.factors}，信用记录 {weights.record}，同类项目 {weights.similar}"),
        ("能力要素平均", mean_working(known, 3) if known else ""),
        ("计算", a.working or "能力要素均未评定，无法计算"),
        ("“具备”的条件", f"{floors}，证据覆盖率不低于 {percent(rule.coverage_full)}"),
    )
    for name in ("conclusion", "weights", "curve", "use", "record", "similar"):
        citation = case.policy.citation_of(name)
        _branch(part, f"{citation.label()}（{citation.document}）：{citation.rule}")


def _coverage(tree: Node, case: Case, a: Assessment) -> None:
    present = sum(line.present for line in a.coverage_lines)
    share = f"{present} ÷ {len(a.coverage_lines)} = {percent(a.coverage, 1)}"
    least = percent(case.policy.conclusion.coverage_least)
    part = _branch(tree, f"证据覆盖：{share}，低于 {least} 不作结论", Tone.HEAD)
    for sort in EvidenceFor:
        node = _branch(part, f"{sort}所需")
        for line in a.coverage_lines:
            if line.needed_for is sort:
                needed = "（缺之不作结论）" if line.mandatory else ""
                detail = line.detail.removeprefix(f"{line.name}：")
                said = f"{'有' if line.present else '缺'} {line.name}{needed}：{detail}"
                _branch(node, said, Tone.PLAIN if line.present else Tone.OPEN)


def _flips(tree: Node, _: Case, a: Assessment) -> None:
    part = _branch(tree, "怎样会改变结论", Tone.HEAD)
    for flip in a.flips:
        _branch(part, f"{flip.change} → {flip.conclusion}")
    if not a.flips:
        _branch(part, "没有单独一项改变就能改变结论的情形")
    _facts(part, ("敏感性", a.sensitivity))


def _risks(tree: Node, case: Case, a: Assessment) -> None:
    part = _branch(tree, f"风险提示：{len(a.risks)} 项", Tone.HEAD)
    for risk in a.risks:
        node = _branch(part, f"{risk.level}·{risk.title}")
        _facts(
            node,
            ("情况", risk.text),
            ("缓释", risk.mitigation),
            ("依据", "，".join(p for p in (named(risk.basis, case), risk.clause) if p)),
            ("证据", _evidence(risk.evidence, a)),
        )


def _sources(tree: Node, case: Case, a: Assessment) -> None:
    part = _branch(tree, "证据的来源", Tone.HEAD)
    cited = _cited(a)
    for subject in case.subjects:
        for source in subject.sources:
            facts = [f for _, f in subject.facts() if f.source == source.id and ref(subject, f) in cited]
            if not facts:
                continue
            head = f"{case.name_of(subject)}{source.name}（{source.origin}，{day(source.collected_on)}采集）"
            checked = [f for f in facts if f.verification is not None]
            node = _branch(part, head)
            _facts(node, ("事实", " ".join(f.id for f in facts)), ("经核实", " ".join(f.id for f in checked)))


def _cited(a: Assessment) -> set[str]:
    lists = [
        *(r.evidence for r in (*a.reasons, *(gate.reason for gate in a.gates))),
        *((*gate.claims, *gate.doubts) for gate in a.gates),
        *((*item.evidence, *item.doubts) for item in a.requirements),
        *(line.evidence for f in a.factors for line in (*f.need, *f.use)),
        *((item.evidence,) for item in a.record.items),
        *((item.evidence,) for item in a.similar.items),
        *(risk.evidence for risk in a.risks),
    ]
    return {name for names in lists for name in names}


def _method(tree: Node, _: Case, a: Assessment) -> None:
    part = _branch(tree, "规则与方法", Tone.HEAD)
    _facts(
        part,
        ("规则包", f"{a.pack.title}（{a.pack.name}），取 {day(a.pack.on)}的值"),
        ("规则包 SHA-256", a.pack.sha256),
        ("有效性", a.pack.effect),
        ("方法版本", a.method),
        ("数据快照 SHA-256", a.snapshot_sha256),
    )


_PARTS: tuple[Callable[[Node, Case, Assessment], None], ...] = (
    _subject,
    _conclusion,
    _gates,
    _requirements,
    _factors,
    _record,
    _similar,
    _total,
    _coverage,
    _flips,
    _risks,
    _sources,
    _method,
)
