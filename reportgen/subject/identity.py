"""What makes two facts the same thing, whoever tells them, and the id that a fact has by it.

Texts are compared after NFKC, without spaces and with one sort of brackets; never by likeness. What says
nothing of a field does not contradict what says something. A licence may be renewed and an evaluation
given again under one number: there the day belongs to the identity.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping

from reportgen.subject.base import Fact, Source
from reportgen.subject.holdings import Qualification, Technology
from reportgen.subject.model import Related
from reportgen.subject.records import CreditRecord, RecordKind

Identity = tuple[str, ...]
"""What a thing is known by within its collection of a subject."""
Said = Mapping[str, object]
"""What a fact says, by field."""
REGISTRATION = "registration"
_BRACKETS = str.maketrans("[]{}〔〕【】〖〗「」", "()()()()()()")
_SPACE = re.compile(r"\s+")
_PLAIN = re.compile(r"[A-Za-z0-9]+")
_NOT_SAID = frozenset({"id", "source", "verification", "location"})
"""The fields that say where a fact was found and who checked it, not what it says."""
_RENEWED = frozenset(
    {
        RecordKind.LICENCE,
        RecordKind.INSPECTION,
        RecordKind.TAX_A,
        RecordKind.EVALUATION,
        RecordKind.INDUSTRY_EVALUATION,
        RecordKind.GRADE,
    }
)
_LONGEST_HINT = 30


def normalised(text: object) -> str:
    """Return a text in the spelling by which names and numbers are compared; nothing for None."""
    if text is None:
        return ""
    return _SPACE.sub("", unicodedata.normalize("NFKC", str(text)).translate(_BRACKETS)).upper()


def identity(collection: str, fact: Fact) -> Identity:
    """Return what a fact is known by in a collection; a subject has one registration."""
    return tuple(map(normalised, _IDENTITIES[collection](fact)))


def fact_id(collection: str, fact: Fact) -> str:
    """Return the id of a fact by its identity: readable, stable, at most 64 characters, no personal data."""
    known_by = identity(collection, fact)
    name = _NAMES[collection]
    if collection in _WHOLE:
        return "-".join((name, *known_by))
    hint = "-".join(_PLAIN.findall(normalised(getattr(fact, "number", ""))))[:_LONGEST_HINT].strip("-")
    return "-".join(part for part in (name, hint, _digest(known_by)) if part)


def source_id(source: Source) -> str:
    """Return the id of a source that nobody gave one, by its name and where it is."""
    return f"source-{_digest((normalised(source.name), normalised(source.location)))}"


def _digest(known_by: Identity) -> str:
    return hashlib.sha256("\n".join(known_by).encode()).hexdigest()[:12]


def said(fact: Fact) -> Said:
    """Return what a fact says, by field: nothing that is absent, nor where it was found or who checked it."""
    data = {name: value for name, value in dict(fact).items() if name not in _NOT_SAID}
    return {name: value for name, value in data.items() if value not in (None, "", ())}


def contradictions(one: Said, other: Said) -> tuple[str, ...]:
    """Return the fields of which both say something, and not the same, in alphabetical order."""
    return tuple(sorted(name for name in one.keys() & other.keys() if _differ(one[name], other[name])))


def _differ(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return normalised(one) != normalised(other)
    return one != other


def _fields(*names: str) -> Callable[[Fact], tuple[object, ...]]:
    return lambda fact: tuple(getattr(fact, name) for name in names)


def _related(fact: Related) -> tuple[object, ...]:
    # A company may be a shareholder and stand surety.
    return fact.uscc or fact.name, fact.relation


def _qualification(fact: Qualification) -> tuple[object, ...]:
    # One certificate names several categories under its number.
    by = (fact.number,) if fact.number else (fact.grade, fact.authority)
    return (fact.kind, fact.category, *by)


def _technology(fact: Technology) -> tuple[object, ...]:
    return (fact.kind, fact.number) if fact.number else (fact.kind, fact.name, fact.field)


def _record(fact: CreditRecord) -> tuple[object, ...]:
    if not fact.number:
        return "无文号", fact.kind, fact.authority, fact.title, fact.determined_on
    day = (fact.determined_on,) if fact.kind in _RENEWED else ()
    return ("文号", fact.kind, fact.authority, fact.number, *day)


_IDENTITIES: dict[str, Callable[..., tuple[object, ...]]] = {
    REGISTRATION: _fields(),
    "changes": _fields("on", "item", "after"),
    "shareholders": lambda fact: (fact.uscc or fact.name,),
    "officers": _fields("name", "post"),
    "related": _related,
    "qualifications": _qualification,
    "statements": _fields("year"),
    "credit_lines": _fields("bank", "issued_on"),
    "contracts": _fields("name", "owner", "signed_on"),
    "technology": _technology,
    "equipment": _fields("name", "specification", "tenure", "commissioned_on", "lease_until"),
    "people": _fields("name", "certificate", "specialty", "number_tail"),
    "headcounts": _fields("year"),
    "records": _record,
}
_NAMES = {
    REGISTRATION: "registration",
    "changes": "change",
    "shareholders": "shareholder",
    "officers": "officer",
    "related": "related",
    "qualifications": "qualification",
    "statements": "statement",
    "credit_lines": "credit-line",
    "contracts": "contract",
    "technology": "technology",
    "equipment": "equipment",
    "people": "person",
    "headcounts": "headcount",
    "records": "record",
}
_WHOLE = frozenset({REGISTRATION, "statements", "headcounts"})
"""The collections whose identity is short enough to be the id."""
