"""Which records may speak: the look-back window, what is still in force, what may no longer be used.

Source: DOMAIN §3.4 "Window". The look-back is by the date of the deciding document; anything older
that still binds, is undone or is pending stays in; a repaired, revoked or no longer publishable
record is withheld whatever its age, and the caller shows no trace of it in a document for others.
A ban in force outlasts the publicity of its record: who is barred stays barred.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reportgen.subject.records import CreditRecord, Nature, RecordKind, Severity


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


_IN = {Placing.WITHIN, Placing.IN_FORCE, Placing.UNFULFILLED, Placing.PENDING}
_WITHHELD = {Placing.REPAIRED, Placing.REVOKED, Placing.NOT_PUBLISHABLE, Placing.PUBLICITY_OVER}


@dataclass(frozen=True)
class Window:
    """The look-back as plain values handed out by a rule pack.

    `start` and `end` are inclusive days; `publicity` gives, per severity, the longest publicity in
    months counted from the deciding document, 0 for not published in principle, and holds only the
    severities the rules limit. `judged_on` is the day on which use is tested. `default_severity`
    classes a record whose deciding document names no severity by its kind.
    """

    start: date
    end: date
    judged_on: date
    publicity: Mapping[Severity, int]
    default_severity: Mapping[RecordKind, Severity]

    def severity(self, record: CreditRecord) -> Severity | None:
        """Return the record's severity: the document's, else the rules' for its kind, else None."""
        return record.severity or self.default_severity.get(record.kind)


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
    limit = _limit(record, span)
    if limit == 0:
        return Placing.NOT_PUBLISHABLE
    return Placing.PUBLICITY_OVER if _publicity_over(record, limit, span.judged_on) else None


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
