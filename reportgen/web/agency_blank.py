"""Empty workbooks of a subject and of a project, to be filled in and imported."""

from fastapi import APIRouter
from fastapi.responses import Response

from reportgen.errors import ReportgenError
from reportgen.intake.columns.project import PROJECT
from reportgen.intake.columns.subject import SUBJECT
from reportgen.sheets.template import as_workbook
from reportgen.web.pages import XLSX, attached

router = APIRouter(prefix="/agency/blank")
_FORMS = {"subject": SUBJECT, "project": PROJECT}


@router.get("/{sort}.xlsx", name="agency_blank")
def agency_blank(sort: str) -> Response:
    """Return the empty workbook of `subject` or `project`; raises E0203 for any other."""
    form = _FORMS.get(sort)
    if form is None:
        raise ReportgenError("E0203")
    return attached(as_workbook(form), f"{form.name}样表.xlsx", XLSX)
