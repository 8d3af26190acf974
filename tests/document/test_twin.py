"""The machine-readable twin: it says what the report says, lets a machine read again, and tells nothing more."""

import json
import re
import zlib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner

from reportgen.cli import schema as schema_command
from reportgen.document.twin import TWIN_FILE, Twin, read_twin
from reportgen.errors import ReportgenError
from reportgen.subject.model import Subject
from tests.document import json_schema, pdf
from tests.document.samples import LETTERS, NOW, REPORTS, Press, request

PAGE = Path(__file__).resolve().parents[2] / "docs" / "twin.md"
SCHEMA: dict[str, Any] = json.loads(CliRunner().invoke(schema_command.command, ["report"]).stdout)
each_report = pytest.mark.parametrize("name", REPORTS)


def attached(path: Path) -> bytes:
    """Return the twin as another reader of PDF finds it."""
    with pikepdf.open(path) as opened:
        return opened.attachments[TWIN_FILE].get_file().read_bytes()


@each_report
def test_a_report_carries_its_judgement_as_its_schema_says(name: str, press: Press) -> None:
    done, path = press(name)
    text = attached(path)
    assert list(json_schema.faults(json.loads(text), SCHEMA, SCHEMA)) == []
    twin = read_twin(done.pdf)
    assert twin == Twin.model_validate_json(text)
    assert (twin.number, twin.conclusion) == (done.number, done.assessment.conclusion)
    assert twin.risks == done.assessment.risks
    assert [gate.reason for gate in twin.gates] == [gate.reason for gate in done.assessment.gates]
    assert [r.id for r in twin.requirements] == [r.id for r in done.assessment.requirements]
    assert {cite for reason in twin.reasons for cite in reason.cites} <= twin.citations.keys()
    assert twin.project.lot == request(name).lot


def test_the_twin_is_canonical_json(press: Press) -> None:
    text = attached(press("service-young")[1])
    again = json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert text.decode() == again


@each_report
def test_a_machine_reads_the_same_conclusion_from_the_twin_alone(name: str, press: Press) -> None:
    data = json.loads(attached(press(name)[1]), parse_float=Decimal)
    assert total(data) == (None if data["total"] is None else Decimal(data["total"]))
    assert conclusion(data) == data["conclusion"]


def conclusion(data: dict[str, Any]) -> str:
    """Return the conclusion by the rules that docs/twin.md states."""
    unmet = [r for r in data["requirements"] if r["hard"] and r["verdict"] == "不满足"]
    if any(g["tripped"] for g in data["gates"]) or any(r["basis"] != "机构方法" for r in unmet):
        return "不具备信用能力"
    return "信用能力一般" if unmet or any(short(data)) else "具备信用能力"


def short(data: dict[str, Any]) -> Iterator[bool]:
    rule = {name: Decimal(value) for name, value in data["thresholds"].items()}
    score = total(data)
    yield score is None or score < rule["total"]
    yield any(f["score"] is None or Decimal(f["score"]) < rule["factor_floor"] for f in data["factors"])
    yield Decimal(data["record"]["score"]) < rule["record_floor"]
    yield Decimal(data["coverage"]) < rule["coverage_full"]
    yield any(item["doubts"] for item in (*data["gates"], *data["requirements"]))


def total(data: dict[str, Any]) -> Decimal | None:
    known = [Decimal(f["score"]) for f in data["factors"] if f["score"] is not None]
    if not known:
        return None
    parts = {
        "factors": sum(known, Decimal()) / len(known),
        "record": Decimal(data["record"]["score"]),
        "similar": None if data["similar"]["score"] is None else Decimal(data["similar"]["score"]),
    }
    weights = {part: Decimal(data["weights"][part]) for part, score in parts.items() if score is not None}
    whole = sum((score * weights[part] for part, score in parts.items() if score is not None), Decimal())
    return (whole / sum(weights.values())).quantize(Decimal("0.1"), ROUND_HALF_UP)


@each_report
def test_the_twin_names_nobody_whom_the_pages_do_not_name(name: str, press: Press) -> None:
    done, path = press(name)
    told, printed = attached(path).decode(), pdf.text(path)
    named = {who for subject in request(name).applicant.subjects for who in people(subject)}
    assert named
    assert {who for who in named if who in told and who not in printed} == set()
    assert "missing" not in told
    code = re.search(rf"{done.number}/([0-9A-Z]{{26}})", printed)
    assert code
    assert code[1] not in told.replace(" ", "")


