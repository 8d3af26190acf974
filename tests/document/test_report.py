"""Every sample case through the pipeline, and what independent tools find in the PDF."""

import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from reportgen.cli.demo import request_of, sample_office
from reportgen.errors import ReportgenError
from reportgen.pipeline import Issued, Request, issue
from reportgen.plain import read_plain
from reportgen.settings import asset_dir
from tests.document import pdf
from tests.once import Once

NOW = datetime(2026, 11, 21, 9, 30)
SAMPLES = asset_dir("sample_subjects")
CASES: dict[str, dict[str, Any]] = {c["id"]: c for c in read_plain(SAMPLES / "cases.yaml").data["cases"]}
REPORTS = [name for name, case in CASES.items() if case["expect"] != "GAPS"]
LONGEST = {"housing-breacher": 25}
Press = Callable[[str], tuple[Issued, Path]]
FAMILIES = ("ReportgenSong", "ReportgenHei", "ReportgenKai", "BabelStoneHan", "HanaMinA", "HanaMinB")


@pytest.fixture(autouse=True)
def _secret(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path_factory.getbasetemp() / "secret"
    path.write_bytes(b"a secret of tests, 32 bytes long")
    monkeypatch.setenv("REPORTGEN_SECRET_FILE", str(path))


def request(name: str) -> Request:
    return request_of(CASES[name], SAMPLES)


def issued(name: str, folder: Path) -> Issued:
    return issue(request(name), sample_office(), NOW, folder / "report.pdf")


@pytest.fixture
def press(once: Once, tmp_path: Path) -> Press:
    def get(name: str) -> tuple[Issued, Path]:
        done: Issued = once(f"report-{name}", lambda: issued(name, tmp_path))
        path = tmp_path / "report.pdf"
        path.write_bytes(done.pdf)
        return done, path

    return get


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
    assert issued("service-young", tmp_path).pdf == first.pdf


def test_rare_characters_come_back_from_the_text_layer(press: Press) -> None:
    words = pdf.text(press("service-rare-characters")[1])
    for character in "䶮㛃𬭎𠅤":
        assert character in words


def renamed(name: str, subject_name: str) -> Request:
    asked = request(name)
    member = asked.applicant.members[0]
    subject = member.subject.model_copy(update={"name": subject_name})
    applicant = asked.applicant.model_copy(
        update={"members": (member.model_copy(update={"subject": subject}),)}
    )
    return Request(applicant, asked.project, asked.binding)


def test_markup_and_addresses_in_a_name_print_as_text_and_fetch_nothing(tmp_path: Path) -> None:
    hostile = '</td><img src="file:///etc/passwd"><link href="http://127.0.0.1:9/x.css"><style>*{color:red}</style>&amp;'
    issue(renamed("service-young", hostile), sample_office(), NOW, tmp_path / "report.pdf")
    assert hostile.replace(" ", "") in pdf.text(tmp_path / "report.pdf", 1, 1)


def test_a_character_without_a_glyph_stops_the_report_and_names_its_field(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError) as caught:
        issue(renamed("service-young", "样例\ue000公司"), sample_office(), NOW, tmp_path / "report.pdf")
    assert caught.value.code == "E0701"
    assert any("name" in fault.path and "U+E000" in fault.what for fault in caught.value.faults)
    assert not list(tmp_path.glob("*.pdf"))


def test_a_report_is_tagged_and_passes_qpdf(tmp_path: Path) -> None:
    done = issued("subsidy-good", tmp_path)
    assert b"/StructTreeRoot" in done.pdf or b"/ObjStm" in done.pdf
    subprocess.run(["qpdf", "--check", str(tmp_path / "report.pdf")], capture_output=True, check=True)
