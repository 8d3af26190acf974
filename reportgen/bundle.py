"""A project's reports for its evaluation committee: 比对汇总表 and 核销清单, each report's file checked, the manifest.

Nothing is judged anew: what was judged comes from the register, the facts as they were entered with each report.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from pathlib import Path

from sqlmodel import Session

from reportgen.certify import offline
from reportgen.certify.facts import COMPARISON, USES, Asked, Trust
from reportgen.certify.folding import Key, Point, Verdict, gravest
from reportgen.certify.manifest import Beside, Manifest
from reportgen.certify.verify import Verification, verify
from reportgen.document import compared
from reportgen.document.compared import Comparison, Finding, Partner, Party, Since
from reportgen.document.relations import Bidder, Relation, relations
from reportgen.errors.entry import ExitCode
from reportgen.files import write_whole
from reportgen.pipeline import Finished, Means, certified, means_of
from reportgen.policy.citation import Citation
from reportgen.policy.loader import shelf
from reportgen.press import Press
from reportgen.project.model import Project
from reportgen.registry.bundle import Entered, Gathered, delivered, gather
from reportgen.registry.manifest import Scope
from reportgen.registry.use_lists import exported, place
from reportgen.settings import Office
from reportgen.store.people import Action, permitted
from reportgen.uses import Paper, printed

SUMMARY, USED, REPORTS = f"{COMPARISON}.pdf", f"{USES}.pdf", "报告"
"""What the comparison, the list of uses and the folder of the reports' files are called."""
_NO_FILE = "没有文件"


@dataclass(frozen=True)
class Checked:
    """A report with its file's bytes and what the check of them found; None where there is no file."""

    entered: Entered
    data: bytes | None
    seen: Verification | None

    @property
    def finding(self) -> Finding:
        """Return what the check came to, as the committee is told."""
        if self.seen is None:
            why = "应有的文件不在机构的文件夹里" if self.entered.file else "已依规删除，只留校验值"
            return Finding(sound=None, says=f"{_NO_FILE}：{why}")
        return Finding(sound=self.exit_code is ExitCode.DONE, says=_says(self.seen))

    @property
    def exit_code(self) -> ExitCode:
        """Return the exit code of the check; a file that is not there cannot be read."""
        return self.seen.exit_code if self.seen else ExitCode.BAD_INPUT

    @property
    def name(self) -> str:
        """Return the file's name in the folder, nothing where there is none."""
        return f"{REPORTS}/{self.entered.listed.number}.pdf" if self.data is not None else ""


@dataclass(frozen=True)
class Bundled:
    """What was written: the comparison's number, hash and pages, the 核销清单, the reports with their checks, the manifest.

    `warnings` are what the agency should know: what runs out soon, a time stamp that could not be had.
    """

    number: str
    sha256: str
    pages: int
    listed: Manifest
    reports: tuple[Checked, ...]
    offline: offline.Written
    uses: Paper
    warnings: tuple[str, ...]
    summary: str = SUMMARY
    used: str = USED

    @property
    def exit_code(self) -> ExitCode:
        """Return the gravest exit code of the files."""
        return gravest(report.exit_code for report in self.reports)


def bundle(scope: Scope, office: Office, press: Press, folder: Path, now: datetime) -> Bundled:
    """Write a folder for a project's evaluation committee, and record that it left the house.

    A file that does not check is written all the same, marked in the comparison. Raises E0351, E0306, E1106 (before
    开标), E1107, E0701, E0801–E0809, E0901, E0913 (the store does not answer).
    """
    press.store.read(lambda session: permitted(session, press.actor, Action.BUNDLE))
    return bundled(scope, office, press, folder, now)


def bundled(scope: Scope, office: Office, press: Press, folder: Path, now: datetime) -> Bundled:
    """Write a folder as `bundle` does, for whoever runs the tender himself and so needs no role of the office."""
    means = means_of(office, now)
    agency = means.issuer.agency
    gathered = press.store.read(lambda session: gather(session, agency, scope, now))
    trust = Trust.of_office(office.folder)
    reports = tuple(_checked(entered, gathered.manifest, press, trust, now) for entered in gathered.reports)
    found = comparison(gathered, reports, means, shelf())
    done = certified_sheet(found, means, now)
    sha256 = hashlib.sha256(done.made.pdf).hexdigest()
    uses = printed(gathered.uses, means, now)
    beside = (
        Beside(kind=COMPARISON, number=found.number, sha256=sha256),
        Beside(kind=USES, number=uses.number, sha256=uses.sha256),
    )
    listed = gathered.manifest.model_copy(update={"beside": beside})
    for report in reports:
        if report.data is not None:
            write_whole(folder / report.name, report.data)
    write_whole(folder / SUMMARY, done.made.pdf)
    write_whole(folder / USED, uses.pdf)
    written = offline.write(listed, office.folder, folder)
    desk = press.desk(now)

    def told(session: Session) -> None:
        delivered(session, listed, written.page_sha256, found.number, sha256, desk)
        exported(session, gathered.uses, uses.sha256, desk)

    press.store.write(told)
    warnings = means.warnings(done.unstamped or uses.unstamped)
    return Bundled(found.number, sha256, done.made.pages, listed, reports, written, uses, warnings)


