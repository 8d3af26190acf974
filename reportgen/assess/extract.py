"""信用记录: what is known of one legal entity, by head — facts with their sources, no score and no conclusion.

It shows what the rules let a document show on its day. What was left out for its age is counted with the rule;
what the law withholds leaves no trace, its number neither (see `assess.ledger` for the auditor and the subject).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from reportgen.assess.case import ref
from reportgen.assess.grade_fields import Graded
from reportgen.assess.ledger import Omission, left_out, rule_of
from reportgen.assess.model import PackIdentity
from reportgen.errors import ReportgenError
from reportgen.policy.loader import PACKS, most_local_first
from reportgen.policy.model import Policy
from reportgen.subject.base import Date, Model
from reportgen.subject.model import Subject
from reportgen.subject.records import (
    Closure,
    CreditRecord,
    Fulfilment,
    Head,
    Measure,
    RecordKind,
    RecordState,
    Severity,
)
from reportgen.subject.window import Placed, Placing, window

_STATEMENTS = ("accuracy", "repaired", "duty-information", "objection", "complaint")
"""The printed statements of the rules that hold for a document without a judgement."""


class ExtractItem(Model):
    """A record as its source gives it; `severity` is only what the deciding document itself says, `amount` in 元."""

    evidence: str
    head: Head
    kind: RecordKind
    title: str
    number: str
    authority: str
    category: str
    content: str
    measures: tuple[Measure, ...]
    severity: Severity | None
    amount: Decimal | None
    fulfilment: Fulfilment
    closure: Closure | None
    grade: str
    determined_on: Date
    valid_from: Date | None
    valid_until: Date | None
    publicity_until: Date | None
    state: RecordState
    checked: bool
    statement: str


class ExtractCount(Model):
    """How many records stand under a head, and how many of them are 异议中 or 未核实."""

    head: Head
    total: int
    disputed: int
    unchecked: int


class LeftOut(Model):
    """How many records were left out for a reason that may be told, and by which rule."""

    reason: str
    count: int
    rule: str


class ExtractClause(Model):
    """A statement of the rules that the document prints, with its basis."""

    text: str
    basis: str


class Extract(Model):
    """What a 信用记录 says of a subject on a day, newest records first; `valid_until` is its last day of use.

    `complete` says that a fresh closed list of records reaches back through the whole look-back, `publicity_lag`
    how many working days may pass before a decision is public.
    """

    uscc: str
    name: str
    on: Date
    as_of: Date
    valid_until: Date
    start: Date
    complete: bool
    publicity_lag: int
    pack: PackIdentity
    look_back_rule: str
    counts: tuple[ExtractCount, ...]
    items: tuple[ExtractItem, ...]
    left_out: tuple[LeftOut, ...]
    clauses: tuple[ExtractClause, ...]


def extract_policy(region: str, on: date, folder: Path = PACKS) -> Policy:
    """Return the rules of the most local pack with values for a region and a day; raises E0310 for none."""
    for pack, sha256 in most_local_first(region, folder):
        # A pack without values for the day leaves the word to the next one.
        with suppress(KeyError):
            return pack.on(on, sha256)
    raise ReportgenError("E0310", path="region", region=region, matter="信用记录", on=on, known="")


def extract(subject: Subject, policy: Policy, on: date) -> Extract:
    """Return what may be shown of a subject on a day; the order of its facts changes nothing."""
    looked = Graded(subject, policy, on)
    placed = window(subject.records, looked.span)
    items = tuple(_item(subject, p.record) for p in placed if p.used)
    pack = policy.pack
    return Extract(
        uscc=subject.uscc,
        name=subject.name,
        on=on,
        as_of=subject.as_of,
        valid_until=on + timedelta(days=policy.horizons.validity),
        start=looked.span.start,
        complete=looked.looked_up,
        publicity_lag=policy.horizons.publicity_lag,
        pack=PackIdentity(
            name=pack.name, title=pack.title, sha256=policy.sha256, on=policy.day, effect=pack.effect
        ),
        look_back_rule=policy.citation_of("look_back_years").label(),
        counts=tuple(_count(head, items) for head in Head),
        items=items,
        left_out=tuple(_left_out(policy, placed)),
        clauses=tuple(_clauses(policy)),
    )


def extract_omissions(subject: Subject, policy: Policy, on: date) -> tuple[Omission, ...]:
    """Return every record that the document leaves out, and why: for the auditor and the subject alone."""
    placed = window(subject.records, policy.window(on))
    return left_out(policy, ((subject, p) for p in placed if not p.used))


def _item(subject: Subject, record: CreditRecord) -> ExtractItem:
    told = {name: getattr(record, name) for name in ExtractItem.model_fields if name in _SAME}
    stated = record.severity if not record.severity_manual else None
    return ExtractItem(
        evidence=ref(subject, record),
        head=record.head,
        severity=stated,
        checked=subject.counts(record),
        **told,
    )


_SAME = set(CreditRecord.model_fields) - {"severity"}


def _count(head: Head, items: Iterable[ExtractItem]) -> ExtractCount:
    own = [item for item in items if item.head is head]
    return ExtractCount(
        head=head,
        total=len(own),
        disputed=sum(1 for item in own if item.state is RecordState.DISPUTED),
        unchecked=sum(1 for item in own if not item.checked),
    )


def _left_out(policy: Policy, placed: Sequence[Placed]) -> Iterator[LeftOut]:
    counts = Counter(p.placing for p in placed if not p.used and not p.withheld)
    for placing in (Placing.TOO_OLD, Placing.TOO_NEW):
        if counts[placing]:
            yield LeftOut(reason=placing, count=counts[placing], rule=rule_of(policy, placing))


def _clauses(policy: Policy) -> Iterator[ExtractClause]:
    for name in _STATEMENTS:
        statement = policy.statements.get(name)
        if statement is not None and not statement.matters:
            yield ExtractClause(text=statement.text, basis=policy.citation(statement.cite).label())
