"""A client of the portal's API for systems that embed it (一网通办, 逢办必查): typed, synchronous, on httpx2 alone.

    with Client("https://verify.example.cn", key) as client:
        done = client.consume(number, project="JCYP-FJ-2026-0233")

Whatever changes something bears an Idempotency-Key, so that trying again after a lost answer does it once. Answers 429 and
503 and lost connections are tried again, after as long as the portal says; any other error raises `Refused`.

`received` proves what arrives at a webhook (回调) and returns what it tells.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import httpx2

TRIES = 5
LONGEST_WAIT = 60.0
"""Seconds that are waited at most before another try, whatever the portal says."""
TOLERANCE = 300
"""Seconds by which the clock of whoever calls a webhook may differ from one's own."""
_DIGITS = 12
_AGAIN = frozenset({429, 503})
_TIMEOUT = 60.0


class Refused(Exception):  # noqa: N818 - it is the portal that errs or refuses
    """What the portal says where it does not do what was asked; `code` is that of docs/errors.md."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", ""))
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.fix = str(problem.get("fix", ""))
        self.request = str(problem.get("instance", ""))
        self.faults = tuple((str(f["path"]), str(f["what"])) for f in problem.get("faults", ()))
        super().__init__(f"[{self.code or status}] {self.title}：{self.detail}")


@dataclass(frozen=True)
class Member:
    """A member of a joint venture (联合体): its USCC, its share of 0 to 1, its part of the work."""

    uscc: str
    share: str
    work: str = ""


@dataclass(frozen=True)
class Asked:
    """What is asked: a report for a project and lot, for a recipient, paid by whom, by whose authority.

    `members` are those of a joint venture, the lead first; nothing where the key's account bids alone.
    """

    project: str
    recipient: str
    payer: str
    authorisation: str
    round: int = 1
    lot: str = ""
    purpose: str = ""
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Application:
    """An application (申请) and how far it has come; `report` is the number once it is issued."""

    id: str
    state: str
    state_name: str
    project: str
    round: int
    lot: str
    due_at: datetime
    note: str
    report: str | None


@dataclass(frozen=True)
class Report:
    """An issued report as it stands now; `applicant` holds (USCC, name) pairs, the lead first."""

    number: str
    kind: str
    state: str
    usable: bool
    applicant: tuple[tuple[str, str], ...]
    project: str
    round: int
    lot: str
    conclusion: str
    issued_at: datetime
    valid_until: date | None
    sha256: str | None


@dataclass(frozen=True)
class Use:
    """What came of using a report: USED, or ALREADY with the moment of the first use."""

    outcome: str
    number: str
    used_at: datetime


@dataclass(frozen=True)
class Check:
    """What a verification found: GENUINE, USED, REFUSED, NOT_GENUINE or UNCHECKED, and all that was said."""

    verdict: str
    number: str
    said: Mapping[str, Any]


class Doubt(StrEnum):
    """Why what arrived at a webhook is not to be believed."""

    MISSING = "a header is missing"
    MALFORMED = "the timestamp is no number of seconds"
    OLD = "it was sent too long ago, or somebody sends it again"
    EARLY = "it is from the future: one of the clocks is wrong"
    FORGED = "no signature is that of the secret"
    UNREADABLE = "it is signed, and is no JSON of a call"


class Unproven(Exception):  # noqa: N818 - it is for the receiver to refuse it
    """What arrived at a webhook and is not to be believed; `doubt` says why."""

    def __init__(self, doubt: Doubt) -> None:
        self.doubt = doubt
        super().__init__(doubt.value)


@dataclass(frozen=True)
class Call:
    """What a webhook was told: `id` is the same however often it is sent; `data` names an application or a report."""

    id: str
    type: str
    at: datetime
    data: Mapping[str, str]


def received(secret: str, headers: Mapping[str, str], body: bytes, at: float | None = None) -> Call:
    """Return what arrived at a webhook once it is proven; raises Unproven, and ValueError for what is no secret.

    `body` are the bytes as they came, `at` seconds since 1970, the present where it is not given. The signature is that
    of Standard Webhooks 1.0.0: of several, as while a secret is renewed, one has to fit.
    """
    named = {name.lower(): value for name, value in headers.items()}
    call, seconds, signatures = (
        named.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not (call and seconds and signatures):
        raise Unproven(Doubt.MISSING)
    _require_present(seconds, time.time() if at is None else at)
    if not _signed(_key_of(secret), f"{call}.{seconds}.".encode() + body, signatures):
        raise Unproven(Doubt.FORGED)
    try:
        said = json.loads(body)
        return Call(call, said["type"], datetime.fromisoformat(said["timestamp"]), said["data"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unproven(Doubt.UNREADABLE) from error


class Client:
    """The API of one portal, used with one key."""

    def __init__(self, address: str, key: str, transport: httpx2.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        base = f"{address.rstrip('/')}/api/v1/"
        self._http = httpx2.Client(base_url=base, headers=headers, timeout=_TIMEOUT, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def apply(self, asked: Asked, key: str | None = None) -> Application:
        """Ask for a report; `key` is the Idempotency-Key where the caller keeps one across its own restarts."""
        return _application(self._post("applications", asdict(asked), key))

    def application(self, application: str) -> Application:
        """Return an application."""
        return _application(self._get(f"applications/{application}"))

    def applications(self) -> Iterator[Application]:
        """Yield all applications, the newest first."""
        yield from map(_application, self._items("applications"))

    def withdraw(self, application: str, key: str | None = None) -> Application:
        """Take back an application."""
        return _application(self._post(f"applications/{application}/withdrawal", None, key))

    def reports(self, project: str = "") -> Iterator[Report]:
        """Yield the reports that the key's account may see, the newest first."""
        yield from map(_report, self._items("reports", project=project))

    def report(self, number: str) -> Report:
        """Return a report."""
        return _report(self._get(f"reports/{number}"))

    def file(self, number: str) -> bytes:
        """Return a report's PDF as it was issued."""
        return self._sent("GET", f"reports/{number}/file").content

    def verify(self, number: str, code: str) -> Check:
        """Check a paper by its number and code; raises Refused (E0505) for what the portal does not know."""
        return _check(self._sent("POST", "verifications/paper", json={"number": number, "code": code}).json())

    def verify_file(self, data: bytes) -> Check:
        """Check the bytes of a PDF."""
        headers = {"Content-Type": "application/pdf"}
        return _check(self._sent("POST", "verifications/file", content=data, headers=headers).json())

    def consume(
        self, number: str, *, project: str, round_: int = 1, lot: str = "", key: str | None = None
    ) -> Use:
        """Use a report (核销) for its project, once; raises Refused where it may not be used."""
        sent = {"number": number, "project": project, "round": round_, "lot": lot}
        said = self._post("consumptions", sent, key)
        return Use(said["outcome"], said["number"], datetime.fromisoformat(said["used_at"]))

    def usage(self, quarter: str) -> list[dict[str, Any]]:
        """Return the lines of a quarter such as 2026Q3."""
        lines: list[dict[str, Any]] = self._get("usage", quarter=quarter)["lines"]
        return lines

    def _items(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        while cursor is not None:
            page = self._get(path, **query, cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        said: dict[str, Any] = self._sent("GET", path, params=query).json()
        return said

    def _post(self, path: str, sent: Mapping[str, Any] | None, key: str | None) -> dict[str, Any]:
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        said: dict[str, Any] = self._sent("POST", path, json=sent, headers=headers).json()
        return said

    def _sent(self, method: str, path: str, **more: Any) -> httpx2.Response:  # noqa: ANN401 - httpx2's own words
        for attempt in range(1, TRIES + 1):
            try:
                answer = self._http.request(method, path, **more)
            except httpx2.TransportError:
                if attempt == TRIES:
                    raise
                time.sleep(2.0**attempt / 4)
                continue
            if answer.status_code not in _AGAIN or attempt == TRIES:
                return _done(answer)
            time.sleep(_patience(answer))
        raise AssertionError("unreachable")


def _require_present(seconds: str, at: float) -> None:
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= _DIGITS):
        raise Unproven(Doubt.MALFORMED)
    if int(seconds) < at - TOLERANCE:
        raise Unproven(Doubt.OLD)
    if int(seconds) > at + TOLERANCE:
        raise Unproven(Doubt.EARLY)


def _key_of(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook's secret is whsec_ and base64") from error
    if not key:
        raise ValueError("a webhook's secret is not empty")
    return key


def _signed(key: bytes, content: bytes, signatures: str) -> bool:
    wanted = "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    # Each is compared, and each in the same time: the answer tells nothing of which came how near.
    fits = [
        hmac.compare_digest(wanted.encode(), one.encode(errors="replace")) for one in signatures.split(" ")
    ]
    return any(fits)


def _patience(answer: httpx2.Response) -> float:
    said = answer.headers.get("retry-after", "")
    return min(float(said) if said.isdigit() else 1.0, LONGEST_WAIT)


def _done(answer: httpx2.Response) -> httpx2.Response:
    if answer.is_success:
        return answer
    problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    raise Refused(answer.status_code, answer.json() if problem else {"title": answer.reason_phrase})


def _application(said: Mapping[str, Any]) -> Application:
    named = {name: said[name] for name in Application.__dataclass_fields__}
    return Application(**{**named, "due_at": datetime.fromisoformat(said["due_at"])})


def _report(said: Mapping[str, Any]) -> Report:
    named = {name: said[name] for name in Report.__dataclass_fields__}
    until = said["valid_until"]
    return Report(
        **{
            **named,
            "applicant": tuple((party["uscc"], party["name"]) for party in said["applicant"]),
            "issued_at": datetime.fromisoformat(said["issued_at"]),
            "valid_until": date.fromisoformat(until) if until else None,
        }
    )


def _check(said: Mapping[str, Any]) -> Check:
    return Check(said["verdict"], said["number"], said)
