"""What a bidder wishes for, as his form says it, held against the project: for whom, for what, with whom, at whose cost."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from reportgen.admission import check_payer_among, check_timely
from reportgen.errors import Fault, ReportgenError
from reportgen.policy.loader import select
from reportgen.project.applicant import check_members
from reportgen.project.clauses import Party
from reportgen.project.model import Project
from reportgen.registry import bidders
from reportgen.registry.application_rows import ApplicationRow
from reportgen.store.accounts import Caller
from reportgen.store.projects import project_at
from reportgen.subject.identifiers import uscc_fault
from reportgen.web.house import House
from reportgen.web.letters import Kept

PARTNERS = (1, 2, 3)
"""The lines of the form for the other members of a joint venture."""
LONGEST_PURPOSE, LONGEST_WORK, LONGEST_AUTHORISATION = 200, 200, 500
_FIELDS = ("project", "round", "lot", "recipient", "payer", "purpose")
Word = Callable[[str], str]
"""What was typed into a field."""


@dataclass(frozen=True)
class Partner:
    """Another member of a joint venture: its code, its share of 0 to 1, its part of the work."""

    uscc: str
    share: Decimal
    work: str


@dataclass(frozen=True)
class Wish:
    """A sound wish: the project with its lot selected, the recipient, the payer's code, the purpose, the partners."""

    project: Project
    recipient: Party
    payer: str
    purpose: str
    partners: tuple[Partner, ...] = ()

    @property
    def lot(self) -> str:
        """Return the id of the lot, nothing where the project has none."""
        return self.project.lot.id if self.project.lot else ""

    @property
    def payer_name(self) -> str:
        """Return what the payer is called; nothing where the applicant itself pays."""
        return next((party.name for party in parties_of(self.project) if party.uscc == self.payer), "")

    @property
    def share(self) -> Decimal:
        """Return the lead's share: what the partners leave."""
        return 1 - sum((partner.share for partner in self.partners), Decimal(0))

    @property
    def closes_at(self) -> datetime:
        """Return when the project closes: 投标截止时间, or the first moment of the day of the decision."""
        return closing(self.project)

    def row(self, caller: Caller, authorisation: str, letter: Kept, at: datetime) -> ApplicationRow:
        """Return the application as it is entered."""
        lead = {"uscc": caller.uscc, "share": str(self.share), "work": ""}
        others = [{"uscc": p.uscc, "share": str(p.share), "work": p.work} for p in self.partners]
        return ApplicationRow(
            key="",
            account_id=caller.account,
            uscc=caller.uscc,
            members=json.dumps([lead, *others], ensure_ascii=False),
            project=self.project.id,
            round=self.project.round,
            lot=self.lot,
            recipient=self.recipient.uscc,
            recipient_name=self.recipient.name,
            purpose=self.purpose,
            payer=self.payer,
            authorisation=authorisation,
            letter=letter.file,
            letter_sha256=letter.sha256,
            submitted_at=at,
            due_at=bidders.due_at(self.closes_at, at),
        )


def open_project(house: House, word: Word, at: datetime) -> Project:
    """Return the project that a form names; raises E0621 where it is closed or not known, alike."""
    name, round_ = word("project"), word("round") or "1"
    try:
        number = int(round_) if round_.isascii() and round_.isdigit() and len(round_) < 3 else 0
        project = house.store.read(lambda session: project_at(session, name, number))
    except ReportgenError as error:
        raise ReportgenError("E0621", project=name[:64], round=round_[:4]) from error
    if closing(project) <= at:
        raise ReportgenError("E0621", project=name[:64], round=round_[:4])
    return project


def closing(project: Project) -> datetime:
    """Return when a project closes, as the list of projects has it."""
    return project.bid_deadline or datetime.combine(project.judged_on, datetime.min.time())


def wish_of(project: Project, caller: Caller, word: Word, at: datetime) -> Wish:
    """Return what a form wishes for.

    Raises E0301 with its faults by field, E0308 (no joint venture of so many), E0310, E0323, E1105 (who pays).
    """
    partners, faults = _partners(caller, word)
    lots = {lot.id for lot in project.lots}
    parties = {party.uscc: party for party in parties_of(project)}
    purpose = word("purpose") or project.purpose
    wrong = {
        "lot": "请选择标段" if lots and word("lot") not in lots else "",
        "recipient": "请选择报告的使用单位" if word("recipient") not in parties else "",
        "payer": "请选择付费人" if word("payer") not in {*parties, caller.uscc} else "",
        "purpose": f"最多 {LONGEST_PURPOSE} 字" if len(purpose) > LONGEST_PURPOSE else "",
    }
    faults = [*(Fault("E0301", field, what) for field, what in wrong.items() if what), *faults]
    if faults:
        raise ReportgenError("E0301", path="application", faults=faults)
    check_timely(project, at.date())
    check_members(1 + len(partners), project)
    chosen = project.select(word("lot") if lots else "")
    payer = word("payer")
    check_payer_among([caller.uscc, *(partner.uscc for partner in partners)], chosen, payer, select(chosen))
    return Wish(chosen, parties[word("recipient")], payer, purpose, tuple(partners))


def parties_of(project: Project) -> list[Party]:
    """Return for whom a report may be made: 招标人 or the deciding department, and its 代理机构."""
    return [party for party in (project.owner, project.agent) if party is not None]


def barred_by(project: Project) -> str:
    """Return the rule by which the applicant may not pay for a report, nothing where he may; raises E0310."""
    policy = select(project)
    cite = policy.bars_payer(project.matter)
    return policy.citation(cite).label() if cite else ""


def fields_of(word: Word) -> dict[str, str]:
    """Return what was typed into the fields of a wish, to be carried to the next page."""
    lines = (f"{name}{line}" for line in PARTNERS for name in ("partner", "share", "work"))
    return {name: word(name) for name in (*_FIELDS, *lines) if word(name)}


def _partners(caller: Caller, word: Word) -> tuple[list[Partner], list[Fault]]:
    found, faults, seen = list[Partner](), list[Fault](), {caller.uscc}
    for line in PARTNERS:
        uscc, share, work = word(f"partner{line}").upper(), word(f"share{line}"), word(f"work{line}")
        if not uscc and not share and not work:
            continue
        part = _share(share)
        faults += _wrong_partner(line, uscc, part, work, seen)
        seen.add(uscc)
        found.append(Partner(uscc, part or Decimal(0), work))
    if not faults and sum(partner.share for partner in found) >= 1:
        faults.append(Fault("E0301", f"share{PARTNERS[0]}", "各成员份额合计应小于 100%，其余为本单位的份额"))
    return found, faults


def _wrong_partner(line: int, uscc: str, share: Decimal | None, work: str, seen: set[str]) -> Iterator[Fault]:
    wrong = uscc_fault(uscc) or ("与本单位或另一成员相同" if uscc in seen else "")
    if wrong:
        yield Fault("E0301", f"partner{line}", wrong)
    if share is None:
        yield Fault("E0301", f"share{line}", "应为 0 至 100 之间的百分数，至多两位小数")
    if len(work) > LONGEST_WORK:
        yield Fault("E0301", f"work{line}", f"最多 {LONGEST_WORK} 字")


def _share(text: str) -> Decimal | None:
    """Return a share typed in percent as one of 0 to 1, None where it is none."""
    try:
        percent = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        return None
    sound = percent.is_finite() and 0 < percent < 100 and percent == percent.quantize(Decimal("0.01"))
    return percent / 100 if sound else None