def people(subject: Subject) -> Iterator[str]:
    yield from (person.name for person in subject.people)
    yield from (officer.name for officer in subject.officers)
    yield subject.registration.legal_representative


@each_report
def test_the_twin_tells_no_content_of_a_record(name: str, press: Press) -> None:
    done, path = press(name)
    told = attached(path).decode()
    contents = {item.content for item in done.assessment.record.items if len(item.content) > 30}
    assert not [content for content in contents if content[:30] in told and content not in pdf.text(path)]


def test_the_attachment_says_what_it_is(press: Press) -> None:
    with pikepdf.open(press("service-young")[1]) as opened:
        (file,) = opened.Root.AF
        assert (str(file.UF), str(file.F), str(file.AFRelationship)) == (TWIN_FILE, TWIN_FILE, "/Data")
        assert str(file.Desc) == "本报告评价内容的机器可读数据"
        data = file.EF.F
        assert str(data.Subtype) == "/application/json"
        utc = f"D:{NOW:%Y%m%d}{NOW.hour - 8:02}{NOW:%M%S}Z"
        assert (str(data.Params.CreationDate), str(data.Params.ModDate)) == (utc, utc)


def test_a_letter_carries_no_twin(press: Press) -> None:
    assert read_twin(press(LETTERS[0])[0].pdf) is None


def carrier(*texts: bytes, **changes: Any) -> bytes:
    """Return a PDF with a file under the twin's name for each text."""
    opened, target = pikepdf.new(), BytesIO()
    opened.add_blank_page()
    files = []
    for text in texts:
        stream = pikepdf.Stream(opened, text, **changes)
        files.append(
            pikepdf.Dictionary(Type=pikepdf.Name.Filespec, UF=TWIN_FILE, EF=pikepdf.Dictionary(F=stream))
        )
    opened.Root.AF = pikepdf.Array(files)
    opened.save(target, compress_streams=False)
    return target.getvalue()


def test_a_twin_is_read_packed_or_not(press: Press) -> None:
    text = attached(press("service-young")[1])
    packed = carrier(zlib.compress(text), Filter=pikepdf.Name.FlateDecode)
    assert read_twin(carrier(text)) == read_twin(packed) == Twin.model_validate_json(text)


BROKEN = {
    "no PDF": b"%PDF-1.7 nothing",
    "nothing": b"",
    "no JSON": carrier(b"{"),
    "no twin": carrier(b'{"format": "reportgen/report/1"}'),
    "two twins": carrier(b"{}", b"{}"),
    "not UTF-8": carrier(b'{"number": "\xff"}'),
    "packed by another art": carrier(b"{}", Filter=pikepdf.Name.ASCIIHexDecode),
    "packed badly": carrier(b"{}", Filter=pikepdf.Name.FlateDecode),
    "cut off": carrier(zlib.compress(b"{}" * 99)[:9], Filter=pikepdf.Name.FlateDecode),
    "far too large": carrier(zlib.compress(b" " * 40_000_000), Filter=pikepdf.Name.FlateDecode),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_twin_is_an_error_with_its_reason(data: bytes) -> None:
    with pytest.raises(ReportgenError) as caught:
        read_twin(data)
    assert caught.value.code == "E0301"
    assert caught.value.path == TWIN_FILE
    assert caught.value.faults


@pytest.mark.parametrize("af", [pikepdf.Name.Data, 7, pikepdf.Array([7]), pikepdf.Dictionary(UF=TWIN_FILE)])
def test_associated_files_of_another_shape_never_crash(af: Any) -> None:
    with pikepdf.open(BytesIO(carrier(b"{}"))) as opened:
        opened.Root.AF = af
        target = BytesIO()
        opened.save(target)
    try:
        assert read_twin(target.getvalue()) is None
    except ReportgenError as error:
        assert error.code == "E0301"


def test_the_example_of_the_page_is_a_twin() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert list(json_schema.faults(json.loads(text), SCHEMA, SCHEMA)) == []
    example = Twin.model_validate_json(text)
    assert conclusion(json.loads(text)) == example.conclusion


def test_the_page_names_every_part() -> None:
    table = PAGE.read_text("utf-8")
    assert [name for name in Twin.model_fields if f"`{name}`" not in table] == []
