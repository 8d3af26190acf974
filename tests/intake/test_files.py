"""Files become subjects and projects, or a list of all that is wrong with them, in Chinese, by path."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import _MESSAGES, faults_of, path_of
from reportgen.intake.files import load_project, load_subject
from reportgen.project.model import Project
from reportgen.subject.model import Subject
from tests.factories import (
    SUBJECT_USCC,
    contract_data,
    lot_data,
    project_data,
    record_data,
    registration_data,
    requirement_data,
    source_data,
    statement_data,
    subject_data,
    write_json,
    write_yaml,
)

# Fields and faults, each on the line that the test below expects.
FAULTY = f"""\
uscc: {SUBJECT_USCC[:-1]}?
name: 样本甲
name: 样本乙
as_of: 2026-02-30
colour: 红
sources:
  - id: S1
    name: 平台
    origin: 官方
    collected_on: 2026-11-20T08:00
registration:
  id: REG
  source: S1
  kind: 有限责任公司
  legal_representative: ""
  established_on: 2015-06-01
  standing: 存续
  address: 虚构省
  region: 9901
statements:
  - id: F1
    source: S1
    year: 二〇二五
    audited: 可能
    revenue: -1
    cash: 12.345
    equity: 一万
records: 无
"""
EXPECTED = {
    "name": "键重复（第 3 行）",
    "uscc": "统一社会信用代码含不允许的字符 ?（不用 I、O、Z、S、V 与小写）（第 1 行）",
    "as_of": "不是有效日期，应如 2026-11-21：2026-02-30（第 4 行）",
    "colour": "不认识的键：红（第 5 行）",
    "sources[0].origin": "只能是 公共来源、自主申报、交易对方、推算：官方（第 9 行）",
    "sources[0].collected_on": "应为日期，不带时间：2026-11-20T08:00（第 10 行）",
    "registration.legal_representative": "缺少此项（第 15 行）",
    "registration.authority": "缺少此项",
    "registration.region": r"格式不符，应合 ^[0-9]{6}$：9901（第 19 行）",
    "statements[0].year": "应为整数：二〇二五（第 23 行）",
    "statements[0].audited": "只能是 true 或 false：可能（第 24 行）",
    "statements[0].revenue": "应不小于 0：-1（第 25 行）",
    "statements[0].cash": "小数最多 2 位：12.345（第 26 行）",
    "statements[0].equity": "应为数字：一万（第 27 行）",
    "records": "应为列表：无（第 28 行）",
}
HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    "{count}{detail}{0}",
    "%s%n",
    "=HYPERLINK(1)",
    "'; DROP TABLE subject; --",
    "../../etc/passwd",
    "$(reboot)`id`",
    "\\u0041\\x1b[31m",
    "x" * 200,
]
# Values as a file may hold them where something else is asked, and one item that no list wants.
WRONG: list[Any] = [
    *("", "x", "\ud800", "x" * 6000, "-1", "0", "1.5", "1.234", "1e30", "NaN", "9" * 30, "9" * 5000),
    *(
        "0." + "1" * 30,
        "2026-02-30",
        "2026-01-01T10:00",
        "2026-01-01T00:00+99:00",
        "1" * 19,
        "2026-13-01T25:61",
    ),
    *([], {}, ["x"], [["x"]], [{}], [{"kind": "x"}], {"kind": "x"}, {"": ""}),
]


def faults_in(path: Path, load: Any = load_subject) -> list[Fault]:
    """Return the faults with which a file is refused."""
    with pytest.raises(ReportgenError) as caught:
        load(path)
    assert caught.value.code == "E0301"
    assert caught.value.path == str(path)
    return list(caught.value.faults)


def by_path(faults: list[Fault]) -> dict[str, str]:
    """Return what is wrong by path; no path is named twice."""
    found = {fault.path: fault.what for fault in faults}
    assert len(found) == len(faults)
    return found


def inner_models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models named anywhere in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from inner_models(part)


@cache
def models() -> list[type[BaseModel]]:
    """Return every model that a subject's or a project's file can hold."""
    found: list[type[BaseModel]] = [Subject, Project]
    for model in found:
        inner = [m for field in model.model_fields.values() for m in inner_models(field.annotation)]
        found += dict.fromkeys(m for m in inner if m not in found)
    return found


@cache
def refusals() -> list[tuple[str, str, ValidationError]]:
    """Return (model, field, error) for each wrong value given to each field of each model."""
    found = []
    for model in models():
        for name in model.model_fields:
            for value in WRONG:
                try:
                    model.model_validate({name: value})
                except ValidationError as error:
                    found.append((model.__name__, name, error))
    return found


def kinds_of_fault() -> set[str]:
    """Return every type of pydantic's errors among the refusals."""
    return {detail["type"] for _, _, error in refusals() for detail in error.errors(include_url=False)}


