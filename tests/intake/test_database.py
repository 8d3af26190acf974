"""An agency's database through a mapping: what stands in its tables, and that nothing can be done to them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from sqlalchemy import text

from reportgen.errors import ReportgenError
from reportgen.intake.database.mapping import FIELDS, Mapped, Place, Unit, load_mapping
from reportgen.intake.database.rows import read_row
from reportgen.intake.database.source import address, reading
from reportgen.subject.model import COLLECTIONS
from tests.agency import EXAMPLES, FIRST, SECOND, VARIABLE, Agency, agency, mapped, mapping_data
from tests.factories import Data

DAY = date(2026, 11, 22)


@pytest.fixture
def source(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Agency]:
    with agency(kind, request, tmp_path) as made:
        yield made


def unit_data(**fields: object) -> Data:
    return {"table": "t", "code": "code", "key": "id", "fields": fields}


def faults(folder: Path, **changes: object) -> dict[str, str]:
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(mapping_data(**changes), allow_unicode=True), "utf-8")
    with pytest.raises(ReportgenError) as caught:
        load_mapping(path)
    return {fault.path: fault.what for fault in caught.value.faults}


def read(part: str, row: Data, **fields: object) -> tuple[Data, dict[str, str]]:
    """Return what a row says by a mapping of fields, and what cannot be read of it."""
    unit = Unit.model_validate(unit_data(**fields))
    told = read_row(part, unit, {"code": FIRST, "id": 1, **row})
    return told.tree, told.faults


def test_everything_that_a_subject_holds_can_be_mapped() -> None:
    assert set(FIELDS) == {"subjects", "registration", *COLLECTIONS}
    assert load_mapping(EXAMPLES / "mapping.yaml") == mapped()
    assert not {"id", "source", "location"} & set(FIELDS["records"])


def test_every_fault_of_a_mapping_is_named(tmp_path: Path) -> None:
    source = mapping_data()["source"] | {"id": "list-7", "complete_for": ["people", "public_records"]}
    record = unit_data(kind="a", title={"column": "b", "unit": "元"}, amount="c", colour="d", authority="e")
    found = faults(tmp_path, source=source, records=[record | {"key": []}])
    assert set(found) == {
        "source.id",
        "source.complete_for",
        "records[0].key",
        "records[0].fields.title.unit",
        "records[0].fields.amount.unit",
        "records[0].fields.colour",
        "records[0].fields.determined_on",
    }


def test_a_cell_says_a_column_or_a_value(tmp_path: Path) -> None:
    registration = mapping_data()["registration"]
    registration["fields"] |= {"kind": {}, "zs": "x", "address": {"value": "y", "unit": "元"}}
    found = faults(tmp_path, registration=registration)
    assert {"registration.fields.kind", "registration.fields.address"} <= set(found)


@pytest.mark.parametrize(
    "database",
    [
        "postgresql://u:geheim@h/d",
        {"variable": "postgresql://u:geheim@h/d"},
        {"url": "postgresql://u:geheim@h/d"},
        {},
    ],
)
def test_an_address_in_a_mapping_is_refused_and_not_repeated(tmp_path: Path, database: object) -> None:
    found = faults(tmp_path, database=database)
    assert found
    assert "geheim" not in str(found)


def test_the_address_comes_from_a_variable_or_from_a_file_of_the_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, " sqlite:///a.db\n")
    assert address(Place(variable=VARIABLE), tmp_path).database == "a.db"
    path = tmp_path / "address"
    path.write_text("postgresql+psycopg://u:geheim@h/d\n")
    path.chmod(0o600)
    assert address(Place(file="address"), tmp_path).host == "h"
    path.chmod(0o640)
    for place in (Place(file="address"), Place(variable="NOBODY_SET_THIS")):
        with pytest.raises(ReportgenError) as caught:
            address(place, tmp_path)
        assert caught.value.code == "E0367"
        assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://u:geheim@h/d", "oracle://u:geheim@h/d", "no address: geheim", ""])
def test_a_database_that_nobody_tried_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, url)
    with (
        pytest.raises(ReportgenError) as caught,
        reading(address(Place(variable=VARIABLE), tmp_path)),
    ):
        raise AssertionError
    assert caught.value.code == "E0367"
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_file_that_is_not_there_is_not_made(
    source: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(ReportgenError, match="E0367"), reading(address(Place(variable=VARIABLE), tmp_path)):
        raise AssertionError
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE xzcf SET je = 0", "DELETE FROM ht", "CREATE TABLE mine (a integer)", "DROP TABLE ht"],
)
def test_the_database_refuses_every_write(source: Agency, statement: str) -> None:
    with source.opened() as database, pytest.raises(ReportgenError, match=r"25006|SQLITE_READONLY"):
        database.connection.execute(text(statement))


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_not_even_a_view_that_writes_does(source: Agency) -> None:
    source.run(
        "CREATE FUNCTION written() RETURNS integer LANGUAGE sql AS 'DELETE FROM ht; SELECT 1'",
        "CREATE VIEW sly AS SELECT *, written() FROM zt_jbxx",
    )
    subjects = mapping_data()["subjects"] | {"table": "sly", "key": ["tyshxydm", "written"]}
    with pytest.raises(ReportgenError, match="25006"), source.opened(subjects=subjects) as database:
        database.read([FIRST], DAY)


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_no_option_of_the_address_takes_the_right_to_write_back(
    source: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    writable = f"{source.url}&options=-c%20default_transaction_read_only%3Doff"
    monkeypatch.setenv(VARIABLE, writable)
    with reading(address(Place(variable=VARIABLE), EXAMPLES)) as connection:
        assert connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on"
        assert connection.execute(text("SHOW default_transaction_read_only")).scalar_one() == "on"


NAMES = (
    'xzcf"; DROP TABLE ht; --',
    "xzcf; DROP TABLE ht",
    "xzcf' OR '1'='1",
    'a"b',
    "%s",
    ":code",
    "(SELECT 1)",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name_and_no_sql(source: Agency, name: str) -> None:
    for changes in (
        {"table": name},
        {"schema": name},
        {"code": name},
        {"changed": name},
        {"only": {name: "1"}},
    ):
        with (
            pytest.raises(ReportgenError) as caught,
            source.opened(subjects=mapping_data()["subjects"] | changes),
        ):
            raise AssertionError
        assert caught.value.code in {"E0301", "E0367"}
    quoted = name.replace('"', '""')
    source.run(
        f'CREATE TABLE "{quoted}" ("{quoted}" TEXT, b TEXT)',
        f"INSERT INTO \"{quoted}\" VALUES ('{FIRST}', 'x')",
    )
    subjects = {"table": name, "code": name, "only": {name: [FIRST, name]}, "fields": {"name": "b"}}
    with source.opened(subjects=subjects) as database:
        assert database.there([FIRST, "' OR 1=1 --"]) == {FIRST}
        assert [item.tree.get("name") for item in database.read([FIRST, "' OR 1=1 --"], DAY)] == ["x", None]


def test_tables_and_columns_that_are_not_there_are_named(source: Agency) -> None:
    data = mapping_data()
    data["records"][0] |= {"table": "xzxk"}
    data["statements"][0] |= {"changed": "gx", "only": {"bz": "1"}}
    with pytest.raises(ReportgenError) as caught, source.opened(**data):
        raise AssertionError
    assert [(fault.path, fault.what) for fault in caught.value.faults] == [
        ("statements[0]", "cwbb 没有 gx 列"),
        ("statements[0]", "cwbb 没有 bz 列"),
        ("records[0].table", "数据库中没有 xzxk，或无权读取"),
    ]


@pytest.mark.parametrize("column", ["mc", "zczb"])
def test_a_time_of_change_that_is_none_is_named(source: Agency, column: str) -> None:
    subjects = mapping_data()["subjects"] | {"changed": column}
    with (
        source.opened(subjects=subjects) as database,
        pytest.raises(ReportgenError, match=f"{column} 列不是时间"),
    ):
        database.marks(datetime(2026, 11, 22, 9, 30))


def test_what_stands_in_a_table_is_told_with_its_place(source: Agency) -> None:
    with source.opened() as database:
        assert list(database.changed({})) == [[FIRST, SECOND]]
        first, second, third = database.read([FIRST, SECOND, "none"], DAY)
    assert (first.there, third.there) == (True, False)
    told = first.delivery()
    assert told is not None
    assert told.source.collected_on == DAY
    (penalty,) = told.records
    assert (penalty.amount, penalty.determined_on, penalty.location) == (
        Decimal(15000),
        date(2026, 5, 20),
        "xzcf 表 id=1 的行",
    )
    assert told.statements[0].total_assets == Decimal("415312365.31")
    assert told.registration is not None
    assert told.registration.term_until == date(2099, 12, 31)
    other = second.delivery()
    assert other is not None
    assert other.records[0].amount is None


def test_the_digest_is_of_what_is_said_and_not_of_the_day(source: Agency) -> None:
    with source.opened() as database:
        (one,), (later,) = (database.read([FIRST], day) for day in (DAY, date(2026, 11, 23)))
    source.changed("ht", "je = je + 1", "htbh = 'HT-001'", "2026-11-20 08:00:00")
    with source.opened() as database:
        (other,) = database.read([FIRST], DAY)
    assert one.digest == later.digest != other.digest


@pytest.mark.parametrize(
    ("part", "field", "cell", "value", "said"),
    [
        ("records", "title", "a", None, None),
        ("records", "title", "a", "—", None),
        ("records", "title", "a", 20260520, "20260520"),
        ("records", "title", "a", UUID(int=1), str(UUID(int=1))),
        ("records", "determined_on", "a", date(1900, 1, 1), None),
        ("records", "valid_until", "a", date(9999, 12, 31), "9999-12-31"),
        ("records", "valid_until", "a", "长期", "2099-12-31"),
        ("records", "determined_on", "a", "20260520", "2026-05-20"),
        ("records", "determined_on", "a", datetime(2026, 5, 20, 14, 30), "2026-05-20"),
        ("records", "determined_on", "a", datetime(2026, 5, 19, 17, 0, tzinfo=UTC), "2026-05-20"),
        ("records", "amount", {"column": "a", "unit": "万元"}, Decimal("1.5"), "15000.0"),
        ("records", "amount", {"column": "a", "unit": "元"}, Decimal("1E+3"), "1000"),
        ("records", "amount", {"column": "a", "unit": "万元"}, 0.3, "3000.0"),
        ("records", "amount", {"column": "a", "unit": "万元"}, "1.2亿元", "120000000.0"),
        ("records", "against", "a", True, "true"),
        ("records", "against", {"column": "a", "words": {"0": "否"}}, 0, "false"),
        ("records", "against", {"column": "a", "words": {"false": "否"}}, False, "false"),
        ("records", "measures", "a", ["警告", None, "罚款"], ["警告", "罚款"]),
        (
            "records",
            "measures",
            {"column": "a", "words": {"1": "警告", "2": "罚款"}},
            "1;2",
            ["警告", "罚款"],
        ),
        ("shareholders", "share", {"column": "a", "unit": "%"}, Decimal("62.5"), "0.625"),
        ("shareholders", "share", "a", Decimal("0.625"), "0.625"),
        ("statements", "year", "a", 2025, "2025"),
    ],
)
def test_a_column_is_read_as_a_cell_is(
    part: str, field: str, cell: object, value: object, said: object
) -> None:
    tree, wrong = read(part, {"a": value}, **{field: cell})
    assert (tree.get(field), wrong) == (said, {})


@pytest.mark.parametrize(
    ("cell", "value", "why"),
    [
        ({"column": "a", "words": {"1": "x"}}, "2", "words 没有写明 2 的意思"),
        ("a", b"x", "不是文字、数字或日期"),
        ("a", {"x": 1}, "不是文字、数字或日期"),
        ("a", 0.1 + 0.2, "浮点数"),
        ("a", float("nan"), "浮点数"),
        ("a", "a\x00b", "控制字符"),
    ],
)
def test_what_cannot_be_read_is_said(cell: object, value: object, why: str) -> None:
    tree, wrong = read("records", {"a": value}, title=cell)
    assert tree == {}
    assert why in wrong["title"]


@pytest.mark.parametrize(
    ("amount", "tree"), [(None, {}), (5, {"annual_output": {"amount": "5", "unit": "吨"}})]
)
def test_what_is_always_the_same_says_nothing_alone(amount: Any, tree: Data) -> None:
    fields: Data = {"annual_output.amount": "a", "annual_output.unit": {"value": "吨"}}
    assert read("qualifications", {"a": amount}, **fields) == (tree, {})


def test_the_hash_of_a_mapping_tells_what_is_read() -> None:
    assert mapped().sha256() == mapped(overlap_minutes=5).sha256() != mapped(contracts=[]).sha256()
    assert Mapped.model_json_schema()["properties"]["records"]
