"""联合激励, 联合惩戒 and the tender's own credit clauses: listed with what was found, applied by nobody here.

Nothing of this enters a score, and nothing of it offsets a gate. A good condition holds where every
member of a joint venture satisfies it, a bad one where a single member does. Only a public source or
a check proves a condition; an absence is proven by a fresh closed list, and everything else is 未证实.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reportgen.assess.case import Case
from reportgen.assess.model import ClauseResult, ConditionResult, MeasureResult, RecordResult, Verdict
from reportgen.assess.standing import Hit
from reportgen.assess.wording import day
from reportgen.project.clauses import Condition
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord, Grade, Nature, RecordKind, Severity

_HONOURS = {RecordKind.RED_LIST, RecordKind.TAX_A}
_LISTS = {RecordKind.SERIOUS_LIST, RecordKind.DEFAULTER}
_SEVERE = {Severity.SERIOUS, Severity.GRAVE}
_WORST_FIRST = (Verdict.UNMET, Verdict.UNPROVEN, Verdict.MET)


@dataclass(frozen=True)
class _Held:
    """How one member stands to a condition."""

    verdict: Verdict
    text: str
    hits: tuple[Hit, ...] = ()
    missing: str = ""

    @property
    def disputed(self) -> bool:
        """Say whether the verdict rests on disputed records alone."""
        return bool(self.hits) and all(hit.disputed for hit in self.hits)


def measure_results(case: Case, record: RecordResult) -> tuple[MeasureResult, ...]:
    """Return every incentive and sanction of the policy for the project's matter."""
    policy = case.policy
    return tuple(
        MeasureResult(
            **dict(condition_result(case, record, rule.condition)),
            id=rule.id,
            sort=rule.sort,
            text=rule.text,
            cite=rule.cite,
            effect=policy.citation(rule.cite).effect or policy.pack.effect,
        )
        for rule in policy.measures(case.project.matter)
    )


def clause_results(case: Case, record: RecordResult) -> tuple[ClauseResult, ...]:
    """Return every credit clause of the tender, in its order."""
    return tuple(
        ClauseResult(
            **dict(condition_result(case, record, clause.condition)),
            id=clause.id,
            sort=clause.sort,
            clause=clause.clause,
            text=clause.text,
            points=clause.points,
        )
        for clause in case.project.credit_clauses
    )


def condition_result(case: Case, record: RecordResult, condition: Condition) -> ConditionResult:
    """Return whether a condition holds on the day of the judgement."""
    held = [(subject, _member(case, record, condition, subject)) for subject in case.subjects]
    order = _WORST_FIRST if condition in _FAVOURABLE else _WORST_FIRST[::-1]
    verdict = min((item.verdict for _, item in held), key=order.index)
    shown = [(subject, item) for subject, item in held if item.verdict is verdict]
    # A verdict that needs every member falls with one of them, the other kind only with all.
    together = any if verdict is order[-1] else all
    return ConditionResult(
        condition=condition,
        holds=verdict,
        finding="；".join(f"{case.name_of(subject)}{item.text}" for subject, item in shown),
        evidence=tuple(hit.evidence for _, item in shown for hit in item.hits),
        missing=tuple(f"{case.name_of(subject)}{item.missing}" for subject, item in shown if item.missing),
        disputed=together(item.disputed for _, item in shown),
    )


def _member(case: Case, record: RecordResult, condition: Condition, subject: Subject) -> _Held:
    if condition is Condition.CLEAN:
        return _clean(case, record, subject)
    return _TESTS[condition](case, subject)


def _clean(case: Case, record: RecordResult, subject: Subject) -> _Held:
    if record.three_years_clean:
        return _Held(Verdict.MET, "回溯期内未见不良信用记录")
    counted = [hit for hit in _hits(case, subject) if subject.counts(hit.record)]
    adverse = [hit for hit in counted if hit.record.nature is Nature.ADVERSE]
    if any(hit.proven for hit in adverse):
        return _proven(Verdict.UNMET, adverse)
    founded = subject.registration.established_on
    if founded > case.span.start:
        sure = subject.proven(subject.registration)
        text = f"{day(founded)}成立，至{case.project.judged_by}不足三年"
        return _Held(Verdict.UNMET, text) if sure else _open(text, "登记机关的公示信息")
    if adverse:
        return _unproven(adverse)
    return _Held(Verdict.MET, "未见不良信用记录") if case.looked_up(subject) else _not_looked_up()


def _honour(case: Case, subject: Subject) -> _Held:
    named = [hit for hit in _hits(case, subject) if hit.record.kind in _HONOURS]
    held = [hit for hit in named if hit.record.in_force(case.judged_on)]
    if any(hit.proven for hit in held):
        return _proven(Verdict.MET, held)
    return _absent(case, subject, held or _undated(case, named), "未见在有效期内的守信激励名单或纳税信用A级")


