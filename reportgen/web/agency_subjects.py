"""Subjects as the agency knows them: found, and one's facts by section; who looks at a record is entered."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from reportgen.project.model import Project
from reportgen.registry import deliveries
from reportgen.registry.deliveries import Learned
from reportgen.registry.entries import looked_at
from reportgen.registry.queries import of_subject
from reportgen.registry.view import summaries
from reportgen.store.facts import MOST, find_subjects, subject_at, versions
from reportgen.store.people import PERMITTED, Action
from reportgen.subject.claims import claims_of
from reportgen.subject.conflicts import conflicts
from reportgen.subject.wording import differing
from reportgen.web import reading
from reportgen.web.door import caller_of, form_of
from reportgen.web.dossier import head, sections
from reportgen.web.evidence import anchor
from reportgen.web.house import TheHouse
from reportgen.web.importing import Asked, Outcome, import_form, import_page, imported, read_with
from reportgen.zone import now

router = APIRouter(prefix="/agency/subjects")
_REPORTS = 50
_IMPORT = Asked(
    "导入主体",
    "/agency/subjects/import",
    "/agency/subjects",
    "主体的工作簿（.xlsx）、YAML、JSON，或公共信用信息报告（.pdf、.json）",
    ".xlsx,.yaml,.yml,.json,.pdf",
    "主体",
    "/agency/blank/subject.xlsx",
)


@router.get("", name="agency_subjects")
def agency_subjects(request: Request, house: TheHouse, text: str = "") -> HTMLResponse:
    """Find subjects by a part of their code, name or former name."""
    text = text.strip()
    found = house.store.read(lambda session: find_subjects(session, text))
    said = {"subjects": found, "text": text, "most": MOST, "imports": _may(request)}
    return house.pages.page(request, "agency_subjects", said)


@router.get("/import", name="agency_subject_form")
def agency_subject_form(request: Request, house: TheHouse, told: str = "") -> HTMLResponse:
    """Show the form to import a subject, or what came of it."""
    return import_form(request, house, _IMPORT, told)


@router.post("/import", name="agency_subject_import")
def agency_subject_import(request: Request, house: TheHouse) -> Response:
    """Check a file, and import it where that is asked for and nothing is wrong; the same again enters nothing."""
    found, wrong = read_with(house, form_of(request), reading.subject)
    if found is None or found.faults or form_of(request).word("do") != "import":
        return import_page(request, house, _IMPORT, found, wrong)
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    told = [item for item in found.told if not isinstance(item, Project)]
    learned = press.act(
        Action.IMPORT, lambda session: [deliveries.enter(session, item, desk) for item in told]
    )
    return imported(request, house, _IMPORT, [_outcome(item) for item in learned], found.remarks)


@router.get("/{uscc}", name="agency_subject")
def agency_subject(
    request: Request, house: TheHouse, uscc: str, at: datetime | None = None, fact: str = ""
) -> HTMLResponse:
    """Show all that is known of a subject, now or as of a moment, one fact open; that somebody looked is entered."""
    moment = None if at is None else at.replace(tzinfo=None)
    subject = house.store.read(lambda session: subject_at(session, uscc, moment))
    desk = house.desk_of(caller_of(request).login).desk(now())
    house.store.write(lambda session: looked_at(session, uscc, desk))
    today = desk.at.date()
    said = {
        "subject": subject,
        "head": head(subject),
        "sections": sections(subject),
        "conflicts": [differing(conflict, subject) for conflict in conflicts(subject)],
        "claims": sum(1 for _ in claims_of(subject)),
        "versions": house.store.read(lambda session: versions(session, uscc)),
        "moment": moment,
        "fact": fact,
        "anchor": anchor,
        "reports": house.store.read(
            lambda session: summaries(session, of_subject(session, uscc, _REPORTS), today)
        ),
    }
    return house.pages.page(request, "agency_subject", said)


def _may(request: Request) -> bool:
    return bool(caller_of(request).roles & PERMITTED[Action.IMPORT])


def _outcome(item: Learned) -> Outcome:
    told = item.told
    if not told.new:
        said = "与库内相同，没有另存。"
    elif not told.counts:
        said = f"已存，但早于库内的 {told.newest}，评价仍用后者。"
    else:
        said = f"已存，数据截止日 {told.as_of}，与前一版相比变动 {len(told.changes)} 项。"
    return Outcome(
        told.name,
        told.uscc,
        f"/agency/subjects/{told.uscc}",
        said,
        item.marked,
        [differing(conflict, item.subject) for conflict in item.conflicts],
        [f"{caution.path}：{caution.text}" for caution in item.cautions],
    )
