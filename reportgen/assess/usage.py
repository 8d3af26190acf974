"""运用: how technology, equipment, staff and funds are put to use beside what is there.

What is not proven never improves a score: what nobody checked counts only where it lowers one, and
figures that every firm has but this one does not show score nothing.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from reportgen.assess.accounts import asked_years, counted, filings, founded
from reportgen.assess.capability import at_hand, engaged, free, known_free
from reportgen.assess.case import Case, ref
from reportgen.assess.funds import commitments
from reportgen.assess.measure import ALL_CONTRACTS, ZERO
from reportgen.assess.model import Basis, FactorLine
from reportgen.assess.wording import number, percent, rounded
from reportgen.subject.holdings import ContractStatus, Equipment, Headcount, Person
from reportgen.subject.model import Subject

_FULL = Decimal(100)
_ONE = Decimal(1)
_YEARS = 3
_SHOWN = 10
_IDLE, _STEADY, _FREE = "设备空闲程度", "人员稳定", "关键人员空闲程度"
_APPLIED = "历年经核实已完成 ≥ 1 项"
_CASH, _LOAD = "经营现金流", "在手合同负荷"


def _use(
    name: str, share: Decimal, required: str, available: str, evidence: Sequence[str] = ()
) -> FactorLine:
    score = rounded(_FULL * min(_ONE, max(ZERO, share)), 1)
    return FactorLine(
        name=name,
        available=available,
        required=required,
        ratio=rounded(share, 4),
        score=score,
        basis=Basis.METHOD,
        evidence=tuple(evidence),
    )


def untold(case: Case) -> dict[str, tuple[str, ...]]:
    """Return by the name of each line of use the papers without which it is not known."""
    subjects = [(case.name_of(s), s) for s in case.subjects]
    (newest,) = asked_years(case, 1)
    people = [(who, p) for who, s in subjects for p in s.people if s.counts(p) and not _told_of(case, s, p)]
    pieces = [
        (who, e) for who, s in subjects for e in s.equipment if s.counts(e) and not _idle_told(case, s, e)
    ]
    years = [
        (who, s, year) for who, s in subjects for year in asked_years(case, _YEARS) if year >= founded(s)
    ]
    flows = [_flow_paper(who, s, year) for who, s, year in years if not _flows(s, year)]
    revenues = [paper for who, s, y in years if not _best_revenue(case, s) for paper in filings([y], who)]
    rosters = [who for who, s in subjects if _roster(case, s) is None]
    unlisted = [who for who, s in subjects if case.closed(s, "contracts") is None]
    return {
        _STEADY: tuple(f"{who}{newest} 年末从业人员数与当年离职人数（社保核实）" for who in rosters),
        _FREE: tuple(f"{who}{p.name}（{p.post}）无在任项目的证明" for who, p in people),
        _IDLE: tuple(dict.fromkeys(f"{who}{e.name}的占用情况证明" for who, e in pieces)),
        _CASH: tuple(flows),
        _LOAD: (*revenues, *(f"{who}{ALL_CONTRACTS}" for who in unlisted)),
    }


def _told_of(case: Case, subject: Subject, person: Person) -> bool:
    return engaged(person, case.judged_on) or known_free(case, subject, person)


def _idle_told(case: Case, subject: Subject, item: Equipment) -> bool:
    told = item.verification is not None or case.closed(subject, "equipment") is not None
    return told or item.committed is not None


def _flow_paper(who: str, subject: Subject, year: int) -> str:
    return f"{who}{year} 年经审计的现金流量表" if year in counted(subject) else filings([year], who)[0]


def _flows(subject: Subject, year: int) -> bool:
    statement = counted(subject).get(year)
    return statement is not None and statement.operating_cash_flow is not None


def technology_use(case: Case) -> list[FactorLine]:
    """Technology applied in similar projects of all years that are proven to be done."""
    done = [
        ref(s, c)
        for s in case.subjects
        for c in s.contracts
        if c.category == case.project.category and c.status is ContractStatus.DONE and s.counts(c)
    ]
    if not done:
        return []
    return [_use("技术用于同类项目", _ONE, _APPLIED, f"历年经核实已完成 {len(done)} 项", done[:_SHOWN])]


def equipment_use(case: Case) -> list[FactorLine]:
    """Equipment idle at the deadline, and within its years of service."""
    there = [(s, e) for s in case.subjects for e in s.equipment if e.count and at_hand(e, case.judged_on)]
    items = [(s, e) for s, e in there if s.counts(e) or free(case, s, e) < e.count]
    if not any(s.counts(e) for s, e in items):
        return []
    total = sum(e.count for _, e in items)
    idle = sum(free(case, s, e) for s, e in items if s.counts(e))
    evidence = [ref(s, e) for s, e in items[:_SHOWN]]
    shown = f"{idle}/{total} 台（套）空闲"
    share = Decimal(idle) / total / case.policy.use.idle
    lines = [_use(_IDLE, share, _idle_text(case), shown, evidence)]
    return lines + _in_service(case, [(s, e) for s, e in items if s.counts(e)])


def _idle_text(case: Case) -> str:
    return f"空闲 ≥ {percent(case.policy.use.idle)}"


def _in_service(case: Case, items: Sequence[tuple[Subject, Equipment]]) -> list[FactorLine]:
    dated = [(e, e.commissioned_on, e.life_years) for _, e in items if e.commissioned_on and e.life_years]
    if not dated:
        return []
    fresh = sum(e.count for e, since, life in dated if _age(case, since) <= life)
    counted_in = sum(e.count for e, _, _ in dated)
    evidence = [ref(s, e) for s, e in items[:_SHOWN]]
    share = Decimal(fresh) / counted_in
    return [_use("设备在使用年限内", share, "全部", f"{fresh}/{counted_in} 台（套）", evidence)]


def _age(case: Case, since: date) -> Decimal:
    return Decimal((case.judged_on - since).days) / Decimal("365.25")


def staff_use(case: Case) -> list[FactorLine]:
    """Steadiness of the staff, and key persons free at the deadline."""
    return [_steady(case), *_free_persons(case)]


def _steady(case: Case) -> FactorLine:
    found = [(s, h) for s in case.subjects if (h := _roster(case, s)) is not None]
    left = Decimal(sum(h.left or 0 for _, h in found))
    rate = left / max(1, sum(h.total for _, h in found))
    calm = case.policy.use.calm_turnover
    steady = _ONE - max(ZERO, rate - calm) / (_ONE - calm)
    share = steady * len(found) / len(case.subjects)
    shown = percent(rate, 2) if len(found) == len(case.subjects) else "离职人数未见报告"
    evidence = [ref(s, h) for s, h in found]
    return _use(_STEADY, share, f"年离职 ≤ {percent(calm)}", shown, evidence)


def _roster(case: Case, subject: Subject) -> Headcount | None:
    (newest,) = asked_years(case, 1)
    found = [h for h in subject.headcounts if h.year >= newest and h.left is not None and subject.counts(h)]
    return max(found, key=lambda h: h.year, default=None)


def _free_persons(case: Case) -> list[FactorLine]:
    known = [(s, p) for s in case.subjects for p in s.people if s.counts(p) or _busy(case, p)]
    if not known:
        return []
    idle = sum(1 for s, p in known if s.counts(p) and known_free(case, s, p))
    evidence = [ref(s, p) for s, p in known[:_SHOWN]]
    share = Decimal(idle) / len(known) / case.policy.use.idle
    return [_use(_FREE, share, _idle_text(case), f"{idle}/{len(known)} 人", evidence)]


def _busy(case: Case, person: Person) -> bool:
    return engaged(person, case.judged_on)


def funds_use(case: Case) -> list[FactorLine]:
    """Operating cash flow of the last years, and the load of contracts in hand."""
    return [*_cash_flow(case), *_load(case)]


def _cash_flow(case: Case) -> list[FactorLine]:
    years = asked_years(case, _YEARS)
    asked = [(s, y) for s in case.subjects for y in years if y >= founded(s)]
    known = [(s, st) for s, y in asked if (st := counted(s).get(y)) and st.operating_cash_flow is not None]
    if not asked:
        return []
    positive = sum(1 for _, st in known if (st.operating_cash_flow or ZERO) >= 0)
    unknown = len(asked) - len(known)
    shown = f"{positive}/{len(asked)} 年非负" + (f"，{unknown} 年未见报告" if unknown else "")
    share = Decimal(positive) / len(asked)
    return [_use(_CASH, share, "各年非负", shown, [ref(s, st) for s, st in known])]


def _load(case: Case) -> list[FactorLine]:
    length = max(case.project.period_years or _ONE, _ONE)
    loads = [commitments(s, case.judged_on, length) for s in case.subjects]
    committed = sum((amount for amount, _ in loads), ZERO)
    yearly = sum((_best_revenue(case, s) for s in case.subjects), ZERO)
    if not yearly and not committed:
        return []
    evidence = [item for _, items in loads for item in items]
    if not yearly:
        return [_use(_LOAD, ZERO, "≤ 年营业额", "年营业额未证实", evidence)]
    if any(case.closed(s, "contracts") is None for s in case.subjects):
        return [_use(_LOAD, ZERO, "≤ 年营业额", "在手合同尚未查全", evidence)]
    load = committed / (yearly * length)
    share = Decimal(2) - load if load > 1 else _ONE
    return [_use(_LOAD, share, "≤ 年营业额", f"{number(load, 4)} 倍", evidence)]


def _best_revenue(case: Case, subject: Subject) -> Decimal:
    years = asked_years(case, _YEARS)
    found = (st.revenue or ZERO for year, st in counted(subject).items() if year >= years[-1])
    return max(found, default=ZERO)
