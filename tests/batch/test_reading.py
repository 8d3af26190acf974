"""Lists of requests in every form they come in, and the hostile ones."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from reportgen.batch import reading
from reportgen.batch.columns import COLUMNS, KEYS
from reportgen.batch.reading import Row, read_requests
from reportgen.batch.template import write_template
from reportgen.errors import ReportgenError
from reportgen.sheets import harmless

HEADS = [column.head for column in COLUMNS]
FIRST = ("91990102MA9C2K077N", "", "P-1", "", "投标人", "129901024KH7058200", "用途", "授〔2026〕1号", "", "")
SECOND = (*FIRST[:6], "另一用途", *FIRST[7:])
KINDS: dict[str, Callable[[Path], object]] = {
    "csv": lambda path: path.write_text(_lines(KEYS), "utf-8"),
    "bom.csv": lambda path: path.write_text(_lines(HEADS), "utf-8-sig"),
    "gbk.csv": lambda path: path.write_text(_lines(HEADS), "gbk"),
    "xlsx": lambda path: _book(path, [HEADS, FIRST, [], SECOND]),
    "jsonl": lambda path: path.write_text(
        "\n".join(
            line and json.dumps(dict(zip(KEYS, line, strict=True)), ensure_ascii=False)
            for line in ("", FIRST, "", SECOND)
        ),
        "utf-8",
    ),
}


def _lines(heads: Any) -> str:
    return "\n".join(",".join(cells) for cells in (heads, FIRST, (), SECOND)) + "\n"


def _book(path: Path, rows: list[Any]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(path)
    return path


def _csv(tmp_path: Path, *lines: str, heads: str = ",".join(KEYS)) -> Path:
    path = tmp_path / "requests.csv"
    path.write_text("\n".join((heads, *lines)), "utf-8")
    return path


def words(row: Row) -> tuple[str, ...]:
    return tuple(getattr(row.words, key) for key in KEYS)


def code(path: Path) -> str:
    with pytest.raises(ReportgenError) as caught:
        read_requests(path)
    return caught.value.code


@pytest.mark.parametrize("name", list(KINDS))
def test_a_list_says_the_same_in_every_form(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"requests.{name}"
    KINDS[name](path)
    rows = read_requests(path)
    assert [words(row) for row in rows] == [FIRST, SECOND]
    assert [row.number for row in rows] == [2, 4]
    assert not any(row.faults for row in rows)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_template_is_a_list_whose_example_is_no_request(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"template.{ending}"
    write_template(path)
    assert code(path) == "E0361"
    if ending == "xlsx":
        book = load_workbook(path)
        assert book.sheetnames == ["申请表", "说明"]
        assert {cell.number_format for cell in book["申请表"][2]} == {"@"}
        book["申请表"].append(FIRST)
        book.save(path)
    else:
        path.write_bytes(path.read_bytes() + ",".join(FIRST).encode())
    assert [words(row) for row in read_requests(path)] == [FIRST]


def test_a_template_is_a_workbook_or_a_table(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError, match="E0361"):
        write_template(tmp_path / "template.doc")


@pytest.mark.parametrize(
    ("heads", "said"),
    [
        ("申请人,项目,使用单位", "缺少的列：授权书"),
        ("申请人,申请人代码,项目,使用单位,授权书", "重复的列：申请人"),
        ("申请人,项目,使用单位,授权书,付款人", "不认识的列：付款人"),
        ("甲", "缺少的列"),
    ],
)
def test_heads_that_would_lose_something_are_named(heads: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ReportgenError, match=said):
        read_requests(_csv(tmp_path, "a,b,c,d", heads=heads))


def test_columns_stand_in_any_order_and_asides_are_read_over(tmp_path: Path) -> None:
    heads = "序号,授权书*,项目编号,RECIPIENT,备注,申请人,"
    (row,) = read_requests(_csv(tmp_path, "1,授1,P-1,129901024KH7058200,=1+1,=2+2,", heads=heads))
    assert (row.words.authorisation, row.words.project, row.words.applicant) == ("授1", "P-1", "=2+2")


@pytest.mark.parametrize("letter", ["\u2028", "\u2029", "\u3000"])
def test_a_line_ends_where_a_table_says(letter: str, tmp_path: Path) -> None:
    rows = read_requests(
        _csv(tmp_path, ",".join((*FIRST[:6], f"用{letter}途", *FIRST[7:])), ",".join(SECOND))
    )
    assert [row.number for row in rows] == [2, 3]


def test_every_missing_cell_is_named(tmp_path: Path) -> None:
    (row,) = read_requests(_csv(tmp_path, ",,P-1"))
    assert {fault.column for fault in row.faults} == {"applicant", "recipient", "authorisation"}


def test_a_file_lies_where_the_list_lies(tmp_path: Path) -> None:
    (row,) = read_requests(_csv(tmp_path, "a/s.yaml,,p.JSON,,,x,,y"))
    assert (row.words.applicant, row.words.project) == (str(tmp_path / "a/s.yaml"), str(tmp_path / "p.JSON"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",".join((*FIRST, "too", "many")), "多于列名"),
        (",".join(("长" * 1001, *FIRST[1:])), "过长"),
        (",".join(("a\x00b", *FIRST[1:])), "控制字符 U+0000"),
    ],
)
def test_a_line_that_does_not_fit_is_a_fault_of_its_row(line: str, said: str, tmp_path: Path) -> None:
    (row,) = read_requests(_csv(tmp_path, line))
    assert [(fault.row, fault.column) for fault in row.faults] == [(2, "applicant")]
    assert said in row.faults[0].what


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("=HYPERLINK(1)", "是公式"),
        (date(2026, 1, 1), "是日期"),
        (129901024007058200, "已经失真"),
        (True, "不是文字"),
    ],
)
def test_what_is_no_text_in_a_workbook_is_a_fault_of_its_cell(cell: Any, said: str, tmp_path: Path) -> None:
    path = _book(tmp_path / "requests.xlsx", [HEADS, (*FIRST[:5], cell, *FIRST[6:])])
    (row,) = read_requests(path)
    assert [fault.column for fault in row.faults] == ["recipient"]
    assert said in row.faults[0].what


@pytest.mark.parametrize(("cell", "text"), [(7, "7"), (1.0, "1"), (2.5, "2.5"), ("01", "01")])
def test_a_short_number_in_a_workbook_is_its_digits(cell: Any, text: str, tmp_path: Path) -> None:
    path = _book(tmp_path / "requests.xlsx", [HEADS, (*FIRST[:3], cell, *FIRST[4:])])
    assert read_requests(path)[0].words.lot == text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[1]", "不是一个 JSON 对象"),
        ("{", "不是一个 JSON 对象"),
        ("[" * 100_000, "不是一个 JSON 对象"),
        ("1" * 5000, "不是一个 JSON 对象"),
        ('{"applicant": {"a": 1}}', "应为文字"),
        ('{"applicant": "a", "applicant": "b"}', "重复的键：applicant"),
        ('{"aplicant": "a"}', "不认识的键：aplicant"),
        ('{"project": "\\ud800"}', "控制字符 U+D800"),
    ],
)
def test_a_line_that_is_no_request_is_a_fault_of_its_row(line: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text(f'{line}\n{{"note": "x", "applicant": "a"}}\n', "utf-8")
    first, second = read_requests(path)
    assert any(said in fault.what for fault in first.faults)
    assert second.words.applicant == "a"


def _entities(path: Path) -> None:
    _book(path, [HEADS, FIRST])
    _replaced(path, "xl/workbook.xml", lambda old: b'<!DOCTYPE a [<!ENTITY b "c">]>' + old)


def _replaced(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    with ZipFile(path) as packed:
        parts = {part: packed.read(part) for part in packed.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        for part, data in parts.items():
            packed.writestr(part, change(data) if part == name else data)


def _many_parts(path: Path) -> None:
    with ZipFile(path, "w") as packed:
        for number in range(1001):
            packed.writestr(str(number), b"")


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0 an old workbook"), "E0361"),
        (lambda path: path.write_bytes(b"PK\x03\x04 torn"), "E0361"),
        (_entities, "E0361"),
        (_many_parts, "E0303"),
        (lambda path: _replaced(_book(path, [HEADS]), "xl/workbook.xml", lambda _: b"<a/>"), "E0361"),
        (lambda path: _book(path, [HEADS]), "E0361"),
        (lambda path: _book(path, []), "E0361"),
    ],
    ids=("old", "torn", "entities", "parts", "strange", "heads-alone", "empty"),
)
def test_a_workbook_that_is_none_or_would_do_harm_is_refused(
    make: Callable[[Path], object], expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "requests.xlsx"
    make(path)
    assert code(path) == expected


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _book(tmp_path / "requests.xlsx", [HEADS, FIRST])
    monkeypatch.setattr(harmless, "UNPACKED_LIMIT", 1000)
    assert code(path) == "E0303"
    monkeypatch.setattr(harmless, "SIZE_LIMIT", 1000)
    assert code(path) == "E0303"


def test_sizes_and_rows_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _csv(tmp_path, ",".join(FIRST), ",".join(SECOND))
    monkeypatch.setattr(reading, "MOST_ROWS", 1)
    assert code(path) == "E0361"
    monkeypatch.setattr(reading, "SIZE_LIMIT", 10)
    assert code(path) == "E0303"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b"", "E0361"),
        ("a.csv", b"", "E0361"),
        ("a.csv", b"\xff\xff\xff", "E0304"),
        ("a.csv", b'applicant,"project\n', "E0361"),
        ("a.jsonl", b"\xff", "E0304"),
        ("a.jsonl", b"# nothing\n\n", "E0361"),
    ],
)
def test_what_is_no_list_is_refused(name: str, content: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert code(tmp_path / name) == expected


def test_a_list_is_a_file(tmp_path: Path) -> None:
    assert code(tmp_path / "nowhere.csv") == "E0302"
    (tmp_path / "folder.csv").mkdir()
    assert code(tmp_path / "folder.csv") == "E0302"


@given(content=st.binary(max_size=300), kind=st.sampled_from(["csv", "jsonl", "xlsx"]))
def test_no_content_breaks_the_reader(
    content: bytes, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / f"requests.{kind}"
    heads = b",".join(key.encode() for key in KEYS) + b"\n" if kind == "csv" else b""
    path.write_bytes(heads + content)
    try:
        rows = read_requests(path)
    except ReportgenError:
        return
    assert all(isinstance(word, str) for row in rows for word in words(row))