def names_of_the_format() -> set[str]:
    """Return the English words that a message may hold: names of fields, kinds, and how truth is written."""
    fields = {name for model in models() for name in model.model_fields}
    kinds = {
        value
        for model in models()
        if "kind" in model.model_fields
        for value in get_args(model.model_fields["kind"].annotation)
        if isinstance(value, str)
    }
    return fields | kinds | {"true", "false"}


def test_a_sound_subject_is_read_the_same_from_both_formats(tmp_path: Path) -> None:
    data = subject_data(statements=[statement_data()], records=[record_data()], contracts=[contract_data()])
    read = load_subject(write_yaml(tmp_path / "s.yaml", data))
    assert read == load_subject(write_json(tmp_path / "s.json", data))
    assert read == Subject.model_validate(data)


def test_a_sound_project_is_read_the_same_from_both_formats(tmp_path: Path) -> None:
    data = project_data(requirements=[requirement_data()], lots=[lot_data()])
    read = load_project(write_yaml(tmp_path / "p.yaml", data))
    assert read == load_project(write_json(tmp_path / "p.json", data))
    assert read == Project.model_validate(data)


def test_a_number_with_zeros_before_it_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    write_yaml(path, subject_data(records=[record_data(number="NUMBER")]))
    path.write_text(path.read_text("utf-8").replace("NUMBER", "000123"), encoding="utf-8")
    assert load_subject(path).records[0].number == "000123"


