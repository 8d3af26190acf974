"""An empty table says whether nothing was found, or nothing is known."""

import pytest

from reportgen.document.extract import _basics
from reportgen.document.sections import sections
from reportgen.document.tables import Table
from reportgen.pipeline import Request, judge
from reportgen.subject.model import Subject
from tests.document import pdf
from tests.document.samples import Press, request

pytestmark = pytest.mark.usefixtures("secret")
NOTHING, UNKNOWN = "经查没有", "未取得资料"


def empty(asked: Request) -> dict[str, str]:
    """Return what each table without rows prints, by its caption."""
    case, found = judge(asked.applicant, asked.project)
    blocks = [block for section in sections(case, found) for block in section.blocks]
    return {b.caption: b.empty for b in blocks if isinstance(b, Table) and not b.rows}


def with_lists(asked: Request, source: str, *complete_for: str) -> Request:
    """Return a request whose lead has one source closed for other parts."""
    subject = asked.applicant.lead
    member = asked.applicant.members[0]
    sources = [
        s.model_copy(update={"complete_for": complete_for}) if s.id == source else s for s in subject.sources
    ]
    changed = member.model_copy(update={"subject": subject.model_copy(update={"sources": tuple(sources)})})
    applicant = asked.applicant.model_copy(update={"members": (changed,)})
    return Request(applicant, asked.project, asked.binding)


def test_what_a_closed_list_does_not_hold_is_not_what_nobody_knows() -> None:
    said = empty(request("housing-breacher"))
    assert said["在手合同"] == said["诚实守信"] == NOTHING
    assert said["从业人员"] == said["银行授信"] == said["技术成果"] == UNKNOWN


def test_a_report_of_public_records_says_nothing_of_the_courts() -> None:
    asked = request("housing-small-exact")
    assert empty(with_lists(asked, "S-XY", "records"))["不良信息"] == NOTHING
    said = empty(with_lists(asked, "S-XY", "public_records"))
    assert said["不良信息"] == NOTHING
    assert said.get("司法与其他（不良以外）", UNKNOWN) == UNKNOWN
    assert empty(with_lists(asked, "S-XY"))["不良信息"] == UNKNOWN


def test_both_words_stand_on_the_pages(press: Press) -> None:
    words = pdf.text(press("housing-breacher")[1])
    assert NOTHING in words
    assert UNKNOWN in words
    assert "暂无数据" not in words


@pytest.mark.parametrize("closed", [True, False])
def test_a_record_without_licences_says_whether_they_were_looked_up(closed: bool) -> None:
    asked = request("housing-small-exact")
    subject = with_lists(asked, "S-BLD", *(["qualifications"] if closed else [])).applicant.lead
    bare: Subject = subject.model_copy(update={"qualifications": ()})
    shown = [block for block in _basics(bare) if isinstance(block, Table) and not block.rows]
    assert [table.empty for table in shown] == [NOTHING if closed else UNKNOWN]
