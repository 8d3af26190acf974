"""Applying for a report: the project, for whom and at whose cost, then what is there and what is lacking, then the letter.

Choosing and looking are GETs and enter nothing; only the last step sends anything in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen import counter
from reportgen.assess.quality import DataQuality
from reportgen.errors import Fault, ReportgenError
from reportgen.project.model import Project
from reportgen.registry import applications, bidders
from reportgen.web import wishes
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.letters import Kept, keeping, letter_faults
from reportgen.web.public import by_field
from reportgen.web.wishes import LONGEST_AUTHORISATION, PARTNERS, Wish, Word
from reportgen.zone import now

router = APIRouter(prefix="/bidder/apply")
_LETTER = "letter"
_BESIDE = frozenset({"E0301", "E0306", "E0307", "E0308", "E0323", "E1105"})
"""What is wrong with a wish and told on its form; anything else has a page of its own."""
_PAYER = "E1105"
_UNKNOWN = "E0350"


@dataclass(frozen=True)
class Prospect:
    """What the agency holds of the bidder for a wish; `quality` is None where it knows nothing of him yet."""

    wish: Wish
    quality: DataQuality | None

    @property
    def standing(self) -> str:
        """Return what can be concluded today, in a sentence."""
        if self.quality is None:
            return "本机构还没有贵单位的资料"
        if self.quality.conclusion is None:
            return "按现有资料，还不能作出结论"
        return "按现有资料，可以作出结论"


@router.get("", name="bidder_apply")
def apply(request: Request, house: TheHouse) -> HTMLResponse:
    """List the projects that are open, or show the form for the one that was chosen."""
    word = _asked(request)
    if not word("project"):
        at, text = now(), word("q")
        found = house.store.read(lambda session: bidders.open_projects(session, text, at))
        return house.pages.page(request, "bidder_projects", {"projects": found, "text": text})
    return _form(request, house, wishes.open_project(house, word, now()), word)


@router.get("/facts", name="bidder_facts")
def facts(request: Request, house: TheHouse) -> HTMLResponse:
    """Show what the agency holds and what is lacking for what was chosen; nothing is entered by looking."""
    at, word = now(), _asked(request)
    project = wishes.open_project(house, word, at)
    try:
        wish = wishes.wish_of(project, caller_of(request), word, at)
    except ReportgenError as error:
        if error.code not in _BESIDE:
            raise
        return _form(request, house, project, word, error)
    return _shown(request, house, wish, word)


@router.post("", name="bidder_submit")
def submit(request: Request, house: TheHouse) -> Response:
    """Send in an application with its letter of authority."""
    at, caller, form = now(), caller_of(request), form_of(request)
    project = wishes.open_project(house, form.word, at)
    try:
        wish = wishes.wish_of(project, caller, form.word, at)
    except ReportgenError as error:
        if error.code not in _BESIDE:
            raise
        return _form(request, house, project, form.word, error)
    sent = form.files.get(_LETTER)
    faults = [*_authorisation_faults(form.word("authorisation")), *letter_faults(sent, _LETTER)]
    if faults or sent is None:
        return _shown(request, house, wish, form.word, by_field(faults))
    desk = house.desk_of(caller.login).desk(at)
    with keeping(house, sent) as letter:
        row = wish.row(caller, form.word("authorisation"), letter, at)
        key = house.store.write(lambda session: applications.submit(session, row, desk).key)
    return RedirectResponse(f"/bidder/applications/{key}", 303)


def _asked(request: Request) -> Word:
    return lambda name: request.query_params.get(name, "").replace("\0", "").strip()


def _form(
    request: Request, house: House, project: Project, word: Word, error: ReportgenError | None = None
) -> HTMLResponse:
    wrong = _by_field(error) if error else {}
    said: dict[str, object] = {
        "project": project,
        "parties": wishes.parties_of(project),
        "barred": wishes.barred_by(project),
        "given": wishes.fields_of(word),
        "lines": PARTNERS,
        "wrong": wrong,
        "error": error.shown() if error and not wrong else None,
    }
    return house.pages.page(request, "bidder_apply", said, error.entry.http if error else 200)


def _by_field(error: ReportgenError) -> dict[str, str]:
    """Return what is wrong with a wish by the field of the form that it is about; nothing where it is about none."""
    if error.code == _PAYER:
        told = error.shown()
        return {"payer": f"{told['title']}：{told['detail']}"}
    return by_field(list(error.faults)) if error.code == "E0301" else {}


def _shown(
    request: Request, house: House, wish: Wish, word: Word, wrong: Mapping[str, str] | None = None
) -> HTMLResponse:
    at, caller = now(), caller_of(request)
    prospect = Prospect(wish, _quality(house, caller.uscc, wish))
    row = wish.row(caller, word("authorisation"), Kept("", ""), at)
    said = {
        "prospect": prospect,
        "fields": wishes.fields_of(word),
        "authorisation": word("authorisation"),
        "wrong": wrong or {},
        "days": bidders.WORKDAYS,
        "due": bidders.due_at(wish.closes_at, at),
        "same": house.store.read(lambda session: applications.open_like(session, row)),
    }
    return house.pages.page(request, "bidder_facts", said, 422 if wrong else 200)


def _quality(house: House, uscc: str, wish: Wish) -> DataQuality | None:
    """Return what is there of the bidder himself: of his partners nothing is told to him, nor whether they are known."""
    try:
        return counter.foresee(house.press, uscc, wish.project)
    except ReportgenError as error:
        if error.code != _UNKNOWN:
            raise
        return None


def _authorisation_faults(text: str) -> list[Fault]:
    if 0 < len(text) <= LONGEST_AUTHORISATION:
        return []
    return [Fault("E0301", "authorisation", f"请填写授权书的编号与日期，最多 {LONGEST_AUTHORISATION} 字")]
