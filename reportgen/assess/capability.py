"""资质, 业绩, 人员, 设备, 技术, 信誉: what is counted or looked up rather than computed.

Source: DOMAIN §3.3 F5, F9, F11 and §3.4. Every validity is tested at the deadline. A certificate that
ends between the collection of data and the deadline may still be renewed: that is 未证实, no fail.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import ZERO, Figure, Measured, by_default, compare, joined
from reportgen.assess.model import Basis, Verdict
from reportgen.assess.wording import day, money, number
from reportgen.project.applicant import Member
from reportgen.project.requirements import (
    EquipmentRequirement,
    HeadcountRequirement,
    JointRule,
    PeopleRequirement,
    PerformanceRequirement,
    QualificationRequirement,
    SimilarWorksRequirement,
    StandingRequirement,
    TechnologyRequirement,
)
from reportgen.subject.base import in_force
from reportgen.subject.holdings import Contract, ContractRole, ContractStatus, Person, Qualification, Tenure
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord, Misconduct, RecordKind, RecordState
from reportgen.subject.window import add_months

# Best first: grades of 资质 and licences, then of 职称 and 软考.
_SCALES = (
    (
        {"特级"},
        {"一级", "壹级", "甲级"},
        {"二级", "贰级", "乙级"},
        {"三级", "叁级", "丙级"},
        {"四级", "丁级"},
    ),
    ({"正高级"}, {"高级", "副高级"}, {"中级"}, {"初级"}),
)
_JOINT_ROLES = {ContractRole.LEAD, ContractRole.MEMBER}


def at_least(grade: str, least: str) -> bool:
    """Say whether a grade is at least another; a grade outside the usual scales only equals itself."""
    if not least or grade == least:
        return True
    for scale in _SCALES:
        ranks = {name: rank for rank, names in enumerate(scale) for name in names}
        if grade in ranks and least in ranks:
            return ranks[grade] <= ranks[least]
    return False


def of(unit: str) -> Callable[[Decimal], str]:
    """Return a function that writes a count with its unit."""
    return lambda value: f"{number(value, 0)}{unit}"


def qualification(case: Case, asked: QualificationRequirement) -> Measured:
    """A category and least grade in force at the deadline, of each member for its part."""
    results = [_held(case, member.subject, asked) for member in _responsible(case, asked)]
    order = (Verdict.UNMET, Verdict.UNPROVEN, Verdict.MET)
    if asked.jv is JointRule.ANY:
        order = (Verdict.MET, Verdict.UNPROVEN, Verdict.UNMET)
    verdict = next(v for v in order if any(r.verdict is v for r in results))
    cite = case.policy.right(asked.sort, case.project.matter)
    return Measured(
        verdict=verdict,
        name=f"{asked.category}{asked.grade}",
        required=f"{asked.category}{asked.grade}，{case.project.judged_by}有效",
        actual="；".join(r.actual for r in results),
        missing=tuple(item for r in results for item in r.missing),
        evidence=tuple(item for r in results for item in r.evidence),
        note="".join(r.note for r in results),
        basis=Basis.LAW if cite else Basis.TENDER,
        cite=cite,
        gate=asked.hard,
    )


def _responsible(case: Case, asked: QualificationRequirement) -> list[Member]:
    # Members of one specialty are all tested, so the lowest 资质 counts; a member whose own part of the
    # work is stated and who holds nothing of this category is of another specialty (招标投标法 31).
    members = list(case.members())
    if asked.jv is JointRule.LEAD:
        return members[:1]
    if asked.jv is not JointRule.PART or not all(m.work for m in members):
        return members
    holders = [m for m in members if any(q.category == asked.category for q in m.subject.qualifications)]
    return holders or members


def _held(case: Case, subject: Subject, asked: QualificationRequirement) -> Measured:
    held = [q for q in subject.qualifications if q.kind is asked.sort and q.category == asked.category]
    fitting = [q for q in held if at_least(q.grade, asked.grade)]
    valid = [q for q in fitting if in_force(q.valid_from, q.valid_until, case.judged_on)]
    proven = [q for q in valid if subject.counts(q)]
    if proven:
        return _measured(case, subject, Verdict.MET, proven[0])
    shown = next(iter(valid or fitting or held), None)
    verdict = Verdict.UNPROVEN if valid or not _surely_lacking(subject, fitting) else Verdict.UNMET
    missing = (
        (f"{asked.category}{asked.grade}在{case.project.judged_by}有效的证明",)
        if verdict is Verdict.UNPROVEN
        else ()
    )
    return _measured(case, subject, verdict, shown, missing)


def _surely_lacking(subject: Subject, fitting: list[Qualification]) -> bool:
    renewable = any(q.valid_until is not None and q.valid_until >= subject.as_of for q in fitting)
    return subject.closed("qualifications") and not renewable


def _measured(
    case: Case, subject: Subject, verdict: Verdict, held: Qualification | None, missing: tuple[str, ...] = ()
) -> Measured:
    who = case.name_of(subject)
    if held is None:
        return Measured(verdict, "", "", f"{who}未见登记", missing=tuple(who + item for item in missing))
    unchecked = "" if subject.counts(held) else "，自主申报未核实"
    actual = f"{who}{held.category}{held.grade}，有效期至{day(held.valid_until)}{unchecked}"
    missing = tuple(who + item for item in missing)
    return Measured(verdict, "", "", actual, missing=missing, evidence=(ref(subject, held),))


def similar_works(case: Case, asked: SimilarWorksRequirement) -> Measured:
    """F5: completed contracts that pass by category AND value AND date, with the evidence triple."""
    need = asked.value if asked.value is not None else (asked.value_share or ZERO) * case.project.value
    years = asked.years or case.policy.defaults.similar_years
    since = asked.since or add_months(case.judged_on, -12 * years)
    own = asked.since is None and asked.years is None
    figures = [(m, _works(case, m.subject, asked, need, since)) for m in case.members()]
    result = compare(joined(asked.jv, figures), Decimal(asked.count), of(" 项"), name=f"{asked.category}业绩")
    least = f"，单项 ≥ {money(need)}" if need else ""
    required = f"{result.required}（{day(since)}以来验收{least}）"
    return replace(result, required=required, basis=by_default(own))


def _works(
    case: Case, subject: Subject, asked: SimilarWorksRequirement, need: Decimal, since: date
) -> Figure:
    passing = [c for c in subject.contracts if _passes(c, asked, need, since, case.judged_on)]
    proven = [c for c in passing if subject.counts(c) and c.evidence.complete]
    lacking = [
        f"《{c.name}》的{'、'.join(c.evidence.missing) or '核实记录'}" for c in passing if c not in proven
    ]
    if len(proven) < asked.count and not lacking:
        lacking = [f"符合类别、金额与时间的{asked.category}业绩三项证明（中标通知书、合同协议书、验收证书）"]
    possible = Decimal(len(passing)) if subject.closed("contracts") else None
    formula = "；".join(
        f"《{c.name}》{money(c.value * c.share)}，{day(c.accepted_on)}验收" for c in proven[:5]
    )
    return Figure(
        Decimal(len(proven)), possible, formula, tuple(ref(subject, c) for c in proven), tuple(lacking)
    )


def _passes(
    contract: Contract, asked: SimilarWorksRequirement, need: Decimal, since: date, until: date
) -> bool:
    return (
        contract.category == asked.category
        and contract.status is ContractStatus.DONE
        and contract.value * contract.share >= need
        and contract.accepted_on is not None
        and since <= contract.accepted_on <= until
        and (asked.joint_works or contract.role not in _JOINT_ROLES)
    )


def people(case: Case, asked: PeopleRequirement) -> Measured:
    """F11: persons of a post with certificate and grade in force, not engaged elsewhere at the deadline."""
    figures = [(m, _persons(case, m, asked)) for m in case.members()]
    wanted = (
        f"{asked.post}（{asked.certificate}{asked.grade}{'，' + asked.specialty if asked.specialty else ''}）"
    )
    name = wanted + ("，无在任项目" if asked.free else "")
    return compare(joined(asked.jv, figures), Decimal(asked.count), of(" 人"), name=name)


def _persons(case: Case, member: Member, asked: PeopleRequirement) -> Figure:
    subject = member.subject
    able = [p for p in subject.people if _able(p, asked, case.judged_on)]
    free = [p for p in able if not asked.free or not engaged(p, case.judged_on)]
    proven = [p for p in free if subject.counts(p)]
    missing = [f"{p.name}（{p.post}）证书与社保的核实" for p in free if p not in proven]
    busy = [
        f"{p.name}在任（{p.engaged_on}，至{day(p.engaged_until)}），须有解除证明"
        for p in able
        if p not in free
    ]
    missing += busy or ([] if proven else [f"{asked.post}的{asked.certificate}{asked.grade}及在岗证明"])
    possible = Decimal(len(able)) if subject.closed("people") else None
    formula = "、".join(f"{p.name}（{p.certificate}{p.grade}）" for p in proven[:6])
    return Figure(
        Decimal(len(proven)), possible, formula, tuple(ref(subject, p) for p in proven), tuple(missing)
    )


def _able(person: Person, asked: PeopleRequirement, on: date) -> bool:
    return (
        person.post == asked.post
        and person.certificate == asked.certificate
        and at_least(person.grade, asked.grade)
        and (not asked.specialty or person.specialty == asked.specialty)
        and in_force(None, person.valid_until, on)
    )


def engaged(person: Person, on: date) -> bool:
    """Say whether a person is tied to another project on a day; an open end ties."""
    return bool(person.engaged_on) and (person.engaged_until is None or person.engaged_until >= on)


def headcount(case: Case, asked: HeadcountRequirement) -> Measured:
    """Technical staff of the newest year ≥ a number."""
    figures = [(m, technical_staff(m.subject)) for m in case.members()]
    return compare(joined(asked.jv, figures), Decimal(asked.technical), of(" 人"), name="技术人员")


def technical_staff(subject: Subject) -> Figure:
    """Return the newest count of technical staff."""
    counted = sorted((h for h in subject.headcounts if subject.counts(h)), key=lambda h: h.year)
    if not counted:
        return Figure(None, None, missing=("最近年度从业人员与技术人员名册（社保核实）",))
    last = counted[-1]
    value = Decimal(last.technical)
    return Figure(value, value, f"{last.year} 年末 {last.technical} 人", (ref(subject, last),))


def equipment(case: Case, asked: EquipmentRequirement) -> Measured:
    """F11: pieces not tied up elsewhere at the deadline."""
    figures = [(m, _pieces_free(m.subject, asked, case.judged_on)) for m in case.members()]
    name = f"可调用{asked.name}" + ("（自有）" if asked.owned else "")
    return compare(joined(asked.jv, figures), Decimal(asked.count), of(" 台（套）"), name=name)


def _pieces_free(subject: Subject, asked: EquipmentRequirement, on: date) -> Figure:
    items = [
        e for e in subject.equipment if e.name == asked.name and (not asked.owned or e.tenure is Tenure.OWNED)
    ]
    leased_in = [e for e in items if e.tenure is Tenure.OWNED or in_force(None, e.lease_until, on)]
    free = {e.id: e.count - (e.committed if _tied(e.committed_until, on) else 0) for e in leased_in}
    proven = [e for e in leased_in if subject.counts(e)]
    total = sum((Decimal(free[e.id]) for e in proven), ZERO)
    most = sum((Decimal(e.count) for e in leased_in), ZERO) if subject.closed("equipment") else None
    parts = [f"{e.count} − 占用 {e.count - free[e.id]}（{e.tenure}）" for e in proven]
    missing = () if total >= asked.count else (f"{asked.name}的购置发票或租赁合同及调用承诺",)
    return Figure(total, most, " + ".join(parts), tuple(ref(subject, e) for e in proven), missing)


def _tied(until: date | None, on: date) -> bool:
    return until is None or until >= on


def technology(case: Case, asked: TechnologyRequirement) -> Measured:
    """Technology of a field in force at the deadline."""
    figures = [(m, _technologies(m.subject, asked, case.judged_on)) for m in case.members()]
    name = f"有效的{asked.field}{asked.sort or '技术成果'}"
    return compare(joined(asked.jv, figures), Decimal(asked.count), of(" 项"), name=name)


def _technologies(subject: Subject, asked: TechnologyRequirement, on: date) -> Figure:
    items = [
        t for t in subject.technology if t.field == asked.field and (not asked.sort or t.kind == asked.sort)
    ]
    valid = [t for t in items if in_force(t.granted_on, t.valid_until, on)]
    proven = [t for t in valid if subject.counts(t)]
    possible = Decimal(len(valid)) if subject.closed("technology") else None
    missing = () if len(proven) >= asked.count else (f"{asked.field}{asked.sort}的权属证明",)
    names = "、".join(f"{t.name}（{t.kind}）" for t in proven[:5])
    return Figure(Decimal(len(proven)), possible, names, tuple(ref(subject, t) for t in proven), missing)


def performance(case: Case, asked: PerformanceRequirement) -> Measured:
    """F9: no contract broken off by the contractor's default since the look-back began."""
    years = asked.years or case.policy.defaults.performance_years
    since = add_months(case.judged_on, -12 * years)
    broken = [
        (subject, contract)
        for subject in case.applicant.subjects
        for contract in subject.contracts
        if contract.status is ContractStatus.BROKEN_OFF and (contract.ends_on or contract.signed_on) >= since
    ]
    proven = [(s, c) for s, c in broken if s.counts(c)]
    verdict = Verdict.UNMET if proven else Verdict.UNPROVEN if broken else Verdict.MET
    return Measured(
        verdict=verdict,
        name="履约记录",
        required=f"{day(since)}以来无因承包方原因终止的合同",
        actual="；".join(f"《{c.name}》{c.status}" for _, c in broken) or "未发现",
        missing=tuple(f"《{c.name}》终止原因的核实" for s, c in broken)
        if verdict is Verdict.UNPROVEN
        else (),
        evidence=tuple(ref(s, c) for s, c in broken),
        note="" if broken else "依据已采集的合同记录",
        basis=by_default(asked.years is None),
    )


