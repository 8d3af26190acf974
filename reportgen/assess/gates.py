"""否决项: facts that alone decide 不具备, each by a rule of the pack with a verified citation."""

from collections.abc import Callable, Iterator

from reportgen.assess.case import Case, ref
from reportgen.assess.model import Basis, GateResult, Reason
from reportgen.assess.wording import day
from reportgen.policy.model import GateRule, GateTest
from reportgen.subject.base import is_long_term
from reportgen.subject.model import Standing
from reportgen.subject.records import Ban, CreditRecord, Measure, RecordKind, RecordState

# 较大数额罚款 is left out: the sum that counts as large was not read in a source that can be verified.
_MAJOR = {Measure.SHUTDOWN, Measure.CLOSURE, Measure.LICENCE_REVOKED}
Hit = tuple[str, str, bool]


def gate_results(case: Case) -> tuple[GateResult, ...]:
    """Test every gate of the policy that names the project's matter (all matters where it names none)."""
    rules = [rule for rule in case.policy.gates if not rule.matters or case.project.matter in rule.matters]
    return tuple(_result(rule, list(_TESTS[rule.test](case))) for rule in rules)


def _result(rule: GateRule, hits: list[Hit]) -> GateResult:
    text = "；".join(hit[0] for hit in hits) or "未发现此情形"
    reason = Reason(
        text=text,
        basis=Basis.LAW,
        cites=(rule.cite, *rule.also),
        evidence=tuple(hit[1] for hit in hits),
        disputed=bool(hits) and all(hit[2] for hit in hits),
    )
    return GateResult(id=rule.id, title=rule.title, tripped=bool(hits), reason=reason)


def _registration_ended(case: Case) -> Iterator[Hit]:
    return _standing(case, {Standing.DISSOLVED})


def _winding_up(case: Case) -> Iterator[Hit]:
    return _standing(case, {Standing.REVOKED, Standing.BANKRUPT, Standing.LIQUIDATION})


def _standing(case: Case, states: set[Standing]) -> Iterator[Hit]:
    for subject in case.applicant.subjects:
        if subject.registration.standing in states and subject.counts(subject.registration):
            text = f"{subject.name}登记状态为{subject.registration.standing}"
            yield text, ref(subject, subject.registration), False


def _ban_in_force(case: Case) -> Iterator[Hit]:
    for subject, placed in case.used:
        record = placed.record
        if (
            record.ban is None
            or case.project.matter not in record.ban.scope
            or not record.in_force(case.judged_on)
        ):
            continue
        text = f"{subject.name}被{record.authority}禁止参加{case.project.matter}"
        yield f"{text}（{_ban_details(record, record.ban)}）", ref(subject, record), _disputed(record)


def _ban_details(record: CreditRecord, ban: Ban) -> str:
    open_end = ban.until is None or is_long_term(ban.until)
    period = f"自{day(ban.since)}起" if open_end else f"{day(ban.since)}至{day(ban.until)}"
    return f"{period}，{record.number or record.title}，依据{ban.legal_basis}"


def _major_breach(case: Case) -> Iterator[Hit]:
    for subject, placed in case.used:
        record = placed.record
        if record.kind is RecordKind.CRIMINAL or _MAJOR & set(record.measures):
            measures = "、".join(record.measures) or record.kind
            text = f"{subject.name}受到{measures}（{record.authority}，{record.number or record.title}）"
            yield text, ref(subject, record), _disputed(record)


def _disputed(record: CreditRecord) -> bool:
    return record.state is RecordState.DISPUTED


_TESTS: dict[GateTest, Callable[[Case], Iterator[Hit]]] = {
    GateTest.ENDED: _registration_ended,
    GateTest.WINDING_UP: _winding_up,
    GateTest.BAN: _ban_in_force,
    GateTest.MAJOR_BREACH: _major_breach,
}
