"""Projects as the agency knows them: found, one with its requirements, imported from a file."""

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen.project.model import Project
from reportgen.registry.award_entries import awards, enter
from reportgen.registry.entries import enter_project
from reportgen.store.people import PERMITTED, Action
from reportgen.store.projects import ImportedProject, listed_projects, project_at
from reportgen.web import reading
from reportgen.web.awarding import address, entering, lot_names
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.importing import Asked, Outcome, import_form, import_page, imported, read_with
from reportgen.web.steps import told
from reportgen.zone import now

router = APIRouter(prefix="/agency/projects")
_IMPORT = Asked(
    "导入项目",
    "/agency/projects/import",
    "/agency/projects",
    "招标文件的工作簿（.xlsx）、YAML、JSON，或 OCDS 的 release、record、package（.json）",
    ".xlsx,.yaml,.yml,.json",
    "项目",
    "/agency/blank/project.xlsx",
    open_data=True,
)


@router.get("", name="agency_projects")
def agency_projects(request: Request, house: TheHouse, text: str = "") -> HTMLResponse:
    """Find projects by a part of their id or name, each round as it stands now."""
    text = text.strip()
    found = house.store.read(lambda session: listed_projects(session, text))
    said = {"projects": found, "text": text, "imports": _imports(request)}
    return house.pages.page(request, "agency_projects", said)


@router.get("/import", name="agency_project_form")
def agency_project_form(request: Request, house: TheHouse, told: str = "") -> HTMLResponse:
    """Show the form to import a project, or what came of it."""
    return import_form(request, house, _IMPORT, told)


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
    projects = [item for item in found.told if isinstance(item, Project)]
    entered = press.act(
        Action.IMPORT, lambda session: [enter_project(session, item, desk) for item in projects]
    )
    return imported(request, house, _IMPORT, [_outcome(item) for item in entered], found.remarks)


@router.get("/one", name="agency_project")
def agency_project(request: Request, house: TheHouse, project: str, round: int | None = None) -> HTMLResponse:  # noqa: A002 - the word of the URL
    """Show one round of a project with its requirements; its id may hold what an address's path cannot."""
    return _one(request, house, project, round)


@router.post("/one/award", name="agency_project_award")
def agency_project_award(request: Request, house: TheHouse, project: str, round: int) -> Response:  # noqa: A002
    """Show what entering the award notice means, and enter it once it is confirmed."""
    press, page = house.desk_of(caller_of(request).login), _page(project, round)

    def entered(where: tuple[str, int], lots: list[str], day: str) -> Response:
        desk = press.desk(now())
        press.act(Action.IMPORT, lambda session: enter(session, where, lots, day, desk))
        return RedirectResponse(f"{page}&done=announced", 303)

    again = partial(_one, request, house, project, round)
    return entering(request, house, (project, round), page, again, entered)


def _one(
    request: Request, house: House, name: str, round_: int | None, wrong: Mapping[str, str] | None = None
) -> HTMLResponse:
    project = house.store.read(lambda session: project_at(session, name, round_))
    found = house.store.read(lambda session: awards(session, project.id, project.round))
    said = {
        "project": project,
        "awards": found,
        "lots": lot_names(found),
        "award": address(_page(project.id, project.round)),
        "imports": _imports(request),
        "faults": wrong or {},
        "typed": form_of(request).words if wrong else {},
        "done": told(request),
    }
    return house.pages.page(request, "agency_project", said, 422 if wrong else 200)


def _imports(request: Request) -> bool:
    return bool(caller_of(request).roles & PERMITTED[Action.IMPORT])


def _page(project: str, round_: int) -> str:
    return f"/agency/projects/one?{urlencode({'project': project, 'round': round_})}"


def _outcome(item: ImportedProject) -> Outcome:
    said = f"第 {item.round} 轮　{'已存。' if item.new else '与库内相同，没有另存。'}"
    return Outcome(item.name, item.project, _page(item.project, item.round), said)
