"""信用记录 and 综合信用等级证书: their pages, their twins, and what must not stand in either."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner

from reportgen.assess.extract import extract_omissions, extract_policy
from reportgen.cli import schema as schema_command
from reportgen.document import extract as document
from reportgen.document.certificate import GradeInputs, certificate
from reportgen.document.content import strings
from reportgen.document.extract import ExtractInputs, extract_content
from reportgen.document.issuer import grading_filing
from reportgen.document.reusable_twin import GRADE_FILE, RECORD_FILE, grade_twin
from reportgen.document.typeset import Typeset
from tests.document import archive, json_schema, pdf
from tests.document.reusables import (
    ISSUER,
    MAKERS,
    NOW,
    extracted,
    grade_of,
    graded,
    identity,
    subject,
)
from tests.once import Once

RECORDS = ("07-rare-characters", "08-repaired-and-disputed")
GRADES = ("01-highway-builder", "08-repaired-and-disputed")
FILES = {"record": RECORD_FILE, "grade": GRADE_FILE}
EACH = [("record", name) for name in RECORDS] + [("grade", name) for name in GRADES]
LONG = pytest.param("record", "05-breacher", marks=pytest.mark.soak)
each = pytest.mark.parametrize(("kind", "name"), EACH)
Made = Callable[[str, str], Path]


@pytest.fixture
def made(once: Once, tmp_path: Path) -> Made:
    def get(kind: str, name: str) -> Path:
        done: Typeset = once(f"{kind}-{name}", lambda: MAKERS[kind](name))
        path = tmp_path / f"{kind}.pdf"
        path.write_bytes(done.pdf)
        return path

    return get


def attached(path: Path, name: str) -> Any:
    with pikepdf.open(path) as opened:
        return json.loads(opened.attachments[name].get_file().read_bytes())


@pytest.mark.parametrize(("kind", "name"), [*EACH, LONG])
def test_the_documents_satisfy_the_validators(kind: str, name: str, made: Made) -> None:
    assert archive.faults(made(kind, name)) == []


@pytest.mark.parametrize(("kind", "name"), [EACH[0], EACH[-1]])
def test_a_second_opinion_hears_nothing_wrong(kind: str, name: str, made: Made) -> None:
    assert archive.heard(made(kind, name)) == []


@each
def test_the_twins_are_as_their_schemas_say(kind: str, name: str, made: Made) -> None:
    schema = json.loads(CliRunner().invoke(schema_command.command, [kind]).stdout)
    data = attached(made(kind, name), FILES[kind])
    assert list(json_schema.faults(data, schema, schema)) == []
    assert (data["number"], data["name"]) == (identity().number, subject(name).name)
    assert identity().code not in json.dumps(data)


@pytest.mark.parametrize(("kind", "name"), [EACH[0], EACH[-1]])
def test_equal_content_gives_equal_bytes(kind: str, name: str, made: Made) -> None:
    assert MAKERS[kind](name).pdf == made(kind, name).read_bytes()


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_counts_what_it_lists_and_judges_nothing(name: str, made: Made) -> None:
    known, found = extracted(name)
    words = pdf.text(made("record", name))
    assert f"共列示记录{len(found.items)}条" in words
    for said in (known.name, known.uscc, "数据截止时间", "异议受理电话", "核验码", "不是信用报告"):
        assert said in words
    for judged in ("综合得分", "具备信用能力", "决策建议", "风险提示"):
        assert judged not in words
    data = attached(made("record", name), RECORD_FILE)
    assert sum(count["total"] for count in data["counts"]) == len(data["records"]) == len(found.items)


def test_of_what_the_law_withholds_a_record_has_no_trace(made: Made) -> None:
    known, found = extracted("08-repaired-and-disputed")
    policy = extract_policy(known.registration.region, NOW.date())
    left = extract_omissions(known, policy, NOW.date())
    assert left
    assert all(one.withheld and one.rule for one in left)
    path = made("record", "08-repaired-and-disputed")
    told = pdf.text(path) + json.dumps(attached(path, RECORD_FILE), ensure_ascii=False)
    for one in left:
        assert one.title not in told
        assert one.number not in told
    assert found.left_out == ()


def test_disputed_records_are_marked(made: Made) -> None:
    words = pdf.text(made("record", "08-repaired-and-disputed"))
    assert "【异议中】" in words
    assert "其中【异议中】1条" in words


def test_a_long_record_lists_the_newest_and_carries_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST", 20)
    known, found = extracted("05-breacher")
    content = extract_content(ExtractInputs(known, found, ISSUER, identity()))
    words = "".join(text for _, text in strings(content))
    assert f"共 {len(found.items)} 条，以下列最近的 20 条，全部见本文件所附 record.json" in words
    newest = {item.determined_on for item in found.items[:20]}
    assert min(newest) >= max(item.determined_on for item in found.items[20:])


@pytest.mark.parametrize("name", [*GRADES, "03-goods-supplier"])
def test_a_certificate_has_a_face_and_a_back(name: str) -> None:
    assert grade_of(name).pages == 2


@pytest.mark.parametrize("name", GRADES)
def test_a_certificate_says_class_meaning_term_basis_and_filing(name: str, made: Made) -> None:
    known, found = graded(name)
    path = made("grade", name)
    face, back = pdf.text(path, 1, 1, "-raw"), pdf.text(path, 2)
    assert found.term is not None
    for said in (
        known.name,
        known.uscc,
        f"{found.grade}级",
        found.meaning,
        "样例级备〔2026〕0001号",
        "有效性未核",
    ):
        assert said in face
    assert "2026年11月21日至2027年11月21日" in face
    assert "不是" in face
    for said in ("基础信用度", "商务信用度", "社会信用度", "数据来源", found.pack.sha256[:12], "核验码"):
        assert said in back


def test_many_reasons_are_counted_and_the_absence_stands_first() -> None:
    known, found = graded("05-breacher")
    filing = grading_filing(ISSUER.agency, known, NOW.date())
    content = certificate(GradeInputs(known, found, filing, ISSUER, identity()))
    words = "".join(text for _, text in strings(content))
    assert f"列 6 条，共 {len(found.reasons)} 条" in words
    _, best = graded("01-highway-builder")
    assert best.reasons[-1].evidence == ()
    assert best.reasons[-1].text in "".join(
        text
        for _, text in strings(
            certificate(GradeInputs(subject("01-highway-builder"), best, filing, ISSUER, identity()))
        )
    )


def test_without_a_signature_a_document_says_so_on_its_face() -> None:
    known, found = extracted("07-rare-characters")
    content = extract_content(ExtractInputs(known, found, ISSUER, identity(signed=False)))
    assert "未办理电子签名" in content.status_note


def test_without_a_class_there_is_no_certificate() -> None:
    known, found = graded("01-highway-builder")
    none = found.model_copy(update={"grade": None, "term": None})
    filing = grading_filing(ISSUER.agency, known, NOW.date())
    with pytest.raises(ValueError, match="no grade"):
        certificate(GradeInputs(known, none, filing, ISSUER, identity()))
    with pytest.raises(ValueError, match="no grade"):
        grade_twin(none, filing, ISSUER, identity())
