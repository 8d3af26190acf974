"""Reading YAML and JSON: text stays text, and what could be misread is refused with its place."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import ReportgenError
from reportgen.plain import SIZE_LIMIT, Plain, child, read_plain

Read = Callable[..., Plain]
ROOT = Path(__file__).resolve().parent.parent
FORMATS = [".yaml", ".json"]
EMPTY = {"", "—", "— —", "——", "－－", "-", "--", "/"}
# As a person writes it; a reader of YAML 1.1 or of JSON numbers changes each of these.
SPELLINGS = """
    007 00913 1:30 12:30:45 no yes on off true False 1_000 1e3 1E+03 0x1F 0o17 0b1 +5 .5 5. -0 1.10
    2026-02-30 2026-11-21 NaN .nan .inf 1.000000000000000000001 9007199254740993
"""

# What a file may hold: scalars that are no empty cell, without what YAML cannot write plainly.
texts = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1).filter(
    lambda text: text.strip() not in EMPTY
)
trees = st.dictionaries(
    texts,
    st.recursive(texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20),
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a text (or bytes) as a file with an ending."""

    def run(content: str | bytes, ending: str = ".yaml") -> Plain:
        path = tmp_path / f"input{ending}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_plain(path)

    return run


def refused(read: Read, content: str | bytes, ending: str = ".yaml") -> ReportgenError:
    """Return the error with which a file is refused."""
    with pytest.raises(ReportgenError) as caught:
        read(content, ending)
    return caught.value


@pytest.mark.parametrize("spelling", SPELLINGS.split())
def test_a_plain_yaml_scalar_keeps_its_spelling(spelling: str, read: Read) -> None:
    assert read(f"a: {spelling}\nb: [{spelling}]").data == {"a": spelling, "b": [spelling]}


@pytest.mark.parametrize("number", ["0", "-0", "1e3", "1.10", "0.1", "9007199254740993", "NaN", "-Infinity"])
def test_a_json_number_keeps_its_spelling(number: str, read: Read) -> None:
    assert read(f'{{"a": {number}, "b": [{number}]}}', ".json").data == {"a": number, "b": [number]}


def test_a_json_truth_value_is_the_same_text_as_in_yaml(read: Read) -> None:
    assert read('{"a": true, "b": false}', ".json").data == read("a: true\nb: false").data


def test_keys_are_text_even_where_yaml_sees_a_truth_value(read: Read) -> None:
    assert read("on: 2026-01-01\nno: 甲\n1: 乙").data == {"on": "2026-01-01", "no": "甲", "1": "乙"}


def test_a_key_without_a_value_is_absent(read: Read) -> None:
    assert read("a:\nb: x").data == {"b": "x"}
    assert read('{"a": null, "b": "x"}', ".json").data == {"b": "x"}


@pytest.mark.parametrize("null", ["null", "~", "Null", "NULL"])
def test_a_yaml_null_is_absence(null: str, read: Read) -> None:
    assert read(f"a: {null}\nb: x").data == {"b": "x"}


def test_a_quoted_null_is_a_text(read: Read) -> None:
    assert read("a: \"null\"\nb: '~'").data == {"a": "null", "b": "~"}
    assert read('{"a": "null"}', ".json").data == {"a": "null"}


@pytest.mark.parametrize("empty", ["— —", "—", "——", "－－", "-", "--", "/", "", "   ", " — — "])
def test_the_empty_cell_of_a_real_report_is_absence(empty: str, read: Read) -> None:
    assert read(f'a: "{empty}"\nb: x').data == {"b": "x"}
    assert read(f'{{"a": "{empty}", "b": "x"}}', ".json").data == {"b": "x"}


@pytest.mark.parametrize("text", ["— — —", "—甲", "-1", "1/2", "//", "无"])
def test_a_text_that_only_resembles_an_empty_cell_stays(text: str, read: Read) -> None:
    assert read(f'a: "{text}"').data == {"a": text}
    assert read(f'{{"a": "{text}"}}', ".json").data == {"a": text}


def test_an_empty_cell_in_a_list_is_the_same_in_both_formats(read: Read) -> None:
    content = '{"a": ["— —", "x"]}'
    assert read(content, ".json").data == read(content).data


def test_a_repeated_yaml_key_is_noted_with_path_and_line(read: Read) -> None:
    faults = read("a:\n  - b: 1\n    c: 2\n    b: 3\n").faults
    assert [str(fault) for fault in faults] == ["a[0].b：键重复（第 4 行）"]


def test_every_repetition_is_noted_even_of_an_empty_value(read: Read) -> None:
    faults = read("a: 1\na:\nb: 2\nb: 3\nb: 4\n").faults
    assert [fault.path for fault in faults] == ["a", "b", "b"]
    assert all(fault.code == "E0301" for fault in faults)


def test_a_repeated_json_key_is_noted(read: Read) -> None:
    faults = read('{"a": 1, "b": 2, "a": 3}', ".json").faults
    assert [(fault.code, fault.path) for fault in faults] == [("E0301", "a")]
    assert faults[0].what.startswith("键重复")