@pytest.mark.parametrize("path", EXPECTED)
def test_a_faulty_subject_names_this_fault_by_path_and_line(path: str, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(FAULTY, encoding="utf-8")
    assert by_path(faults_in(tmp_path / "s.yaml"))[path].startswith(EXPECTED[path])


def test_a_faulty_subject_names_no_other_fault(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(FAULTY, encoding="utf-8")
    assert by_path(faults_in(tmp_path / "s.yaml")).keys() == EXPECTED.keys()


def test_the_same_faults_are_found_in_json_without_lines(tmp_path: Path) -> None:
    data = subject_data(as_of="2026-02-30", statements=[statement_data(revenue="-1")])
    assert by_path(faults_in(write_json(tmp_path / "s.json", data))) == {
        "as_of": "不是有效日期，应如 2026-11-21：2026-02-30",
        "statements[0].revenue": "应不小于 0：-1",
    }


def test_faults_of_one_item_stand_at_the_item(tmp_path: Path) -> None:
    records = [record_data(), record_data(id="R2", state="异议中")]
    path = write_yaml(tmp_path / "s.yaml", subject_data(records=records))
    faults = by_path(faults_in(path))
    line = path.read_text("utf-8").splitlines().index("- id: R2") + 1
    assert faults == {"records[1]": f"状态为异议中时必须写明 disputed_on（第 {line} 行）"}


def test_a_repeated_key_alone_refuses_a_file(tmp_path: Path) -> None:
    path = write_yaml(tmp_path / "s.yaml", subject_data())
    path.write_text(path.read_text("utf-8") + "name: 又一名称\n", encoding="utf-8")
    assert by_path(faults_in(path)).keys() == {"name"}


def test_a_fact_of_an_unknown_source_is_named_with_its_own_line(tmp_path: Path) -> None:
    path = write_yaml(tmp_path / "s.yaml", subject_data(records=[record_data(source="S9")]))
    line = path.read_text("utf-8").splitlines().index("  source: S9") + 1
    assert by_path(faults_in(path)) == {"records[0].source": f"来源 S9 不在 sources 之中（第 {line} 行）"}


def test_a_default_that_hangs_on_a_faulty_field_is_no_fault_of_its_own(tmp_path: Path) -> None:
    data = project_data(requirements=[requirement_data(id="")])
    assert by_path(faults_in(write_json(tmp_path / "p.json", data), load_project)).keys() == {
        "requirements[0].id"
    }


def test_ids_used_twice_are_told_beside_faulty_fields(tmp_path: Path) -> None:
    data = subject_data(as_of="x", registration=registration_data(id="S1"))
    assert by_path(faults_in(write_yaml(tmp_path / "s.yaml", data))).keys() == {"as_of", ""}


def test_faults_across_the_subject_are_listed_beside_those_of_its_fields(tmp_path: Path) -> None:
    data = subject_data(as_of="2026-02-30", records=[record_data(source="S9")])
    assert len(faults_in(write_yaml(tmp_path / "s.yaml", data))) == 2


def test_a_missing_value_has_the_line_of_what_lacks_it(tmp_path: Path) -> None:
    registration = registration_data()
    del registration["authority"]
    path = write_yaml(tmp_path / "s.yaml", subject_data(registration=registration))
    line = path.read_text("utf-8").splitlines().index("registration:") + 1
    assert f"第 {line} 行" in by_path(faults_in(path))["registration.authority"]


def test_the_kind_of_a_requirement_is_no_part_of_its_path(tmp_path: Path) -> None:
    requirements = [requirement_data(need="-1"), requirement_data("people", id="R02", count="0")]
    data = project_data(
        requirements=requirements, lots=[lot_data(requirements=[requirement_data(years="0")])]
    )
    assert by_path(faults_in(write_json(tmp_path / "p.json", data), load_project)) == {
        "requirements[0].need": "应不小于 0：-1",
        "requirements[1].post": "缺少此项",
        "requirements[1].certificate": "缺少此项",
        "requirements[1].count": "应大于 0：0",
        "lots[0].requirements[0].years": "应大于 0：0",
    }


def test_a_requirement_of_no_kind_or_an_unknown_one_is_told_the_kinds(tmp_path: Path) -> None:
    nameless = {key: value for key, value in requirement_data().items() if key != "kind"}
    data = project_data(requirements=[nameless, requirement_data("size"), "x"])
    faults = by_path(faults_in(write_json(tmp_path / "p.json", data), load_project))
    assert faults["requirements[0]"] == "缺少 kind"
    assert faults["requirements[1]"].startswith("kind 只能是 qualification、bid_capacity、")
    assert faults["requirements[2]"] == "应为键值表：x"


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (("contracts", 0, "performance", "delay_days"), "contracts[0].performance.delay_days"),
        (("lots", 1, "equipment"), "lots[1].equipment"),
    ],
)
def test_a_field_named_like_a_kind_of_requirement_stays_in_the_path(
    location: tuple[int | str, ...], path: str
) -> None:
    assert path_of(location) == path


def test_a_list_of_faulty_items_is_not_said_to_be_too_short_as_well(tmp_path: Path) -> None:
    data = subject_data(sources=[source_data(origin="官方")])
    assert by_path(faults_in(write_json(tmp_path / "s.json", data))).keys() == {"sources[0].origin"}
    empty = by_path(faults_in(write_json(tmp_path / "e.json", subject_data(sources=[]))))
    assert empty == {"sources": "至少要有 1 项"}