def certified_sheet(found: Comparison, means: Means, now: datetime) -> Finished:
    """Return a comparison typeset, with its data attached, and certified where the office has a key."""
    from reportgen.document.comparison import sheet
    from reportgen.document.typeset import Enclosure, typesetter

    data = Enclosure(compared.FILE, found.data(), "本表内容的机器可读数据")
    content = sheet(found, means.issuer, shelf())
    made = typesetter(means.issuer.own_look).document(
        "comparison.html.j2", content, now, found.number, [data]
    )
    return certified(made, means, f"出具{COMPARISON} {found.number}", now)


def comparison(
    gathered: Gathered, reports: Sequence[Checked], means: Means, law: Mapping[str, Citation]
) -> Comparison:
    """Return the comparison of a project's reports, lot by lot, in the order of their numbers."""
    project, listed = gathered.project, gathered.manifest
    names = {lot.id: lot.name for lot in project.lots}
    lots = [_lot(name, names.get(name, ""), reports, project, law) for name in _lots(gathered)]
    return Comparison(
        number=f"BD-{listed.as_of:%Y%m%d-%H%M%S}",
        sample=listed.sample,
        agency=compared.party(means.issuer.agency),
        project=place(project),
        as_of=listed.as_of,
        lots=tuple(lots),
    )


def _lots(gathered: Gathered) -> list[str]:
    """Return the lots compared, those that an amendment of the tender has since taken away among them."""
    named = (*gathered.manifest.lots, *(report.lot for report in gathered.manifest.reports))
    return list(dict.fromkeys(named)) or [""]


def _lot(
    lot: str, name: str, reports: Sequence[Checked], project: Project, law: Mapping[str, Citation]
) -> compared.Lot:
    own = [report for report in reports if report.entered.listed.lot == lot]
    asked = compared.asked(r.entered.assessment for r in own if r.entered.assessment)
    return compared.Lot(
        id=lot,
        name=name,
        requirements=asked,
        reports=tuple(_report(report, asked, law) for report in own),
        relations=_relations(own, project, law),
        unread=tuple(r.entered.listed.number for r in own if r.entered.subjects is None),
    )


def _relations(
    reports: Sequence[Checked], project: Project, law: Mapping[str, Citation]
) -> tuple[Relation, ...]:
    # Reports for the same members are those of one applicant, and the newest facts of it count.
    applicants: dict[frozenset[str], Bidder] = {}
    for report in sorted(reports, key=_issued):
        subjects = report.entered.subjects
        if subjects is not None:
            who = frozenset(subject.uscc for subject in subjects)
            before = applicants[who].reports if who in applicants else ()
            applicants[who] = Bidder((*before, report.entered.listed.number), subjects)
    bidders = sorted(applicants.values(), key=attrgetter("reports"))
    return relations(bidders, project.matter, law)


def _issued(report: Checked) -> tuple[datetime, str]:
    return report.entered.listed.issued_at, report.entered.listed.number


def _report(report: Checked, asked: Sequence[compared.Asked], law: Mapping[str, Citation]) -> compared.Report:
    listed, assessment = report.entered.listed, report.entered.assessment
    return compared.Report(
        number=listed.number,
        applicant=tuple(_partners(report.entered)),
        recipient=Party(uscc=listed.recipient.uscc, name=listed.recipient.name),
        conclusion=listed.conclusion,
        issued_at=listed.issued_at,
        valid_until=listed.valid_until,
        state=listed.state,
        used_at=listed.used_at,
        revoked_at=listed.revoked_at,
        changes=tuple(Since(word=change.word, at=change.at) for change in listed.changes),
        later=listed.later,
        sha256=listed.sha256,
        pages=listed.pages,
        file=report.name,
        finding=report.finding,
        judged=compared.judged(assessment, asked, law) if assessment else None,
    )


def _partners(entered: Entered) -> list[Partner]:
    judged = {member.uscc: member for member in entered.assessment.applicant} if entered.assessment else {}
    return [
        Partner(
            uscc=party.uscc, name=party.name, share=judged[party.uscc].share, work=judged[party.uscc].work
        )
        if party.uscc in judged
        else Partner(uscc=party.uscc, name=party.name)
        for party in entered.listed.applicant
    ]


def _checked(entered: Entered, listed: Manifest, press: Press, trust: Trust, now: datetime) -> Checked:
    data = press.files.read(entered.file) if entered.file else None
    if data is None:
        return Checked(entered, None, None)
    asked = Asked(listed.project.id, listed.project.round, entered.listed.lot)
    return Checked(entered, data, verify(data, trust=trust, register=entered.book, asked=asked, at=now))


def _says(seen: Verification) -> str:
    failed = [point for point in seen.points if point.ok is False]
    # That the register has another file under the number says more than what is wrong with this one.
    why = next((point.why for point in sorted(failed, key=_tells_less)), "")
    if seen.verdict is Verdict.NOT_GENUINE:
        return f"不真实：{why}"
    if seen.verdict is Verdict.REFUSED:
        return f"真实，不得使用：{why}"
    return "真实，已用于本项目" if seen.verdict is Verdict.USED else "真实"


def _tells_less(point: Point) -> bool:
    return point.key is not Key.HASH
