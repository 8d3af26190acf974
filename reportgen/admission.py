"""What must hold before a report is made, piece by piece, so that a batch can name all that does not at once.

Nothing here is judged and nothing is typeset: it takes milliseconds.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from reportgen.document.issuer import Agency, Issuer
from reportgen.errors import ReportgenError
from reportgen.policy.model import Policy
from reportgen.project.applicant import Applicant
from reportgen.project.model import Project
from reportgen.registry.requests import Request
from reportgen.subject.model import Subject


def admit(request: Request, issuer: Issuer, now: datetime) -> None:
    """Refuse a report that the agency may not issue; raises E0323, E1101, E1102, E1103."""
    check_timely(request.project, now.date())
    check_office(issuer, now.date())
    for subject in request.applicant.subjects:
        check_independent(issuer.agency, subject)


def check_office(issuer: Issuer, on: date) -> None:
    """Raise E1101 (the filing is not in force), E1102 (one person prepares and reviews)."""
    agency, staff = issuer.agency, issuer.staff
    if not agency.filing_since <= on <= agency.filing_until:
        raise ReportgenError("E1101", since=agency.filing_since, until=agency.filing_until, on=on)
    if staff.prepared_by == staff.reviewed_by:
        raise ReportgenError("E1102", detail=f"编制与复核同为{staff.prepared_by}")


def check_timely(project: Project, on: date) -> None:
    """Raise E0323 where the project takes no report of a day."""
    until = project.report_valid_until
    if until is not None and until < on:
        raise ReportgenError("E0323", project=project.id, until=until, on=on)


def check_independent(agency: Agency, subject: Subject) -> None:
    """Raise E1103 where the agency is the subject, or one of its shareholders."""
    if agency.uscc in {subject.uscc, *(holder.uscc for holder in subject.shareholders)}:
        raise ReportgenError("E1103", detail=f"{agency.name}是申请人或其股东")


def check_payer(applicant: Applicant, project: Project, payer: str, policy: Policy) -> None:
    """Raise E1105 where the applicant pays for a report and the rules bar it; `payer` is a USCC."""
    check_payer_among([subject.uscc for subject in applicant.subjects], project, payer, policy)


def check_payer_among(applicant: Collection[str], project: Project, payer: str, policy: Policy) -> None:
    """Raise E1105 as `check_payer` does, for an applicant known by the codes of its members alone."""
    cite = policy.bars_payer(project.matter)
    if cite and payer in applicant:
        rule = policy.citation(cite).label()
        raise ReportgenError("E1105", matter=project.matter, payer=payer, rule=rule)


def check_strings(request: Request) -> None:
    """Raise E0701 for every character of subject, project and lists that cannot be typeset."""
    for subject in request.applicant.subjects:
        check_characters(subject, "subject")
    check_characters({one.sha256: one.name for one in request.applicant.compared}, "compared")
    check_characters(request.project.whole(), "project")


def check_characters(given: Subject | Project | Mapping[str, str], path: str) -> None:
    """Raise E0701 for every character that cannot be typeset, each with its path below `path`."""
    # They load fonts and drawing, which judging alone needs not.
    from reportgen.document.content import strings
    from reportgen.document.glyphs import preflight

    if isinstance(given, Mapping):
        preflight(strings(given, path))
    elif not _plain(given.model_dump_json()):
        preflight(strings(given.model_dump(mode="json"), path))


def _plain(text: str) -> bool:
    """Say whether all of a JSON text can be typeset, escapes apart: almost every one, and then no part is looked at."""
    from reportgen.document.glyphs import preflight

    try:
        preflight([("", text)])
    except ReportgenError:
        return False
    return "\\u" not in text
