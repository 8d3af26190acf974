"""否决项: facts that alone decide 不具备, each by a rule of the pack with a verified citation.

Only a public source or a check trips a gate. What others say leaves it open and is asked for; where it
is disputed besides, it keeps the conclusion at 一般.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reportgen.assess.case import Case, ref
from reportgen.assess.model import Basis, GateResult, Reason
from reportgen.assess.standing import Hit, banned
from reportgen.assess.wording import day
from reportgen.policy.model import Policy
from reportgen.policy.rules import GateRule, GateTest
from reportgen.subject.base import is_long_term
from reportgen.subject.model import Standing, Subject
from reportgen.subject.records import Ban, CreditRecord, Measure, RecordKind

# 较大数额罚款 is left out: the sum that counts as large was not read in a source that can be verified.
# 责令关闭 is left out as well: the regulation does not name it.
_MAJOR = {Measure.SHUTDOWN, Measure.LICENCE_REVOKED}
_REGISTERED = {GateTest.ENDED, GateTest.WINDING_UP}


@dataclass(frozen=True)
class _Found:
    """A fact that trips a gate if it is true: what to print, and the law it names by itself."""

    text: str
    evidence: str
    proven: bool
    disputed: bool = False
    basis: str = ""


def gate_results(case: Case) -> tuple[GateResult, ...]:
    """Test every gate of the policy that names the project's matter (all matters where it names none)."""
    rules = [rule for rule in case.policy.gates if not rule.matters or case.project.matter in rule.matters]
    return tuple(_result(case, rule, list(_TESTS[rule.test](case))) for rule in rules)


def _result(case: Case, rule: GateRule, found: list[_Found]) -> GateResult:
    proven = [item for item in found if item.proven]
    claims = [item for item in found if not item.proven and not item.disputed]
    shown = proven or found
    reason = Reason(
        text=_text(case, rule, shown, bool(proven)),
        basis=Basis.LAW,
        cites=_cites(case.policy, rule, proven),
        evidence=tuple(item.evidence for item in shown),
        disputed=bool(shown) and all(item.disputed for item in shown),
    )
    return GateResult(
        id=rule.id,
        title=rule.title,
        tripped=bool(proven),
        unproven=not proven and bool(found or _unknown(case, rule)),
        reason=reason,
        claims=() if proven else tuple(item.evidence for item in claims),
        doubts=() if proven else tuple(item.evidence for item in found if item.disputed),
        missing=() if proven else tuple(_unasked(case, rule)),
    )


def _text(case: Case, rule: GateRule, shown: Sequence[_Found], proven: bool) -> str:
    text = "；".join(item.text for item in shown)
    if text:
        return text if proven else f"{text}；出自公共来源以外，尚未证实"
    unknown = _unknown(case, rule)
    if rule.test in _REGISTERED and not unknown:
        return "；".join(f"{s.name}登记状态为{s.registration.standing}" for s in case.subjects)
    return unknown or "未发现此情形"


def _unknown(case: Case, rule: GateRule) -> str:
    if rule.test in _REGISTERED:
        sure = all(s.proven(s.registration) for s in case.subjects)
        return "" if sure else "登记信息尚未由公共来源证实，不能判断"
    if not all(case.looked_up(s) for s in case.subjects):
        return "公共信用信息尚未查全，不能判断"
    return "刑事裁判文书尚未查询，不能判断" if any(_unasked(case, rule)) else ""


def _unasked(case: Case, rule: GateRule) -> Iterator[str]:
    # A penalty by a criminal court is a major breach too, and no 公共信用信息报告 collects judgments.
    for subject in case.subjects if rule.test is GateTest.MAJOR_BREACH else ():
        if not case.convictions_looked_up(subject, case.span.start):
            yield f"{case.name_of(subject)}刑事裁判文书的查询结果"


def _cites(policy: Policy, rule: GateRule, proven: Sequence[_Found]) -> tuple[str, ...]:
    # A ban rests on what its own document names: an article it does not name is not printed as its ground.
    cites = (rule.cite, *rule.also)
    if rule.test is not GateTest.BAN or not proven:
        return cites
    return tuple(cite for cite in cites if any(_names(policy, cite, item.basis) for item in proven))


def _names(policy: Policy, cite: str, basis: str) -> bool:
    citation = policy.citation(cite)
    document = citation.document.strip("《》").removeprefix("中华人民共和国")
    return any(f"{document}{end}{citation.article}" in basis for end in ("》", ""))


def _registration_ended(case: Case) -> Iterator[_Found]:
    return _standing(case, {Standing.DISSOLVED})


def _winding_up(case: Case) -> Iterator[_Found]:
    return _standing(case, {Standing.REVOKED, Standing.BANKRUPT, Standing.LIQUIDATION})


def _standing(case: Case, states: set[Standing]) -> Iterator[_Found]:
    for subject in case.subjects:
        registration = subject.registration
        if registration.standing in states:
            text = f"{subject.name}登记状态为{registration.standing}"
            yield _Found(text, ref(subject, registration), subject.proven(registration))


def _ban_in_force(case: Case) -> Iterator[_Found]:
    for subject, placed in case.usable:
        record = placed.record
        if record.ban is not None and banned(case, record):
            text = f"{subject.name}被{record.authority}禁止参加{case.project.matter}"
            details = f"{text}（{_ban_details(record, record.ban)}）"
            yield _by_record(subject, record, details, record.ban.legal_basis)


def _ban_details(record: CreditRecord, ban: Ban) -> str:
    open_end = ban.until is None or is_long_term(ban.until)
    period = f"自{day(ban.since)}起" if open_end else f"{day(ban.since)}至{day(ban.until)}"
    return f"{period}，{record.number or record.title}，依据{ban.legal_basis}"


def _major_breach(case: Case) -> Iterator[_Found]:
    start = case.span.start
    for subject, placed in case.usable:
        record = placed.record
        major = record.kind is RecordKind.CRIMINAL or _MAJOR & set(record.measures)
        if major and record.determined_on >= start and not _ban_served(case, record):
            measures = "、".join(record.measures) or record.kind
            text = f"{subject.name}受到{measures}（{record.authority}，{record.number or record.title}）"
            yield _by_record(subject, record, text)


def _ban_served(case: Case, record: CreditRecord) -> bool:
    # 条例 19 第二款: whose ban for a term has ended may take part again.
    until = record.ban.until if record.ban is not None else None
    return until is not None and until < case.judged_on


def _by_record(subject: Subject, record: CreditRecord, text: str, basis: str = "") -> _Found:
    hit = Hit(subject, record)
    return _Found(text, hit.evidence, hit.proven, hit.disputed, basis)


_TESTS: dict[GateTest, Callable[[Case], Iterator[_Found]]] = {
    GateTest.ENDED: _registration_ended,
    GateTest.WINDING_UP: _winding_up,
    GateTest.BAN: _ban_in_force,
    GateTest.MAJOR_BREACH: _major_breach,
}
