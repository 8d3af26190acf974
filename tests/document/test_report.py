"""Every sample case through the pipeline, and what independent tools find in the PDF."""

from pathlib import Path

import pytest

from reportgen.cli.demo import sample_office
from reportgen.document.twin import read_twin
from reportgen.errors import ReportgenError
from reportgen.pipeline import Request, issue
from tests.document import pdf
from tests.document.samples import CASES, NOW, REPORTS, Press, issued, request

pytestmark = pytest.mark.usefixtures("secret")
LONGEST = {"housing-breacher": 25, "highway-lot2-joint": 22}
FAMILIES = ("ReportgenSong", "ReportgenHei", "ReportgenKai", "BabelStoneHan", "HanaMinA", "HanaMinB")


@pytest.mark.parametrize("name", REPORTS)
def test_a_sample_report_says_what_it_must_in_the_fonts_it_may(name: str, press: Press) -> None:
    done, path = press(name)
    assert done.assessment.conclusion is not None
    assert done.assessment.conclusion.name == CASES[name]["expect"]
    words = pdf.text(path)
    for word in (
        done.assessment.sentence,
        "技术水平",
        "设备条件",
        "人力资源",
        "资金实力",
        "风险提示",
        done.number,
    ):
        assert word in words
    assert 8 <= pdf.pages(path) == done.pages <= LONGEST.get(name, 20)
    found = pdf.fonts(path)
    assert all(found.values())
    assert {font.replace("-", "").removesuffix("Bold").removesuffix("Medium") for font in found} <= set(
        FAMILIES
    )


@pytest.mark.parametrize("name", REPORTS)
def test_the_conclusion_fills_one_page_and_no_more(name: str, press: Press) -> None:
    _, path = press(name)
    assert "决定因素" in pdf.text(path, 4, 4)
    assert pdf.text(path, 5, 5).count("2项目要求对照") == 1


def test_a_sample_says_so_on_every_page(press: Press) -> None:
    done, path = press("service-young")
    for page in range(1, done.pages + 1):
        assert "样例" in pdf.text(path, page, page)


def test_without_evidence_enough_there_is_a_letter_and_no_report(tmp_path: Path) -> None:
    done = issued("housing-gaps", tmp_path)
    assert done.path is None
    assert not list(tmp_path.glob("*.pdf"))
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(done.pdf)
    assert "缺件清单" in pdf.text(letter)
    assert not any(word in pdf.text(letter) for word in ("具备信用能力", "信用能力一般"))


def test_outside_a_tender_nothing_is_said_of_signing_a_contract(press: Press) -> None:
    words = pdf.text(press("subsidy-good")[1])
    assert "供作出决定与此后的检查参考" in words
    assert "供签约与履约时采用" not in words


def test_the_guide_says_what_a_second_use_gets(press: Press) -> None:
    words = pdf.text(press("service-young")[1])
    assert "同一使用单位为本项目再次核销的，系统答复已用于本项目与首次核销的时间，不再核销" in words
    assert "为其他项目、其他标段或由其他单位核销的，系统予以拒绝并记录" in words


def test_a_repaired_record_leaves_no_trace(press: Press) -> None:
    done, path = press("housing-disputed")
    subject = request("housing-disputed").applicant.lead
    repaired = next(record for record in subject.records if record.state == "已修复")
    words = pdf.text(path) + done.assessment.model_dump_json()
    for trace in (repaired.id, repaired.number, repaired.content[:20]):
        assert trace
        assert trace not in words


def test_the_same_inputs_give_the_same_bytes(press: Press, tmp_path: Path) -> None:
    first, _ = press("service-young")
    assert read_twin(first.pdf) is not None
    assert issued("service-young", tmp_path).pdf == first.pdf


def test_rare_characters_come_back_from_the_text_layer(press: Press) -> None:
    words = pdf.text(press("service-rare-characters")[1])
    for character in "䶮㛃𬭎𠅤":
        assert character in words


def renamed(name: str, subject_name: str, officer: str = "") -> Request:
    asked = request(name)
    member = asked.applicant.members[0]
    first, *rest = member.subject.officers
    named = first.model_copy(update={"name": officer or first.name})
    subject = member.subject.model_copy(update={"name": subject_name, "officers": (named, *rest)})
    applicant = asked.applicant.model_copy(
        update={"members": (member.model_copy(update={"subject": subject}),)}
    )
    return Request(applicant, asked.project, asked.binding)


def test_markup_and_addresses_in_a_name_print_as_text_and_fetch_nothing(tmp_path: Path) -> None:
    hostile = '</td><img src="file:///etc/passwd"><link href="http://127.0.0.1:9/x.css"><style>*{color:red}</style>&amp;'
    address = "https://127.0.0.1:9/officer"
    issue(renamed("service-young", hostile, address), sample_office(), NOW, tmp_path / "report.pdf")
    assert hostile.replace(" ", "") in pdf.text(tmp_path / "report.pdf", 1, 1)
    assert address in pdf.text(tmp_path / "report.pdf")
    targets = pdf.links(tmp_path / "report.pdf")
    assert any(target.startswith("https://verify.example.cn/v/") for target in targets)
    assert not any("127.0.0.1" in target for target in targets)


def test_a_character_without_a_glyph_stops_the_report_and_names_its_field(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError) as caught:
        issue(renamed("service-young", "样例\ue000公司"), sample_office(), NOW, tmp_path / "report.pdf")
    assert caught.value.code == "E0701"
    assert any("name" in fault.path and "U+E000" in fault.what for fault in caught.value.faults)
    assert not list(tmp_path.glob("*.pdf"))