def test_a_repeated_json_key_is_noted_with_its_path(read: Read) -> None:
    faults = read('{"a": [{"b": 1,\n "b": 2}]}', ".json").faults
    assert [fault.path for fault in faults] == ["a[0].b"]


def test_the_same_key_in_two_places_is_no_repetition(read: Read) -> None:
    assert read("a: {id: 1}\nb: {id: 1}\nc: [{id: 1}, {id: 1}]").faults == []
    assert read('{"a": {"id": 1}, "b": [{"id": 1}, {"id": 1}]}', ".json").faults == []


def test_every_yaml_path_has_its_line(read: Read) -> None:
    lines = read("# 注\na:\n  - b: 1\n\n    c: [x,\n      y]\nd: 2").lines
    assert {path: lines[path] for path in ("a", "a[0]", "a[0].b", "a[0].c[1]", "d")} == {
        "a": 3,
        "a[0]": 3,
        "a[0].b": 3,
        "a[0].c[1]": 6,
        "d": 7,
    }


@pytest.mark.parametrize(
    ("content", "line"), [("a: 1\nc: *x", 2), ("a: &x [*x]", 1), ("a: 1\n<<: *x", 2), ("b: 1\na: &x 1", 2)]
)
def test_an_anchor_or_alias_is_refused_with_its_line(content: str, line: int, read: Read) -> None:
    error = refused(read, content)
    assert error.code == "E0305"
    assert re.search(rf"第 {line} 行.*不支持锚点与别名", error.text())


def test_an_asterisk_in_a_text_is_no_alias(read: Read) -> None:
    assert read("a: 2*3\nb: '*x'\nc: |\n  *x\n").data == {"a": "2*3", "b": "*x", "c": "*x\n"}


def test_a_tag_makes_no_object(read: Read) -> None:
    assert read("a: !!python/object/apply:os.system [ls]\nb: !!int 1").data == {"a": ["ls"], "b": "1"}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_yaml_is_refused(opening: str, read: Read) -> None:
    closing = {"[": "]", "{a: ": "}"}.get(opening, "")
    error = refused(read, f"a:\n  {opening * 60}x{closing * 60}")
    assert error.code == "E0305"
    assert "嵌套过深" in error.text()


def test_forty_levels_are_not_too_deep(read: Read) -> None:
    value: Any = read("a: " + "[" * 40 + "x" + "]" * 40).data["a"]
    for _ in range(40):
        (value,) = value
    assert value == "x"