def standing(case: Case, asked: StandingRequirement) -> Measured:
    """信誉: on no list the tender names; a defaulter's closed case (终本, 和解) is no automatic bar."""
    hits = [(s, p.record) for s, p in case.used if _barred(p.record, asked, case.judged_on)]
    unknown = [s.name for s in case.applicant.subjects if not s.closed("records")]
    verdict = Verdict.UNMET if hits else Verdict.UNPROVEN if unknown else Verdict.MET
    return Measured(
        verdict=verdict,
        name="信誉",
        required=_standing_text(asked),
        actual=_hits_text(hits),
        missing=tuple(f"{name}的公共信用信息查询结果" for name in unknown)
        if verdict is Verdict.UNPROVEN
        else (),
        evidence=tuple(ref(s, record) for s, record in hits),
        gate=asked.hard,
        disputed=bool(hits) and all(record.state is RecordState.DISPUTED for _, record in hits),
    )


def _barred(record: CreditRecord, asked: StandingRequirement, on: date) -> bool:
    if record.kind is RecordKind.DEFAULTER:
        return asked.defaulter and record.closure is None and record.in_force(on)
    if record.kind is RecordKind.SERIOUS_LIST:
        return asked.serious_lists and record.in_force(on)
    if record.kind is RecordKind.ABNORMAL_LIST:
        return asked.abnormal_list and record.in_force(on)
    recent = record.determined_on >= add_months(on, -12 * asked.no_bribery_years)
    bribery = record.kind is RecordKind.CRIMINAL and record.misconduct is Misconduct.MARKET
    return bool(asked.no_bribery_years) and bribery and recent


def _standing_text(asked: StandingRequirement) -> str:
    lists = [
        *(["失信被执行人"] if asked.defaulter else []),
        *(["严重失信主体名单"] if asked.serious_lists else []),
        *(["经营异常名录"] if asked.abnormal_list else []),
    ]
    bribery = f"近 {asked.no_bribery_years} 年无行贿犯罪记录" if asked.no_bribery_years else ""
    return "；".join(part for part in ("未被列入" + "、".join(lists) if lists else "", bribery) if part)


def _hits_text(hits: list[tuple[Subject, CreditRecord]]) -> str:
    if not hits:
        return "未发现"
    subject, record = hits[0]
    first = f"{subject.name}：{record.kind}（{record.number or record.title}，{record.fulfilment}）"
    return first if len(hits) == 1 else f"{first}等 {len(hits)} 条"
