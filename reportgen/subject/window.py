"""Which records may speak: the look-back window, what is still in force, what may no longer be used.

Source: DOMAIN §3.4 "Window". The look-back is by the date of the deciding document; anything older
that still binds, is undone or is pending stays in; a repaired, revoked or no longer publishable
record is withheld whatever its age, and the caller shows no trace of it in a document for others.
A ban in force outlasts the publicity of its record: who is barred stays barred.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reportgen.subject.base import Model
from reportgen.subject.records import CreditRecord, Measure, Nature, RecordKind, SeriousBreach, Severity


class Placing(StrEnum):
    """Why a record is in or out."""

    WITHIN = "在回溯期内"
    IN_FORCE = "早于回溯期，但仍在有效期内"
    UNFULFILLED = "早于回溯期，但义务仍未履行"
    PENDING = "早于回溯期，但尚未审结"
    TOO_OLD = "早于回溯期"
    TOO_NEW = "晚于截止日"
    REPAIRED = "已修复"
    REVOKED = "已撤销"
    NOT_PUBLISHABLE = "依规不公示"
    PUBLICITY_OVER = "公示期已满"
    RETENTION_OVER = "查询期限已满"


_IN = {Placing.WITHIN, Placing.IN_FORCE, Placing.UNFULFILLED, Placing.PENDING}
_WITHHELD = {
    Placing.REPAIRED,
    Placing.REVOKED,
    Placing.NOT_PUBLISHABLE,
    Placing.PUBLICITY_OVER,
    Placing.RETENTION_OVER,
}


class KeptFrom(StrEnum):
    """From which day a region's rules count how long a record may be looked up."""

    ENDED = "行为终止之日"
    DETERMINED = "认定之日"


class Retention(Model):
    """How many years a region's rules let a record be looked up, and from which day.

    What is listed or banned stays as long as that. An act that still goes on, because its duty is undone
    or its case is open, has not ended; where nobody gave the end, the deciding document's date counts.
    """

    years: Annotated[int, Field(gt=0, le=50)]
    kept_from: KeptFrom

    def over(self, record: CreditRecord, on: date) -> bool:
        """Say whether the record may no longer be looked up on a day."""
        if record.in_force(on) or (
            self.kept_from is KeptFrom.ENDED and (record.unfulfilled or record.pending)
        ):
            return False
        ended = record.act_ended_on if self.kept_from is KeptFrom.ENDED else None
        return add_months(ended or record.determined_on, 12 * self.years) < on


@dataclass(frozen=True)
class Window:
    """The look-back as plain values handed out by a rule pack.

    `start` and `end` are inclusive days; `publicity` gives, per severity, the longest publicity in
    months counted from the deciding document, 0 for not published in principle, and holds only the
    severities the rules limit; `needed` gives, for those not published in principle, the months for
    which a source may publish them all the same. `judged_on` is the day on which use is tested.
    A record whose deciding document names no severity is classed by the sort of breach
    (`breach_severity`), the gravest measure (`measure_severity`) or its kind (`default_severity`).
    """

    start: date
    end: date
    judged_on: date
    publicity: Mapping[Severity, int]
    default_severity: Mapping[RecordKind, Severity]
    measure_severity: Mapping[Measure, Severity] = field(default_factory=dict)
    breach_severity: Mapping[SeriousBreach, Severity] = field(default_factory=dict)
    needed: Mapping[Severity, int] = field(default_factory=dict)
    retention: Retention | None = None

    def severity(self, record: CreditRecord) -> Severity | None:
        """Return the record's severity: the document's, else the rules', else None."""
        return self.graded(record)[0]

    def graded(self, record: CreditRecord) -> tuple[Severity | None, str]:
        """Return the record's severity and what it was taken from."""
        if record.severity is not None:
            return record.severity, "人工判定" if record.severity_manual else "文书载明"
        if record.serious_breach is not None and record.serious_breach in self.breach_severity:
            return self.breach_severity[record.serious_breach], "文书未载明，按严重失信行为类别归类"
        by_measures = self._by_measures(record)
        if by_measures is Severity.SLIGHT and self._published_longer(record):
            return Severity.ORDINARY, "文书未载明，来源的公示期长于轻微一类"
        if by_measures is not None:
            return by_measures, "文书未载明，按处罚种类归类"
        return self.default_severity.get(record.kind), "文书未载明，按类型归类"

    def _by_measures(self, record: CreditRecord) -> Severity | None:
        ranked = [self.measure_severity[m] for m in record.measures if m in self.measure_severity]
        if record.kind is not RecordKind.PENALTY or not ranked:
            return None
        return max(ranked, key=list(Severity).index)

    def _published_longer(self, record: CreditRecord) -> bool:
        # Where the source publishes longer than a slight breach may be, the source classed it higher.
        most = self.needed.get(Severity.SLIGHT)
        until = record.publicity_until
        return most is not None and until is not None and until > add_months(record.determined_on, most)


