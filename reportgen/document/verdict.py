"""The conclusion page: what a committee member reads in ten seconds, cut to one page whatever the texts."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from reportgen.assess.case import Case
from reportgen.assess.measure import ZERO
from reportgen.assess.model import Assessment, Basis, Conclusion, Reason, RiskNote
from reportgen.assess.model import Verdict as Met
from reportgen.assess.wording import day, number, percent
from reportgen.document import judgement
from reportgen.document.chart_style import Chart
from reportgen.document.charts import FactorBar, factor_profile
from reportgen.document.content import Figure, Pair, Risk, Verdict
from reportgen.document.space import about, fitting, length, risk_height, risk_lines, room

if TYPE_CHECKING:
    from reportgen.document.compose import Inputs

_RISKS, _OTHERS, _FLIPS = 5, 2, 2
_BINDING, _OTHER = 110, 56
_ASKED = re.compile(r"要求“(.*)”(，(?:实际|现有证据)：.*)")
_CUT = re.compile(r"[（，；。：“、]+[^（，；。：“、]*[\d〔][^（，；。：“、]*$")
"""The last piece of a text cut anywhere, where a figure or the number of a document is in it."""
_LEAST = 8
"""So many characters of a requirement tell which it is."""


def verdict(inputs: "Inputs") -> Verdict:
    """Return the conclusion page of a report; its assessment has a conclusion."""
    case, a = inputs.case, inputs.assessment
    binding = a.binding or Reason(text="", basis=a.reasons[0].basis)
    profile, about_it = _profile(case, a), tuple(_about(inputs))
    why, basis, others = brief(binding.text, _BINDING), _basis(case, a, binding), tuple(_others(case, a))
    flips = tuple(_flips(a))
    above = [pair.value for pair in about_it], [f"决定因素　{why}（{basis}）", *others]
    return Verdict(
        about=about_it,
        sentence=a.conclusion.value if a.conclusion else "",
        # The class of the page: capable, limited or incapable.
        tone=a.conclusion.name.lower() if a.conclusion else "none",
        tag="异议中" if a.disputed else "",
        binding=why + _disputed(binding, a),
        basis=basis,
        others=others,
        recommendation=a.recommendation,
        facts=tuple(_key_facts(inputs)),
        risks=tuple(_risks(a, above, (profile.height_mm, flips))),
        risk_total=len(a.risks),
        flips=flips,
        profile=Figure(_profiled(a), profile),
    )


def ids(case: Case) -> str:
    """Return a project's id with its lot, where it is divided in lots."""
    return case.project.id + (f"，标段 {case.project.lot.id}" if case.project.lot else "")


def _profile(case: Case, assessment: Assessment) -> Chart:
    factors = [_bar(f.factor, f.score, f.floor) for f in assessment.factors]
    if assessment.conclusion is Conclusion.INCAPABLE:
        # No score decides: the room is for the reasons and the risks.
        return factor_profile(factors)
    record, similar = assessment.record, assessment.similar
    floor = case.policy.conclusion.record_floor
    others = [_bar("信用记录", record.score, floor), _bar("同类项目", similar.score, ZERO)]
    return factor_profile(factors, others)


def _profiled(assessment: Assessment) -> str:
    """Return the chart's caption; parts of the total that it does not draw are told there."""
    if assessment.conclusion is not Conclusion.INCAPABLE:
        return "各项得分与底线（能力要素 100 分为恰好满足本项目需要；综合得分的构成见第 12 节）"
    parts = ("信用记录", assessment.record.score), ("同类项目", assessment.similar.score)
    told = "、".join(f"{name}{_told(score)}" for name, score in parts)
    return f"能力要素得分与底线（综合得分另计{told}）"


def _told(score: Decimal | None) -> str:
    return "未评定" if score is None else f" {number(score, 1)} 分"


def _bar(name: str, score: Decimal | None, floor: Decimal) -> FactorBar:
    return FactorBar(name, None if score is None else float(score), float(floor))


def _about(inputs: "Inputs") -> Iterator[Pair]:
    case, agency = inputs.case, inputs.issuer.agency
    lead = case.applicant.lead
    alone = "" if case.applicant.joint else f"（{lead.uscc}）"
    yield Pair("申请人", about(case.applicant.name, alone))
    yield Pair("项目", about(case.project.name, f"（{ids(case)}）"))
    yield Pair("限用", about(f"只供{inputs.binding.recipient.name}", "在本项目中使用一次"))
    made = f"，{day(inputs.identity.issued_at.date())}；数据截至{day(inputs.assessment.as_of)}"
    yield Pair("出具", about(agency.name, made))