def test_very_deep_yaml_does_not_kill_the_process(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("a: " + "[" * 400_000)
    code = (
        f"from pathlib import Path\nfrom reportgen.plain import read_plain\nread_plain(Path({str(path)!r}))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "E0305" in done.stderr


def test_json_is_as_deep_as_yaml_may_be(read: Read) -> None:
    assert refused(read, '{"a": ' + "[" * 60 + "]" * 60 + "}", ".json").code == "E0305"


def test_very_deep_json_is_refused(read: Read) -> None:
    error = refused(read, '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", ".json")
    assert error.code == "E0305"
    assert "嵌套过深" in error.text()


def test_dots_in_a_key_are_no_depth(read: Read) -> None:
    key = ".".join("abcdefghijklmnopqrstuvwxyz" * 2)
    assert read(f"{key}: x").data == {key: "x"}


@pytest.mark.parametrize("content", ["? [a, b]\n: x", "? {a: b}\n: x", "? " * 400_000 + "x"])
def test_a_key_that_is_no_text_is_refused(content: str, read: Read) -> None:
    error = refused(read, content)
    assert error.code == "E0305"
    assert "第 1 行第 3 列：键应为文字" in error.text()


@pytest.mark.parametrize("ending", FORMATS)
def test_a_key_has_at_most_two_hundred_characters(ending: str, read: Read) -> None:
    assert read(f'{{"{"长" * 200}": "x"}}', ending).data == {"长" * 200: "x"}
    assert "键过长" in refused(read, f'{{"{"长" * 201}": "x"}}', ending).text()


def test_keys_that_add_up_to_a_long_path_are_refused(read: Read) -> None:
    key = "k" * 190
    assert "各层的键合计过长" in refused(read, f"{{{key}: " * 8 + "x" + "}" * 8).text()


@pytest.mark.parametrize("content", ["a: [" + "0," * 400_000 + "]", "a: 1\n" * 400_001])
def test_a_file_of_very_many_values_is_refused(content: str, read: Read) -> None:
    assert "值过多" in refused(read, content).text()


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_of_ten_megabytes_is_refused_unread(ending: str, read: Read) -> None:
    error = refused(read, b"\xff" * 10_000_000, ending)
    assert error.code == "E0303"
    assert f"10000000 字节，上限 {SIZE_LIMIT} 字节" in error.text()


def test_a_file_of_exactly_the_limit_is_read(read: Read) -> None:
    content = "a: x\n#".ljust(SIZE_LIMIT)
    assert read(content).data == {"a": "x"}
    assert refused(read, content + " ").code == "E0303"


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
def test_a_file_from_an_old_office_suite_is_refused_with_its_first_bad_byte(
    encoding: str, ending: str, read: Read
) -> None:
    error = refused(read, '{"name": "样本公司"}'.encode(encoding), ending)
    assert error.code == "E0304"
    assert "第 11 字节" in error.text()
    assert "GB 18030" in error.text()


@pytest.mark.parametrize("ending", FORMATS)
def test_a_byte_order_mark_is_not_part_of_the_first_key(ending: str, read: Read) -> None:
    assert read('\ufeff{"a": "x"}', ending).data == {"a": "x"}


@pytest.mark.parametrize("ending", FORMATS)
def test_windows_line_ends_are_no_part_of_a_value(ending: str, read: Read) -> None:
    assert read('{"a": "x",\r\n"b": "y"}\r\n', ending).data == {"a": "x", "b": "y"}


@pytest.mark.parametrize("name", ["no-such.yaml", "no-such.json", "folder", "no/such/folder.yaml"])
def test_what_is_no_readable_file_is_said_to_be_missing(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ReportgenError) as caught:
        read_plain(tmp_path / name)
    assert caught.value.code == "E0302"
    assert caught.value.path == str(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "ending", "line"),
    [
        ("a: 1\nb: [1,\nc: 2", ".yaml", 4),
        ("a: 1\n\tb: 2", ".yaml", 2),
        ("a: 1\n b: 2", ".yaml", 2),
        ("a: 'x", ".yaml", 1),
        ("a: 'x\n\nb: 1", ".yaml", 1),
        ("a: 1\n---\nb: 2", ".yaml", 2),
        ("a: 1\nb: @x", ".yaml", 2),
        ("a: b: c", ".yaml", 1),
        ("a: {b: 1\nc: 2}", ".yaml", 2),
        ("a:\n- 1\n b: 2", ".yaml", 3),
        ('a: "\\q"', ".yaml", 1),
        ("a: 1\nb", ".yaml", 2),
        ("a: - b", ".yaml", 1),
        ("甲: 1\n乙: \x00", ".yaml", 2),
        ('{"a": [1,\n ]}', ".json", 2),
        ('{"a": "\\q"}', ".json", 1),
        ("{'a': 1}", ".json", 1),
        ('{"a": 1,\n "b" 2}', ".json", 2),
        ('{"a": 1,\n\n}', ".json", 3),
        ('{"a": "x', ".json", 1),
        ('{"a": 1} x', ".json", 1),
        ("", ".json", 1),
        ('{"a": "\t"}', ".json", 1),
    ],
)
def test_broken_syntax_is_reported_with_its_line(content: str, ending: str, line: int, read: Read) -> None:
    error = refused(read, content, ending)
    assert error.code == "E0305"
    assert f"原因：第 {line} 行第 " in error.text()
    assert not re.search("[a-z]{4,}", str(error.facts["detail"]))


def test_a_control_character_is_refused(read: Read) -> None:
    assert refused(read, "a: x\x00y").code == "E0305"
    assert refused(read, '{"a": "x\x00y"}', ".json").code == "E0305"


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud800", "\\udc00甲", "甲\\uD83D"])
@pytest.mark.parametrize("ending", FORMATS)
def test_an_escape_that_stands_for_no_text_is_refused(escape: str, ending: str, read: Read) -> None:
    for content in (f'{{"a": ["{escape}"]}}', f'{{"{escape}": "a"}}'):
        error = refused(read, content, ending)
        assert error.code == "E0305"
        assert error.text().encode()
    assert read('{"a": "\\ud83d\\ude00"}', ".json").data == {"a": "😀"}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("content", ['["a"]', '"a"', "1"])
def test_a_file_that_is_no_mapping_is_refused(content: str, ending: str, read: Read) -> None:
    error = refused(read, content, ending)
    assert error.code == "E0305"
    assert "最外层应为键值表" in error.text()


def test_an_empty_yaml_file_is_an_empty_mapping(read: Read) -> None:
    assert read("").data == {}
    assert read("# 只有注释\n").data == {}


def test_a_path_names_keys_with_dots_and_places_with_brackets() -> None:
    assert child(child(child("", "records"), 3), "kind") == "records[3].kind"


@given(trees)
def test_json_gives_back_the_text_that_was_written(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    assert read_plain(path) == Plain(tree)


@given(trees)
def test_yaml_gives_back_the_text_that_was_written(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.yaml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    plain = read_plain(path)
    assert (plain.data, plain.faults) == (tree, [])


@given(st.binary(max_size=200), st.sampled_from(FORMATS))
def test_any_bytes_are_read_or_refused_with_a_code(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"bytes{ending}"
    path.write_bytes(content)
    try:
        assert isinstance(read_plain(path).data, dict)
    except ReportgenError as error:
        assert error.code in {"E0304", "E0305"}
