"""The omission ledger (未采用清单): every record that the judgement left out, and by which rule.

For the auditor and the subject alone. What is withheld by law leaves no trace in anything for others:
no report, letter, twin or assessment is made from this module.
"""

from collections.abc import Iterable
from datetime import date

from reportgen.assess.case import Case, ref
from reportgen.policy.model import Policy
from reportgen.subject.base import Model
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord
from reportgen.subject.window import Placed, Placing

_UNCHECKED = "自主申报，未经核实"


class Omission(Model):
    """A record left out: why, by which rule, and whether the law keeps it from everybody else."""

    evidence: str
    kind: str
    title: str
    number: str
    authority: str
    determined_on: date
    reason: str
    rule: str
    withheld: bool


def omissions(case: Case) -> tuple[Omission, ...]:
    """Return every record that is not used, newest first per member; with the used ones these are all."""
    left = ((s, p) for s, p in case.placed if not (p.used and s.counts(p.record)))
    return left_out(case.policy, left)


def left_out(policy: Policy, left: Iterable[tuple[Subject, Placed]]) -> tuple[Omission, ...]:
    """Return records that somebody left out by a policy; one that the law would let in was never checked."""
    return tuple(_omission(policy, subject, placed, placed.record) for subject, placed in left)


def _omission(policy: Policy, subject: Subject, placed: Placed, record: CreditRecord) -> Omission:
    return Omission(
        evidence=ref(subject, record),
        kind=record.kind,
        title=record.title,
        number=record.number,
        authority=record.authority,
        determined_on=record.determined_on,
        reason=_UNCHECKED if placed.used else placed.placing,
        rule=rule_of(policy, None if placed.used else placed.placing),
        withheld=placed.withheld,
    )


def rule_of(policy: Policy, placing: Placing | None) -> str:
    """Return the citation by which a record is left out; what nobody has verified says so."""
    cites = [rule.cite for rule in policy.withholdings if rule.placing == placing]
    if placing is Placing.RETENTION_OVER:
        cites = [policy.chosen["retention"].cite]
    named = [policy.citation(cite) for cite in cites]
    return "；".join(c.label() + ("" if c.printable or c.own else "（条文未核）") for c in named)
