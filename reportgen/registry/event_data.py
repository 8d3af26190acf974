"""What an event may say: a declared type for every key, so that no personal data slips into the chain.

An event can never be changed, so nothing may enter it that somebody could have a right to see erased: no
name, no free text, no document of a person. Where a key carries what strangers typed (the project they
named, the fact they doubt), anything but a plain code is written as its keyed hash: an attempted misuse
must be recorded whatever was typed.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from reportgen.assess.model import Conclusion
from reportgen.errors import TABLE
from reportgen.project.model import ApplicantRole
from reportgen.registry.application_rows import ApplicationState
from reportgen.registry.tables import Kind, State
from reportgen.registry.upload_rows import UploadState
from reportgen.registry.webhook_rows import WebhookState
from reportgen.store.account_rows import AccountState
from reportgen.store.tables import ROLES
from reportgen.subject.identifiers import uscc_fault
from reportgen.subject.matter import Matter

Value = str | int | bool | None
_ENDINGS = ("OPEN", "CORRECTED", "DELETED", "KEPT")
_OUTCOMES = ("USED", "ALREADY", "ELSEWHERE", "NOT_ISSUED", "REUSABLE")
_REASONS = (
    "CRASHED",
    "ERASURE_DUE",
    "FACT_CHANGED",
    "FACT_WRONG",
    "FILING_LOST",
    "FRAUD",
    "JUDGEMENT_WRONG",
    "KEY_COMPROMISED",
    "MISTAKEN_USE",
    "OBJECTION_UPHELD",
    "OTHER_LOT",
    "OTHER_PROJECT",
    "OTHER_RECIPIENT",
    "REPAIRED",
    "REQUESTED",
)
WORDS = frozenset(
    {*State, *Kind, *ApplicationState, *AccountState, *UploadState, *ROLES, *_ENDINGS, *_OUTCOMES, *_REASONS}
    | {*WebhookState, *ApplicantRole, *ApplicantRole.__members__, *Matter, *Matter.__members__}
    | {*Conclusion, *Conclusion.__members__, *"ABCD"}
)
"""Every word a code may be; a new one is added here, never typed by somebody."""
_LARGEST = 10**10
_ID_LIKE = re.compile(
    r"(?<!\d)\d{6}(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]?(?!\d)"
)
_PHONE_LIKE = re.compile(r"(?<!\d)1[3-9](?:[ -]?\d){9}(?!\d)")
_HASH = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"(?=.{4,40}\Z)[0-9A-Z]+(?:-[0-9A-Z]+)+")
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_PACK = re.compile(r"[a-z][a-z0-9_]{0,39}(?:@\d{4}-\d\d-\d\d)?")
_ERROR = re.compile(r"E\d{4}")
_PATH = re.compile(r"[a-z_]{1,40}\[\d{1,6}\](?:\.[a-z_]{1,40})?")
# A digit is needed: no name has one.
_REFERENCE = re.compile(
    r"(?=.{0,63}[0-9一二三四五六七八九十])[0-9A-Z一二三四五六七八九十第标段包号〔〕（）()./_-]{1,64}"
)


def personal(text: str) -> bool:
    """Say whether a text holds what looks like an identity card's or a mobile telephone's number."""
    return bool(_ID_LIKE.search(text) or _PHONE_LIKE.search(text))


def login(value: Value) -> bool:
    """Say whether a value can be a login, a role or a programme's name: ASCII, and nobody's number."""
    return isinstance(value, str) and bool(_LOGIN.fullmatch(value)) and not personal(value)


def uscc(value: Value) -> bool:
    """Say whether a value is a USCC. An identity card's number passes both checks once in 300 times."""
    return isinstance(value, str) and uscc_fault(value) is None


def _usccs(value: Value) -> bool:
    return isinstance(value, str) and all(uscc(part) for part in re.split("[,;+、 ]", value))


def _matches(pattern: re.Pattern[str]) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value))


def _word(value: Value) -> bool:
    return value in WORDS


def _error(value: Value) -> bool:
    return value in TABLE


def _count(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST


def _flag(value: Value) -> bool:
    return isinstance(value, bool)


def _day(value: Value) -> bool:
    return isinstance(value, str) and _parses(date, value)


def _moment(value: Value) -> bool:
    return isinstance(value, str) and _parses(datetime, value)


def _parses(kind: type[date], value: str) -> bool:
    try:
        return kind.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _reference(value: Value) -> bool:
    plain = isinstance(value, str) and bool(_REFERENCE.fullmatch(value)) and not personal(value)
    return value == "" or plain


def _fact(value: Value) -> bool:
    return value == "registration" or _matches(_PATH)(value) or _reference(value)


def _host(value: Value) -> bool:
    return isinstance(value, str) and bool(_HOST.fullmatch(value)) and not personal(value)


TYPES: Mapping[str, Callable[[Value], bool]] = {
    **dict.fromkeys(("number", "register_number", "successor", "predecessor"), _matches(_NUMBER)),
    **dict.fromkeys(("sha256", "snapshot_sha256", "pack_sha256", "code_sha256", "key_id"), _matches(_HASH)),
    **dict.fromkeys(("uscc", "recipient", "payer"), uscc),
    "applicant": _usccs,
    **dict.fromkeys(
        ("state", "was", "kind", "conclusion", "role", "matter", "outcome", "reason", "ending"), _word
    ),
    **dict.fromkeys(("login", "first", "second"), login),
    "pack": _matches(_PACK),
    "error": _error,
    **dict.fromkeys(
        (
            *("pages", "size", "round", "request", "report", "objection", "hit"),
            *("files", "rows", "reports", "application", "api_key", "webhook", "generation"),
        ),
        _count,
    ),
    **dict.fromkeys(("provisional", "closed"), _flag),
    **dict.fromkeys(("on", "since", "until", "valid_until", "answer_by"), _day),
    **dict.fromkeys(("from_moment", "used_at"), _moment),
    **dict.fromkeys(("project", "lot"), _reference),
    "fact": _fact,
    "by": uscc,
    "host": _host,
}
"""The type of every key, the same wherever it is used."""
TYPED_BY_STRANGERS = frozenset({"project", "lot", "fact", "by", "host"})


def checked(allowed: frozenset[str], data: Mapping[str, Value], key: bytes) -> dict[str, Value]:
    """Return the data as an event keeps them; raises ValueError, which names the key and never the value."""
    alien = sorted(set(data) - allowed)
    if alien:
        raise ValueError(f"an event of this tag has no key {', '.join(alien)}")
    return {name: _kept(name, value, key) for name, value in data.items()}


def _kept(name: str, value: Value, key: bytes) -> Value:
    if value is None or TYPES[name](value):
        # A member of an enumeration is written as the text it is.
        return str(value) if isinstance(value, str) else value
    if name in TYPED_BY_STRANGERS and isinstance(value, str):
        return "#" + hmac.new(key, value.encode(errors="backslashreplace"), hashlib.sha256).hexdigest()
    raise ValueError(f"an event may not say this under {name}")