def _grade_a(case: Case, subject: Subject) -> _Held:
    """The newest grade in force decides, of two on one day the lower; an unproven A says nothing."""
    named = [hit for hit in _hits(case, subject) if hit.record.kind is RecordKind.GRADE]
    held = [hit for hit in named if hit.record.in_force(case.judged_on)]
    weighty = [hit for hit in held if hit.proven or hit.record.grade != Grade.A]
    newest = max(weighty, key=lambda hit: (hit.record.determined_on, hit.record.grade), default=None)
    if newest is None:
        return _absent(case, subject, held or _undated(case, named), "未见在有效期内的综合信用等级")
    if not newest.proven:
        return _unproven([newest])
    return _proven(Verdict.MET if newest.record.grade == Grade.A else Verdict.UNMET, [newest])


def _serious_list(case: Case, subject: Subject) -> _Held:
    return _against(case, subject, _on_serious_list, "未被列入严重失信主体名单")


def _defaulter(case: Case, subject: Subject) -> _Held:
    return _against(case, subject, _is_defaulter, "未被列为失信被执行人（终结本次执行、执行和解的不计）")


def _severe(case: Case, subject: Subject) -> _Held:
    """A severity that only our own classes or a person gave establishes nothing, and is no absence."""
    held = _against(case, subject, _named_severe, "未见严重及以上失信记录")
    classed = [hit for hit in _hits(case, subject) if _classed_severe(case, hit.record)]
    if held.verdict is not Verdict.UNMET or not classed:
        return held
    return _open(f"{_listed(classed)}，严重程度未由文书认定", "认定严重程度的文书", classed)


def _on_serious_list(case: Case, record: CreditRecord) -> bool:
    return record.kind is RecordKind.SERIOUS_LIST and record.in_force(case.judged_on)


def _is_defaulter(case: Case, record: CreditRecord) -> bool:
    listed = record.kind is RecordKind.DEFAULTER and record.closure is None
    return listed and record.in_force(case.judged_on)


def _named_severe(case: Case, record: CreditRecord) -> bool:
    if record.kind in _LISTS:
        return _on_serious_list(case, record) or _is_defaulter(case, record)
    named = record.severity is not None and not record.severity_manual
    return named and _classed_severe(case, record)


def _classed_severe(case: Case, record: CreditRecord) -> bool:
    return (
        record.kind not in _LISTS
        and record.nature is Nature.ADVERSE
        and case.span.severity(record) in _SEVERE
    )


def _against(case: Case, subject: Subject, test: Callable[[Case, CreditRecord], bool], absent: str) -> _Held:
    hits = [hit for hit in _hits(case, subject) if test(case, hit.record)]
    if any(hit.proven for hit in hits):
        return _proven(Verdict.MET, hits)
    return _absent(case, subject, hits, absent)


def _absent(case: Case, subject: Subject, claims: Sequence[Hit], text: str) -> _Held:
    if claims:
        return _unproven(claims)
    return _Held(Verdict.UNMET, text) if case.looked_up(subject) else _not_looked_up()


def _hits(case: Case, subject: Subject) -> list[Hit]:
    return [Hit(owner, placed.record) for owner, placed in case.usable if owner is subject]


def _undated(case: Case, hits: Iterable[Hit]) -> list[Hit]:
    """Return what might be in force: its validity is not given, and nobody has ended it."""
    return [
        hit
        for hit in hits
        if (record := hit.record).valid_from is record.valid_until is None
        and (record.removed_on is None or record.removed_on > case.judged_on)
    ]


def _proven(verdict: Verdict, hits: Sequence[Hit]) -> _Held:
    proven = tuple(hit for hit in hits if hit.proven)
    return _Held(verdict, _listed(proven), proven)


def _unproven(hits: Sequence[Hit]) -> _Held:
    return _open(f"{_listed(hits)}，尚未证实", "公共来源的查询结果或核实记录，写明有效期", hits)


def _not_looked_up() -> _Held:
    return _open("公共信用信息尚未查全", "完整的公共信用信息查询结果")


def _open(text: str, missing: str, hits: Sequence[Hit] = ()) -> _Held:
    return _Held(Verdict.UNPROVEN, text, tuple(hits), missing)


def _listed(hits: Sequence[Hit]) -> str:
    record = hits[0].record
    what = f"{record.kind}{record.grade and f' {record.grade} 级'}"
    first = f"{what}（{record.authority}，{day(record.determined_on)}，{record.number or record.title}）"
    return first if len(hits) == 1 else f"{first}等 {len(hits)} 条"


_FAVOURABLE = {Condition.CLEAN, Condition.HONOUR, Condition.GRADE_A}
_TESTS: dict[Condition, Callable[[Case, Subject], _Held]] = {
    Condition.HONOUR: _honour,
    Condition.GRADE_A: _grade_a,
    Condition.SERIOUS_LIST: _serious_list,
    Condition.SEVERE: _severe,
    Condition.DEFAULTER: _defaulter,
}
