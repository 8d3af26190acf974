"""The omission ledger (未采用清单): every record that the judgement left out, and by which rule.

For the auditor and the subject alone. What is withheld by law leaves no trace in anything for others:
no report, letter, twin or assessment is made from this module.
"""

from datetime import date

from reportgen.assess.case import Case, ref
from reportgen.subject.base import Model
from reportgen.subject.records import CreditRecord
from reportgen.subject.window import Placing

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
    left = [(ref(s, p.record), p) for s, p in case.placed if not (p.used and s.counts(p.record))]
    return tuple(
        _omission(case, name, placed.record, placed.placing, placed.used, placed.withheld)
        for name, placed in left
    )


def _omission(
    case: Case, name: str, record: CreditRecord, placing: Placing, unchecked: bool, withheld: bool
) -> Omission:
    return Omission(
        evidence=name,
        kind=record.kind,
        title=record.title,
        number=record.number,
        authority=record.authority,
        determined_on=record.determined_on,
        reason=_UNCHECKED if unchecked else placing,
        rule=_rule(case, None if unchecked else placing),
        withheld=withheld,
    )


def _rule(case: Case, placing: Placing | None) -> str:
    """Return the citation by which a record is left out; what nobody has verified says so."""
    cites = [rule.cite for rule in case.policy.withholdings if rule.placing == placing]
    if placing is Placing.RETENTION_OVER:
        cites = [case.policy.chosen["retention"].cite]
    named = [case.policy.citation(cite) for cite in cites]
    return "；".join(c.label() + ("" if c.printable or c.own else "（条文未核）") for c in named)