def test_a_long_value_is_shown_by_its_beginning(tmp_path: Path) -> None:
    data = subject_data(name="长" * 201)
    faults = by_path(faults_in(write_json(tmp_path / "s.json", data)))
    assert faults == {"name": f"过长，最多 200 字：{'长' * 60}…"}


def test_a_mapping_is_not_shown_in_a_fault(tmp_path: Path) -> None:
    data = subject_data(name={"password": "secret"}, as_of=["secret"])
    text = " ".join(by_path(faults_in(write_json(tmp_path / "s.json", data))).values())
    assert "secret" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_passes_as_data(text: str, tmp_path: Path) -> None:
    data = subject_data(name=text, records=[record_data(content=text)])
    for path in (write_yaml(tmp_path / "s.yaml", data), write_json(tmp_path / "s.json", data)):
        read = load_subject(path)
        assert (read.name, read.records[0].content) == (text, text)


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_hostile_text_in_a_fault_is_shown_as_it_stands(text: str, tmp_path: Path) -> None:
    faults = by_path(faults_in(write_json(tmp_path / "s.json", subject_data(as_of=text))))
    assert faults["as_of"].endswith(f"：{text}")


@pytest.mark.parametrize("text", ["\x1b[2J", "2026\n[E0000] 一切正常", "\u202e1202"])
def test_a_fault_stays_one_line_of_harmless_characters(text: str, tmp_path: Path) -> None:
    (fault,) = faults_in(write_json(tmp_path / "s.json", subject_data(as_of=text)))
    assert str(fault).isprintable()


def test_the_wrong_values_reach_nearly_every_message() -> None:
    # The rest need a value that no file can hold, or a bound that no field of these models has.
    assert _MESSAGES.keys() - kinds_of_fault() <= {
        "date_parsing",
        "datetime_parsing",
        "decimal_whole_digits",
        "dict_type",
        "float_parsing",
        "float_type",
        "int_from_float",
        "less_than",
        "list_type",
        "mapping_type",
        "too_long",
    }


def test_every_other_kind_of_fault_has_a_chinese_message() -> None:
    assert kinds_of_fault() - {"value_error", "default_factory_not_called"} <= _MESSAGES.keys()


def test_no_english_of_the_validator_reaches_a_reader() -> None:
    known = names_of_the_format()
    for model, name, error in refusals():
        for fault in faults_of(error):
            message = fault.what.rpartition("：")[0] or fault.what
            alien = set(re.findall(r"[A-Za-z_]{3,}", message)) - known
            assert not alien, f"{model}.{name}：{fault.what}"


def dated_fields() -> list[tuple[type[BaseModel], str]]:
    """Return every field of every model that holds a day or a moment."""
    return [
        (model, name)
        for model in models()
        for name, field in model.model_fields.items()
        if {date, datetime} & {field.annotation, *get_args(field.annotation)}
        or any({date, datetime} & set(get_args(part)) for part in get_args(field.annotation))
    ]


@pytest.mark.parametrize("number", ["0", "20261210", "-86400", 7, 1765330200.5, True])
def test_no_field_anywhere_takes_a_number_for_a_date(number: object) -> None:
    assert len(dated_fields()) > 30
    for model, name in dated_fields():
        with pytest.raises(ValidationError) as caught:
            model.model_validate({name: number})
        faults = {fault.path: fault.what for fault in faults_of(caught.value)}
        assert re.match(r"不是有效(日期|时间)", faults[name]), f"{model.__name__}.{name}"


def test_an_empty_file_lacks_everything_that_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("", encoding="utf-8")
    needed = {name for name, field in Subject.model_fields.items() if field.is_required()}
    assert by_path(faults_in(tmp_path / "s.yaml")) == dict.fromkeys(needed, "缺少此项")
