"""风险提示: what to watch with this applicant on this project, ranked, with a way to mitigate."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from reportgen.assess.accounts import asked_years, counted
from reportgen.assess.case import Case, ref
from reportgen.assess.funds import commitments
from reportgen.assess.model import (
    Level,
    RecordItem,
    RecordResult,
    RequirementResult,
    RiskNote,
    SimilarResult,
    Verdict,
)
from reportgen.assess.wording import day, money, number
from reportgen.project.model import Matter
from reportgen.subject.base import in_force, is_long_term
from reportgen.subject.grades import at_least
from reportgen.subject.holdings import Qualification, QualificationKind
from reportgen.subject.model import Listing, Standing, Subject
from reportgen.subject.records import NATURES, NOTHING_TO_FULFIL, Nature, RecordKind, RecordState, Severity

_GRAVE_LISTS = frozenset({RecordKind.SERIOUS_LIST, RecordKind.DEFAULTER})
_SAFETY = "安全生产许可证"
_TOLD = 3
_RANK = {Level.HIGH: 0, Level.MEDIUM: 1, Level.LOW: 2}


def risk_notes(
    case: Case, requirements: Sequence[RequirementResult], record: RecordResult, similar: SimilarResult
) -> tuple[RiskNote, ...]:
    """Return the risk notes, the gravest first; equal ones keep the order of the report."""
    notes = [
        *_failing(case, requirements),
        *_adverse(case, record),
        *_course(case, similar),
        *_tight(case, requirements),
        *(note for subject in case.subjects for note in _of_subject(case, subject, requirements)),
        *_joint(case),
        _blind_spot(case),
    ]
    return tuple(sorted(notes, key=lambda note: _RANK[note.level]))


def _advice(case: Case, signing: str, deciding: str) -> str:
    """Return what to do where a contract is to be signed, or where a department decides without one."""
    return signing if case.project.is_tender else deciding


def _failing(case: Case, requirements: Sequence[RequirementResult]) -> Iterator[RiskNote]:
    proof = _advice(case, "签约前要求补充证明并核验", "作出决定前要求补充证明并核验")
    # A gate that decides comes first: it is the binding reason of the conclusion.
    for item in sorted(requirements, key=lambda item: not (item.decides and item.gate)):
        if item.verdict is Verdict.MET:
            continue
        yield RiskNote(
            level=Level.HIGH if item.decides else Level.MEDIUM,
            title=f"{item.factor}：要求{item.verdict}",
            text=item.asked_and_found,
            mitigation="该项为必备要求，不能以其他优势抵补" if item.decides else proof,
            clause=item.clause,
            basis=item.basis,
            evidence=item.evidence,
        )


def _adverse(case: Case, record: RecordResult) -> Iterator[RiskNote]:
    many = case.policy.risks.many
    adverse = sorted((i for i in record.items if i.nature is Nature.ADVERSE), key=lambda i: -i.points)
    grave = [i for i in adverse if i.severity in {Severity.SERIOUS, Severity.GRAVE}]
    for item in adverse[:many]:
        serious = item.severity in {Severity.SERIOUS, Severity.GRAVE}
        mark = "【异议中】" if item.state is RecordState.DISPUTED else ""
        yield RiskNote(
            level=Level.HIGH if serious else Level.MEDIUM,
            title=f"{item.kind}{mark}",
            text=f"{_what(item)}；{item.authority}{day(item.determined_on)}认定",
            mitigation=_watch(case, serious),
            evidence=(item.evidence,),
        )
    if len(adverse) > many:
        yield RiskNote(
            level=Level.HIGH if grave else Level.MEDIUM,
            title="不良信息数量多",
            text=f"不良信息共 {len(adverse)} 条，其中严重及以上 {len(grave)} 条，明细见附录 A",
            mitigation=_advice(
                case,
                "要求法定代表人书面说明；提高履约保证金，由第三方担保",
                "要求法定代表人书面说明；作出决定前逐条核实",
            ),
            evidence=tuple(i.evidence for i in adverse[:20]),
        )


def _watch(case: Case, serious: bool) -> str:
    if not serious:
        return _advice(case, "核验整改证明，列入履约检查", "核验整改证明，列入后续检查")
    return _advice(
        case, "核验履行与整改证明；约定履约保证金与分期支付", "核验履行与整改证明；作出决定前再次查询"
    )


def _what(item: RecordItem) -> str:
    name = item.number or item.title
    return name if item.kind in NOTHING_TO_FULFIL else f"{name}，{item.fulfilment}"


def _course(case: Case, similar: SimilarResult) -> Iterator[RiskNote]:
    if not similar.items:
        yield RiskNote(
            level=Level.MEDIUM,
            title="缺少同类项目经历",
            text=similar.finding,
            mitigation=_advice(
                case,
                "要求提交实施方案与关键岗位人员承诺，分阶段验收付款",
                "要求提交实施方案与关键岗位人员承诺，分阶段检查进展",
            ),
        )
    troubled = [item for item in similar.items if item.troubled]
    for item in troubled[:2]:
        yield RiskNote(
            level=Level.MEDIUM,
            title="同类项目履约有瑕疵",
            text=f"《{item.name}》：{item.went}",
            mitigation=_advice(case, "向该项目业主核实；在合同中约定工期与质量违约责任", "向该项目业主核实"),
            evidence=(item.evidence,),
        )


def _tight(case: Case, requirements: Sequence[RequirementResult]) -> Iterator[RiskNote]:
    for item in requirements:
        numeric = item.factor == "资金实力" and item.slack is not None
        if (
            item.verdict is Verdict.MET
            and numeric
            and item.slack is not None
            and item.slack < case.policy.risks.tight
        ):
            yield RiskNote(
                level=Level.LOW,
                title=f"{item.factor}余量小",
                text=f"{item.asked_and_found}，仅为要求的 {number(item.slack)} 倍",
                mitigation=_advice(
                    case, "签约前复核最新数据，约定资金专户与进度付款", "作出决定前复核最新数据"
                ),
                clause=item.clause,
                basis=item.basis,
                evidence=item.evidence,
            )


def _of_subject(
    case: Case, subject: Subject, requirements: Sequence[RequirementResult]
) -> Iterator[RiskNote]:
    yield from _suspended(case, subject)
    yield from _declared(case, subject)
    yield from _ending(case, subject, requirements)
    yield from _accounts(case, subject)
    yield from _load(case, subject)
    yield from _links(case, subject)
    yield from _listed(case, subject)


def _suspended(case: Case, subject: Subject) -> Iterator[RiskNote]:
    if subject.registration.standing is Standing.SUSPENDED:
        yield RiskNote(
            level=Level.HIGH,
            title="登记状态为停业",
            text=f"{case.name_of(subject)}{subject.name}登记状态为停业",
            mitigation=_advice(
                case, "签约前核实是否恢复经营，未恢复的不宜签约", "作出决定前核实是否恢复经营"
            ),
            evidence=(ref(subject, subject.registration),),
        )


def _declared(case: Case, subject: Subject) -> Iterator[RiskNote]:
    for owner, placed in case.usable:
        record = placed.record
        if owner is subject and record.nature is Nature.ADVERSE and not subject.counts(record):
            said = f"{record.authority}{day(record.determined_on)}认定的“{record.number or record.title}”"
            yield RiskNote(
                level=Level.MEDIUM,
                title=f"自认而未核实的{record.kind}",
                text=f"{case.name_of(subject)}申报有{said}，未经核实，未计入信用记录得分",
                mitigation="向认定机关查证后再作判断",
                evidence=(ref(subject, record),),
            )


def _ending(case: Case, subject: Subject, requirements: Sequence[RequirementResult]) -> Iterator[RiskNote]:
    """Yield a note for each proven licence that this project needs and that ends soon after the deadline."""
    for what, (item, asked) in _needed(case, subject, requirements).items():
        yield RiskNote(
            level=Level.LOW if asked and not asked.hard else Level.MEDIUM,
            title="证照即将到期",
            text=f"{case.name_of(subject)}{what}，{_days_after(case, item.valid_until or case.judged_on)}",
            mitigation=_renewal(case, item),
            clause=asked.clause if asked else "",
            evidence=(ref(subject, item),),
        )


def _needed(
    case: Case, subject: Subject, requirements: Sequence[RequirementResult]
) -> dict[str, tuple[Qualification, RequirementResult | None]]:
    """Return what ends soon and is needed, with the requirement that needs it; the matter itself may."""
    # Where two requirements rest on a licence, the hard one speaks.
    by_name = {name: r for r in sorted(requirements, key=lambda r: r.hard) for name in r.evidence}
    found: dict[str, tuple[Qualification, RequirementResult | None]] = {}
    for item in subject.qualifications:
        asked = by_name.get(ref(subject, item))
        if _ends_soon(case, subject, item) and (asked or _works_need(case, item)):
            what = f"{item.category}{item.grade}有效期至{day(item.valid_until)}"
            # The same licence may come from two sources.
            if asked or what not in found:
                found[what] = item, asked
    return found


def _ends_soon(case: Case, subject: Subject, item: Qualification) -> bool:
    until, limit = item.valid_until, case.judged_on + timedelta(days=case.policy.horizons.licence_ending)
    if until is None or is_long_term(until) or not case.judged_on <= until <= limit:
        return False
    return subject.counts(item) and not _replaced(subject, item)


def _works_need(case: Case, item: Qualification) -> bool:
    # Whoever builds needs it, whether or not the tender writes it down.
    return case.project.matter is Matter.WORKS_TENDER and item.category == _SAFETY


def _renewal(case: Case, item: Qualification) -> str:
    building = item.kind is QualificationKind.QUALIFICATION or item.category == _SAFETY
    if building and case.project.matter is Matter.WORKS_TENDER:
        return "签约前查验续期受理证明，续期未成的不得开工"
    return _advice(
        case, "签约前查验续期证明，约定合同期内保持有效", "作出决定前查验续期证明，期满未续的重新核对条件"
    )


def _days_after(case: Case, until: date) -> str:
    days = (until - case.judged_on).days
    return f"在{case.project.judged_by}后 {days} 日到期" if days else f"在{case.project.judged_by}当日到期"


def _replaced(subject: Subject, old: Qualification) -> bool:
    return any(
        new.kind is old.kind
        and new.category == old.category
        and at_least(new.grade, old.grade)
        and new.valid_until is not None
        and old.valid_until is not None
        and new.valid_until > old.valid_until
        and subject.counts(new)
        for new in subject.qualifications
    )


def _accounts(case: Case, subject: Subject) -> Iterator[RiskNote]:
    known = counted(subject)
    losses = [s for s in known.values() if s.net_profit is not None and s.net_profit < 0]
    if losses:
        years = "、".join(str(s.year) for s in sorted(losses, key=lambda s: s.year))
        yield RiskNote(
            level=Level.MEDIUM,
            title="有亏损年度",
            text=f"{case.name_of(subject)}{years} 年净利润为负",
            mitigation=_advice(
                case, "关注付款节奏与分包款支付，要求按月报送资金使用情况", "要求按期报送资金使用情况"
            ),
            evidence=tuple(ref(subject, s) for s in losses),
        )
    if len([y for y in asked_years(case, 3) if y in known]) == 1:
        yield RiskNote(
            level=Level.MEDIUM,
            title="财务数据只有一年",
            text=f"{case.name_of(subject)}成立于{day(subject.registration.established_on)}，可用年度报表仅一年",
            mitigation=_advice(case, "以履约保函、分期验收付款降低预付风险", "分期核验实施进展与资金使用"),
        )


def _load(case: Case, subject: Subject) -> Iterator[RiskNote]:
    length = case.project.period_years or Decimal(1)
    committed, evidence = commitments(subject, case.judged_on, length)
    newest = max((s for s in counted(subject).values() if s.revenue), key=lambda s: s.year, default=None)
    if newest is None or not newest.revenue or committed <= case.policy.risks.heavy * newest.revenue * length:
        return
    yield RiskNote(
        level=Level.MEDIUM,
        title="在手合同较多",
        text=f"{case.name_of(subject)}合同期内须完成的在手合同 {money(committed)}，超过按 {newest.year} 年营业收入推算的承接量",
        mitigation="要求列明投入本项目的人员、设备并按月核对到岗",
        evidence=evidence,
    )


def _links(case: Case, subject: Subject) -> Iterator[RiskNote]:
    ended = {Standing.REVOKED, Standing.BANKRUPT, Standing.LIQUIDATION}
    for item in subject.related:
        if item.adverse or item.standing in ended:
            yield RiskNote(
                level=Level.LOW,
                title="关联方风险",
                text=f"{item.relation}{item.name}：{item.adverse or item.standing}",
                mitigation="核对关联交易与担保，必要时要求出具不转移资金的承诺",
                evidence=(ref(subject, item),),
            )


def _listed(case: Case, subject: Subject) -> Iterator[RiskNote]:
    """Yield a note for each related party that stands on a black list on the day judged: it burdens, and decides nothing."""
    for item in subject.related:
        found = [listing for listing in item.listings if _burdens(listing, case.judged_on)]
        if found:
            grave = any(listing.kind in _GRAVE_LISTS for listing in found)
            yield RiskNote(
                level=Level.MEDIUM if grave else Level.LOW,
                title="关联方列入名单",
                text=f"{case.name_of(subject)}{item.relation}{item.name}列入{_entries(found)}",
                mitigation="向认定机关查询现状，核对其与申请人的担保、资金往来及对本项目的投入"
                if grave
                else _advice(
                    case, "向认定机关查询现状，签约前再次比对", "向认定机关查询现状，作出决定前再次比对"
                ),
                evidence=(ref(subject, item),),
            )


def _burdens(listing: Listing, on: date) -> bool:
    return NATURES[listing.kind] is Nature.ADVERSE and in_force(listing.listed_on, listing.until, on)


def _entries(found: Sequence[Listing]) -> str:
    more = f"；等 {len(found)} 项，见第 10 节" if len(found) > _TOLD else ""
    return "；".join(map(_entry, found[:_TOLD])) + more


def _entry(listing: Listing) -> str:
    kind = f"（{listing.kind}）" if listing.kind != listing.list else ""
    until = f"至{day(listing.until)}" if listing.until else "起"
    return f"{listing.list}{kind}，{day(listing.listed_on)}{until}，{listing.authority}认定"


def _joint(case: Case) -> Iterator[RiskNote]:
    if case.applicant.joint:
        yield RiskNote(
            level=Level.LOW,
            title="联合体履约",
            text=f"申请人为 {len(case.applicant.members)} 家成员的联合体，各成员按分工承担",
            mitigation="合同中写明牵头人、各方份额与对招标人的连带责任",
        )


def _blind_spot(case: Case) -> RiskNote:
    days = case.policy.horizons.publicity_lag
    as_of = min(subject.as_of for subject in case.subjects)
    return RiskNote(
        level=Level.LOW,
        title="公开时滞",
        text=f"行政处罚等信息从作出到公开有时滞（本机构按 {days} 个工作日提示），{day(as_of)}前后已作出而未公开的信息不在本报告之内",
        mitigation=_advice(
            case,
            "使用前核验报告状态，并在签约前再次查询公共信用信息",
            "使用前核验报告状态，并在作出决定前再次查询公共信用信息",
        ),
    )