def _disputed(reason: Reason, assessment: Assessment) -> str:
    # Where all rests on what is disputed, the conclusion itself says so.
    return "【异议中】" if reason.disputed and not assessment.disputed else ""


def _basis(case: Case, assessment: Assessment, binding: Reason) -> str:
    # 具备 rests on all of it together: no gate, every requirement met, and the method's thresholds.
    if assessment.conclusion is Conclusion.CAPABLE:
        return f"法定、{judgement.named(Basis.TENDER, case)}与{Basis.METHOD}"
    kind, _, where = judgement.basis(case, binding).partition("：")
    # A ban names its law itself.
    return f"{kind}：{where}" if where and where not in binding.text else kind


def _others(case: Case, assessment: Assessment) -> Iterator[str]:
    rest = assessment.reasons[1:]
    for reason in rest[:_OTHERS]:
        text = brief(reason.text, _OTHER) + _disputed(reason, assessment)
        yield f"{text}（{judgement.basis(case, reason)}）"
    if len(rest) > _OTHERS:
        yield f"理由共 {len(rest) + 1} 项，其余 {len(rest) - _OTHERS} 项见第 2 节"


def _risks(
    assessment: Assessment, above: tuple[list[str], list[str]], below: tuple[float, Sequence[str]]
) -> Iterator[Risk]:
    """Yield the risk notes that fit between what stands above them (about what, and why) and below them."""
    shown = _foremost(assessment)
    allowed = risk_lines(*above, assessment.recommendation, below, len(shown))
    for risk, count in zip(shown, allowed, strict=False):
        space = room(risk.title, count)
        # A long id that has to start on a line of its own leaves the one before it half empty.
        while space > _LEAST and risk_height(risk.title, brief(risk.text, space)) > count:
            space -= _LEAST
        yield Risk(risk.level, risk.title, brief(risk.text, space))


def _foremost(assessment: Assessment) -> list[RiskNote]:
    # What stands above as a reason of the conclusion would only be said twice.
    said = {reason.clause for reason in assessment.reasons if reason.clause}
    chosen = sorted(assessment.risks, key=lambda note: note.clause in said)[:_RISKS]
    return [note for note in assessment.risks if note in chosen]


def _flips(assessment: Assessment) -> Iterator[str]:
    for flip in assessment.flips[:_FLIPS]:
        yield f"{flip.change}，结论变为“{flip.conclusion}”"


def brief(text: str, room: float) -> str:
    """Return a text of at most so many characters as wide as a Chinese one; sections 2 and 11 give it whole."""
    if length(text) <= room:
        return text
    asked = _ASKED.fullmatch(text)
    left = room - length(asked[2]) - len("要求“…”") if asked else 0
    if asked and left >= _LEAST:
        # What was found says more than how it was asked for, whose end holds the figure and its unit.
        return f"要求“…{fitting(asked[1][::-1], left)[::-1]}”{asked[2]}"
    kept = fitting(text, room - 1)
    whole = re.match(r"(.+)[，；。：]", kept)
    # Better a part of the sentence whole than one cut in a word, where that says most of it.
    return f"{whole[1] if whole and length(whole[1]) >= room / 2 else _CUT.sub('', kept) or kept}…"


def _key_facts(inputs: "Inputs") -> Iterator[Pair]:
    a, rule = inputs.assessment, inputs.case.policy.conclusion
    hard = [item.verdict for item in a.requirements if item.hard]
    soft = [item.verdict for item in a.requirements if not item.hard]
    rest = [f"{word} {hard.count(word)}" for word in (Met.UNMET, Met.UNPROVEN) if word in hard]
    others = f"一般要求 {soft.count(Met.MET)}/{len(soft)} 满足" if soft else "没有一般要求"
    yield Pair("必备要求", f"{hard.count(Met.MET)}/{len(hard)} 满足", note="，".join(rest) or others)
    barred = "不决定本结论" if a.conclusion is Conclusion.INCAPABLE else f"分数线 {number(rule.total)}"
    yield Pair("综合得分", "未评定" if a.total is None else number(a.total, 1), note=f"满分 100，{barred}")
    present = sum(line.present for line in a.coverage_lines)
    counted = f"应证 {len(a.coverage_lines)} 项，已证 {present} 项"
    yield Pair("证据覆盖率", percent(a.coverage, 1), note=counted)
    yield Pair("有效期至", day(inputs.identity.valid_until), note="一次性使用")