@dataclass(frozen=True)
class Placed:
    """A record with the reason why it is in or out."""

    record: CreditRecord
    placing: Placing

    @property
    def used(self) -> bool:
        """Say whether the record is used and shown."""
        return self.placing in _IN

    @property
    def withheld(self) -> bool:
        """Say whether the law keeps the record back, so that no trace of it may appear."""
        return self.placing in _WITHHELD


def window(records: Iterable[CreditRecord], span: Window) -> tuple[Placed, ...]:
    """Place every record, newest first and then by id, so that the order of input never matters."""
    ordered = sorted(records, key=lambda record: (-record.determined_on.toordinal(), record.id))
    return tuple(Placed(record, _place(record, span)) for record in ordered)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, the month's last day where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _place(record: CreditRecord, span: Window) -> Placing:
    withheld = _withheld(record, span)
    if withheld is not None:
        return withheld
    if record.determined_on > span.end:
        return Placing.TOO_NEW
    if record.determined_on >= span.start:
        return Placing.WITHIN
    return _binding(record, span.judged_on) or Placing.TOO_OLD


def _withheld(record: CreditRecord, span: Window) -> Placing | None:
    # A state always has its date, which stays when the state moves on.
    if record.repaired_on is not None:
        return Placing.REPAIRED
    if record.revoked_on is not None:
        return Placing.REVOKED
    if record.banned(span.judged_on):
        return None
    return Placing.RETENTION_OVER if _retention_over(record, span) else _unpublished(record, span)


def _unpublished(record: CreditRecord, span: Window) -> Placing | None:
    limit = _limit(record, span)
    if limit == 0:
        return None if _needed(record, span) else Placing.NOT_PUBLISHABLE
    return Placing.PUBLICITY_OVER if _publicity_over(record, limit, span.judged_on) else None


def _retention_over(record: CreditRecord, span: Window) -> bool:
    if span.retention is None or record.nature is not Nature.ADVERSE:
        return False
    return span.retention.over(record, span.judged_on)


def _needed(record: CreditRecord, span: Window) -> bool:
    severity = span.severity(record)
    most = span.needed.get(severity, 0) if severity else 0
    published = record.publicity_until is not None and record.publicity_until >= span.judged_on
    return published and add_months(record.determined_on, most) >= span.judged_on


def _binding(record: CreditRecord, on: date) -> Placing | None:
    if record.in_force(on):
        return Placing.IN_FORCE
    if record.unfulfilled:
        return Placing.UNFULFILLED
    return Placing.PENDING if record.pending else None


def _limit(record: CreditRecord, span: Window) -> int | None:
    severity = span.severity(record)
    if severity is None or record.nature is not Nature.ADVERSE:
        return None
    return span.publicity.get(severity)


def _publicity_over(record: CreditRecord, limit: int | None, on: date) -> bool:
    # What the source itself ended is over; the longest publicity of the rules spares what still binds.
    if record.publicity_until is not None and record.publicity_until < on:
        return True
    lapsed = limit is not None and add_months(record.determined_on, limit) < on
    return lapsed and _binding(record, on) is None
