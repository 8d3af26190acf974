"""The one table of errors: consistent in itself, and in step with the source that raises from it."""

import ast
import pickle
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import reportgen
from reportgen.errors import TABLE, Entry, ExitCode, Fault, ReportgenError

PACKAGE = Path(reportgen.__file__).parent
CODE = re.compile(r"E\d{4}")
COMMAND = re.compile(r"reportgen|REPORTGEN_|(?<!\w)--[a-z]|\.toml|命令|docs/|\[[a-z]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# These stand for the machine's or the office's own failures, not for what the asker did.
OURS = {ExitCode.INTERNAL, ExitCode.STORAGE, ExitCode.CANNOT_SIGN, ExitCode.BATCH_PARTLY_FAILED}

each_entry = pytest.mark.parametrize(("code", "entry"), TABLE.items(), ids=list(TABLE))


@cache
def trees() -> dict[str, ast.Module]:
    """Return the syntax tree of every module but the table's, by its path within the package."""
    paths = [path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE / "errors"]
    return {str(path.relative_to(PACKAGE)): ast.parse(path.read_text("utf-8")) for path in paths}


@cache
def codes_named() -> dict[str, str]:
    """Return every string in the source that is an error code, and one module that holds it."""
    return {
        node.value: module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def raises() -> Iterator[tuple[str, str, set[str]]]:
    """Yield (place, code, names of the facts) of every `ReportgenError("E….", …)` of the source."""
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ReportgenError":
                code = node.args[0]
                assert isinstance(code, ast.Constant), f"{module}:{node.lineno} names no code"
                yield f"{module}:{node.lineno}", str(code.value), {k.arg or "**" for k in node.keywords}


def fields(template: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def example(code: str) -> ReportgenError:
    """Return an error of a code with a telling text for each fact that its texts name."""
    facts: dict[str, Any] = {name: f"〈{name}〉" for name in fields(TABLE[code].why)}
    return ReportgenError(code, path="registration.kind", **facts)


def test_no_code_is_written_twice_in_the_table() -> None:
    parts = [ast.parse(path.read_text("utf-8")) for path in (PACKAGE / "errors").glob("*.py")]
    literals = [node for tree in parts for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    keys = [key.value for node in literals for key in node.keys if isinstance(key, ast.Constant)]
    counts = Counter(key for key in keys if CODE.fullmatch(str(key)))
    assert counts == dict.fromkeys(TABLE, 1)


@each_entry
def test_the_first_two_digits_of_a_code_are_its_exit_code(code: str, entry: Entry) -> None:
    assert CODE.fullmatch(code)
    assert int(code[1:3]) == entry.exit


@each_entry
def test_what_why_and_fix_are_chinese(code: str, entry: Entry) -> None:
    assert CHINESE.search(entry.what)
    assert CHINESE.search(entry.fix)
    # A reason may be left to the raiser as a whole.
    assert CHINESE.search(entry.why) or fields(entry.why)


@each_entry
def test_only_the_reason_names_facts(code: str, entry: Entry) -> None:
    assert not fields(entry.what + entry.fix)


@each_entry
def test_every_fact_of_a_template_reaches_the_text(code: str, entry: Entry) -> None:
    text = example(code).text()
    assert all(f"〈{name}〉" in text for name in fields(entry.why))
    assert "{" not in text


@each_entry
def test_the_http_status_blames_the_asker_or_the_house(code: str, entry: Entry) -> None:
    if entry.exit is ExitCode.NOT_TYPESETTABLE:
        assert entry.http in {422, 500}
    else:
        assert entry.http // 100 == (5 if entry.exit in OURS else 4)


def test_a_broken_installation_is_never_the_askers_fault() -> None:
    assert {TABLE[code].http for code in ("E0702", "E0703")} == {500}


@each_entry
def test_every_code_of_the_table_is_used_by_the_source(code: str, entry: Entry) -> None:
    assert code in codes_named()


def test_every_code_in_the_source_is_in_the_table() -> None:
    assert {code: module for code, module in codes_named().items() if code not in TABLE} == {}


def test_whoever_raises_gives_every_fact_the_texts_name() -> None:
    found = list(raises())
    assert len(found) > len(TABLE) / 2
    for place, code, given in found:
        assert fields(TABLE[code].why) - {"count"} <= given, place


def test_a_fact_with_braces_is_printed_as_it_stands() -> None:
    error = ReportgenError("E0302", file="{detail}{0}%s", detail="不存在")
    assert "{detail}{0}%s 不存在" in error.text()


@pytest.mark.parametrize("hostile", ["\x1b[2J", "x\n[E0000] 一切正常", "\u202eabc", "\ud800", "\x9b2J"])
def test_what_a_stranger_wrote_neither_commands_a_terminal_nor_forges_a_line(hostile: str) -> None:
    faults = [Fault("E0301", hostile, hostile)]
    error = ReportgenError("E0302", path=hostile, file=hostile, detail=hostile, faults=faults)
    assert all(line.isprintable() for line in error.text().split("\n"))
    assert len(error.text().split("\n")) == 4
    assert str(error.data()["detail"]).isprintable()
    error.text().encode()


def test_the_faults_are_counted_and_listed_one_a_line() -> None:
    faults = [Fault("E0301", "as_of", "缺少此项"), Fault("E0301", "", "键重复")]
    lines = ReportgenError("E0301", path="a.yaml", faults=faults).text().splitlines()
    assert lines[0] == "[E0301] 输入不合要求（a.yaml）"
    assert lines[1] == "  原因：共 2 处有误"
    assert lines[2].startswith("  处理：")
    assert lines[3:] == ["  · as_of：缺少此项", "  · （全文）：键重复"]


def test_an_error_reaches_another_process_as_it_is() -> None:
    error = ReportgenError("E0301", path="甲.yaml", faults=[Fault("E0301", "a", "b")], reason="乙")
    again = pickle.loads(pickle.dumps(error))
    assert (again.text(), again.data(), again.facts) == (error.text(), error.data(), error.facts)


def test_without_a_path_the_first_line_has_no_brackets() -> None:
    assert ReportgenError("E0201", detail="x").text().splitlines()[0] == "[E0201] 命令用法有误"


def test_a_count_that_is_given_is_not_replaced() -> None:
    assert "共 7 处" in ReportgenError("E0701", count=7).text()


@each_entry
def test_the_data_say_what_the_text_says(code: str, entry: Entry) -> None:
    error = example(code)
    data = error.data()
    assert list(data) == ["code", "exit", "status", "title", "detail", "fix", "path", "faults"]
    assert (data["code"], data["exit"], data["status"]) == (code, int(error.exit_code), entry.http)
    assert (data["title"], data["fix"], data["path"]) == (entry.what, entry.fix, "registration.kind")
    assert f"原因：{data['detail']}\n" in error.text()


ONLY_BY_COMMAND = {
    *("E0201", "E0312", "E0313", "E0321", "E0322", "E0341", "E0357", "E0610", "E1104"),
    *("E0360", "E0361", "E0363", "E0364", "E0366", "E0367", "E0380", "E0381", "E0382"),
    *("E1201", "E1202", "E1203", "E1204"),
}
"""What no page of the portal runs into: batches, clusters, lists, databases, grades, what keeps it from starting."""


@each_entry
def test_a_page_says_what_somebody_without_a_terminal_can_do(code: str, entry: Entry) -> None:
    shown = example(code).shown()
    assert {**shown, "fix": entry.fix} == example(code).data()
    commands = COMMAND.search(str(shown["fix"]))
    assert code in ONLY_BY_COMMAND or commands is None
    assert not entry.on_page or COMMAND.search(entry.fix) or code in {"E0101"}


def test_the_data_hold_every_fault_as_plain_text() -> None:
    fault = Fault("E0301", "records[0].kind", "缺少此项")
    data = ReportgenError("E0301", faults=[fault]).data()
    assert data["faults"] == [{"code": "E0301", "path": "records[0].kind", "what": "缺少此项"}]
