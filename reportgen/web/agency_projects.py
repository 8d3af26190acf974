"""Projects as the agency knows them: found, one with its requirements, imported from a file."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from reportgen.project.model import Project
from reportgen.registry.entries import enter_project
from reportgen.store.people import PERMITTED, Action
from reportgen.store.projects import listed_projects, project_at
from reportgen.web import reading
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import TheHouse
from reportgen.web.importing import Asked, import_page, read_with
from reportgen.zone import now

router = APIRouter(prefix="/agency/projects")
_IMPORT = Asked(
    "导入项目",
    "/agency/projects/import",
    "/agency/projects",
    "招标文件的工作簿（.xlsx）、YAML、JSON，或 OCDS 的 release、record、package（.json）",
    ".xlsx,.yaml,.yml,.json",
    open_data=True,
)


@router.get("", name="agency_projects")
def agency_projects(request: Request, house: TheHouse, text: str = "") -> HTMLResponse:
    """Find projects by a part of their id or name, each round as it stands now."""
    text = text.strip()
    found = house.store.read(lambda session: listed_projects(session, text))
    may = bool(caller_of(request).roles & PERMITTED[Action.IMPORT])
    return house.pages.page(request, "agency_projects", {"projects": found, "text": text, "imports": may})


@router.get("/import", name="agency_project_form")
def agency_project_form(request: Request, house: TheHouse) -> HTMLResponse:
    """Show the form to import a project."""
    return import_page(request, house, _IMPORT)


@router.post("/import", name="agency_project_import")
def agency_project_import(request: Request, house: TheHouse) -> Response:
    """Check a file, and import it where that is asked for and nothing is wrong; the same again enters nothing."""
    form = form_of(request)
    added = {name: form.word(name) for name in ("region", "category") if form.word(name)}
    found, wrong = read_with(house, form, reading.project, added)
    if found is None or found.faults or form.word("do") != "import":
        return import_page(request, house, _IMPORT, found, wrong)
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    told = [item for item in found.told if isinstance(item, Project)]
    entered = press.act(Action.IMPORT, lambda session: [enter_project(session, item, desk) for item in told])
    return house.pages.page(request, "agency_imported", {"entered": entered, "remarks": found.remarks})


@router.get("/one", name="agency_project")
def agency_project(request: Request, house: TheHouse, project: str, round: int | None = None) -> HTMLResponse:  # noqa: A002 - the word of the URL
    """Show one round of a project with its requirements; its id may hold what an address's path cannot."""
    found = house.store.read(lambda session: project_at(session, project, round))
    return house.pages.page(request, "agency_project", {"project": found})
