"""核销清单 and 核销凭证 as they are printed: what was used stands in its lot, whole, sealed at the end, and in the data."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from reportgen.document.compared import Party, Place
from reportgen.document.content import Paragraph, strings
from reportgen.document.typeset import typesetter
from reportgen.document.use_list import letter, sheet
from reportgen.document.used import Checkpoint, Line, UseList, Voucher
from reportgen.pipeline import Means
from reportgen.project.model import Matter
from reportgen.uses import printed
from tests.certify import paper
from tests.document import archive
from tests.document.comparisons import ISSUER, LONG

AT = datetime(2026, 12, 10, 10, 30)
OWNER = Party(uscc="129901024KH7058200", name="样本市教育局")
DIGEST = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
PLACE = Place(
    id="XM-1", name="样本工程", round=2, matter=Matter.WORKS_TENDER, owner=OWNER, agent=None,
    closes_by="投标截止时间", closes="2026年12月10日 10:00",
)  # fmt: skip
SAMPLE = ISSUER.as_sample()


def line(number: int, *, used: bool = True, **changes: Any) -> Line:
    return Line(
        **{
            "number": f"XY20261124{number:08d}-A",
            "applicant": (Party(uscc="91990102MA9C2K077N", name=LONG),),
            "lot": "",
            "recipient": OWNER,
            "purpose": "申请工程招标投标：样本工程",
            "conclusion": "具备信用能力",
            "state": "已核销" if used else "有效",
            "usable": not used,
            "used_at": AT if used else None,
            "used_by": OWNER.uscc if used else None,
            "revoked_at": None,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "events": 7,
            "head": "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d",
            **changes,
        }
    )


def use_list(*lines: Line, **changes: Any) -> UseList:
    return UseList(
        **{
            "number": "HX-20261210-103000",
            "sample": True,
            "agency": Party(uscc=ISSUER.agency.uscc, name=ISSUER.agency.name),
            "project": PLACE,
            "lots": (),
            "recipient": None,
            "as_of": AT,
            "checkpoint": Checkpoint(id=19, at=AT, digest=DIGEST),
            "reports": lines,
            **changes,
        }
    )


def said(found: object) -> str:
    return "\n".join(text for _, text in strings(found))


def test_a_purpose_that_all_have_is_said_once_and_four_reports_fit_one_page(tmp_path: Path) -> None:
    project = PLACE.model_copy(update={"agent": OWNER})
    found = use_list(*(line(n, used=n < 3) for n in range(4)), project=project)
    path = tmp_path / "list.pdf"
    path.write_bytes(printed(found, Means(SAMPLE), AT).pdf)
    with pikepdf.open(path) as opened:
        assert len(opened.pages) == 1
    assert said(sheet(found, SAMPLE)).count("申请工程招标投标：样本工程") == 1


def test_each_purpose_stands_in_its_row_where_they_differ() -> None:
    found = use_list(line(1), line(2, purpose="其他用途"))
    words = said(sheet(found, SAMPLE))
    assert "用途" in words.splitlines()
    assert "申请工程招标投标：样本工程" in words
    assert "其他用途" in words


@pytest.mark.parametrize("purposes", [("投标", "投标"), ("投标", "备案")])
def test_the_widest_number_is_not_broken(tmp_path: Path, purposes: tuple[str, str]) -> None:
    wide = ("XY20261124WWWWWWWW-W", "XY20261124MMMMMMMM-M")
    lines = [
        line(0, purpose=why).model_copy(update={"number": number})
        for number, why in zip(wide, purposes, strict=True)
    ]
    path = tmp_path / "list.pdf"
    path.write_bytes(printed(use_list(*lines), Means(SAMPLE), AT).pdf)
    words = paper.said("pdftotext", "-raw", path, "-").split()
    assert set(wide) <= set(words)


@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_list_is_archival_accessible_and_whole(tmp_path: Path, count: int) -> None:
    found = use_list(*(line(n, used=n % 2 == 0) for n in range(count)))
    path = tmp_path / "list.pdf"
    path.write_bytes(printed(found, Means(SAMPLE), AT).pdf)
    assert archive.faults(path) == []
    with pikepdf.open(path) as opened:
        pages = len(opened.pages)
        assert opened.attachments["uses.json"].get_file().read_bytes() == found.data()
    assert UseList.model_validate_json(found.data()) == found
    first, last = _words(path, 1), _words(path, pages)
    assert found.reports[0].number in first
    assert "开标（投标截止时间）2026年12月10日10:00" in first
    assert "此后的核销、撤回与撤销" in last
    # Name and seal stand at the right, as those of a letter do.
    assert ISSUER.agency.name not in _words(path, pages, "-x", "0", "-y", "0", "-W", "420", "-H", "550")


def test_each_lot_stands_apart_and_one_without_reports_says_so() -> None:
    lots = (("1", "一标段"), ("2", "二标段"))
    one, two = sheet(use_list(line(1, lot="1"), lots=lots), ISSUER).sections
    assert (one.title, two.title) == ("标段 1：一标段", "标段 2：二标段")
    assert "XY2026112400000001-A" in said(one)
    (block,) = two.parts[0].blocks
    assert isinstance(block, Paragraph)
    assert "没有为此出具的报告" in block.text


def test_whose_list_it_is_and_for_whom_a_report_was_used_is_said_where_there_are_several() -> None:
    other = Party(uscc="129901004KH702160R", name="另一单位")
    alone, several = use_list(line(1)), use_list(line(1), line(2, recipient=other))
    assert "另一单位" not in said(sheet(alone, ISSUER))
    assert "另一单位" in said(sheet(several, ISSUER))
    assert "只列为该单位出具的报告" in said(sheet(use_list(line(1), recipient=OWNER), ISSUER))


def test_a_register_without_a_checkpoint_says_so() -> None:
    assert "登记簿还没有签署过检查点" in said(sheet(use_list(checkpoint=None), ISSUER))


def test_a_voucher_is_one_page_archival_and_names_nobody(tmp_path: Path) -> None:
    found = Voucher(
        number="XY2026112400000001-A-H20261210103000",
        sample=True,
        agency=Party(uscc=ISSUER.agency.uscc, name=ISSUER.agency.name),
        project=PLACE,
        as_of=AT,
        checkpoint=Checkpoint(id=19, at=AT, digest=DIGEST),
        report=line(1, lot="1"),
    )
    made = typesetter(SAMPLE.own_look).document("letter.html.j2", letter(found, SAMPLE), AT, found.number)
    path = tmp_path / "voucher.pdf"
    path.write_bytes(made.pdf)
    assert made.pages == 1
    assert archive.faults(path) == []
    text = _words(path, 1)
    for word in (found.number, LONG, "第2轮），标段1", found.report.sha256, found.report.head, DIGEST):
        assert word in text
    assert not re.search("经办人|专家", text)


def _words(path: Path, page: int, *crop: str) -> str:
    said = paper.said("pdftotext", "-f", str(page), "-l", str(page), *crop, path, "-")
    return re.sub(r"\s+", "", said)
