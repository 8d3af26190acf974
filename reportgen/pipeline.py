"""The flow on one screen: request → snapshot → pack → assess → identity → compose → typeset → publish.

Until the register and the signer stand, a report is unregistered and unsigned, and says so on its
face. Each step is a function of its input; the file gets its final name only in the last one.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.assess.case import Case
from reportgen.assess.choices import check_choices
from reportgen.assess.judge import assess
from reportgen.assess.model import Assessment
from reportgen.document.issuer import Binding, Identity, Issuer, Stage, issuer_of
from reportgen.errors import ReportgenError
from reportgen.files import write_whole
from reportgen.policy.loader import select
from reportgen.project.applicant import Applicant, check_joint
from reportgen.project.model import Project
from reportgen.settings import Office
from reportgen.subject.identifiers import ALPHABET

if TYPE_CHECKING:
    from reportgen.document.typeset import Typeset

_CODE_BITS = 128
_NUMBER_TAIL = 8


@dataclass(frozen=True)
class Request:
    """One request: the applicant, the project (its lot selected), and what the report is bound to."""

    applicant: Applicant
    project: Project
    binding: Binding

    def key(self) -> str:
        """Return the request key: the same request asked again has the same key."""
        parts = [
            *(s.uscc for s in self.applicant.subjects),
            self.project.id,
            str(self.project.round),
            self.project.lot.id if self.project.lot else "",
            self.binding.recipient.uscc,
            self.binding.purpose,
        ]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Issued:
    """What came of a request: the judgement, and the report or else the letter of what is missing."""

    assessment: Assessment
    number: str
    typeset: "Typeset"
    path: Path | None


def judge(applicant: Applicant, project: Project, known_at: date | None = None) -> tuple[Case, Assessment]:
    """Assess an applicant for a project; raises E0308 (joint venture refused), E0310 (no pack), E0320 (choice).

    With `known_at`, by the newest release of the rules that was out on that day.
    """
    check_joint(applicant, project)
    case = Case(applicant, project, select(project, known_at=known_at))
    check_choices(project, case.policy)
    return case, assess(case, snapshot(applicant, project))


def issue(request: Request, office: Office, now: datetime, target: Path) -> Issued:
    """Issue a report into `target`, a file or a folder; without evidence enough, no file is written.

    Where no conclusion can be given, `path` is None and `typeset` holds the 缺件清单 to the applicant.
    Raises what the steps raise: E0308, E0310, E0701 (glyphs), E0901 (file), E1101–E1103, E1105 (not permitted).
    """
    # Typesetting loads fonts and libraries that take a second, and judging alone needs none of them.
    from reportgen.document.compose import Inputs, compose
    from reportgen.document.letter import gaps_letter
    from reportgen.document.typeset import typesetter

    issuer = issuer_of(office)
    _permitted(issuer, request, now)
    case, assessment = judge(request.applicant, request.project)
    _payable(case, request)
    identity = identify(request, issuer, office.secret(), now)
    inputs = Inputs(case, assessment, request.binding, issuer, identity)
    if assessment.conclusion is None:
        letter = gaps_letter(inputs)
        _preflight(request, letter)
        return Issued(assessment, "", typesetter().letter(letter, now), None)
    content = compose(inputs)
    _preflight(request, content)
    done = typesetter().report(content, now, identity.number.encode())
    path = write_whole(target / f"{identity.number}.pdf" if target.is_dir() else target, done.pdf)
    return Issued(assessment, identity.number, done, path)


def snapshot(applicant: Applicant, project: Project) -> str:
    """Return the SHA-256 of the canonical JSON of all facts judged."""
    facts = {
        "applicant": applicant.model_dump(mode="json"),
        "project": project.model_dump(mode="json"),
        "lot": project.lot.id if project.lot else "",
    }
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def identify(request: Request, issuer: Issuer, secret: bytes, now: datetime) -> Identity:
    """Return number, code and times; the same request on the same day gives the same number.

    The code is HMAC-SHA256(secret, number), 128 bits, so a crashed issue can be finished.
    """
    digest = hmac.new(secret, f"{request.key()}{now:%Y%m%d}".encode(), hashlib.sha256).digest()
    body = f"XY{now:%Y%m%d}{base31(digest, _NUMBER_TAIL)}"
    number = f"{body}-{check_letter(body)}"
    code = base31(hmac.new(secret, number.encode(), hashlib.sha256).digest()[: _CODE_BITS // 8], 26)
    return Identity(
        number=number,
        code=code,
        url=f"{issuer.verify.address}/v/{number}/{code}",
        stage=Stage.ISSUED,
        issued_at=now,
        valid_until=now.date() + timedelta(days=issuer.report.valid_days),
        registered=False,
        signed=False,
    )


def base31(data: bytes, length: int) -> str:
    """Return bytes as `length` characters of the USCC alphabet, which has no letters easily confused."""
    value = int.from_bytes(data, "big")
    letters = []
    for _ in range(length):
        value, digit = divmod(value, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(reversed(letters))


def check_letter(body: str) -> str:
    """Return the check character of a number: weights 3^i mod 31 over letters and digits."""
    known = "".join(c for c in body if c in ALPHABET)
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(known))
    return ALPHABET[-total % 31]


def _permitted(issuer: Issuer, request: Request, now: datetime) -> None:
    agency, today = issuer.agency, now.date()
    if not agency.filing_since <= today <= agency.filing_until:
        raise ReportgenError("E1101", since=agency.filing_since, until=agency.filing_until, on=today)
    if issuer.staff.prepared_by == issuer.staff.reviewed_by:
        raise ReportgenError("E1102", detail=f"编制与复核同为{issuer.staff.prepared_by}")
    parties = {s.uscc for s in request.applicant.subjects}
    owned = {h.uscc for s in request.applicant.subjects for h in s.shareholders}
    if agency.uscc in parties | owned:
        raise ReportgenError("E1103", detail=f"{agency.name}是申请人或其股东")


def _payable(case: Case, request: Request) -> None:
    cite = case.policy.bars_payer(request.project.matter)
    payer = request.binding.payer
    if cite and payer in {subject.uscc for subject in request.applicant.subjects}:
        rule = case.policy.citation(cite).label()
        raise ReportgenError("E1105", matter=request.project.matter, payer=payer, rule=rule)


def _preflight(request: Request, content: object) -> None:
    from reportgen.document.content import strings
    from reportgen.document.glyphs import preflight

    for member in request.applicant.members:
        preflight(_strings_of(member.subject.model_dump(mode="json"), "subject"))
    preflight(_strings_of(request.project.model_dump(mode="json"), "project"))
    preflight(strings(content))


def _strings_of(value: object, path: str) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(path, value)]
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in _strings_of(item, f"{path}.{key}")]
    if isinstance(value, list):
        return [pair for index, item in enumerate(value) for pair in _strings_of(item, f"{path}[{index}]")]
    return []
