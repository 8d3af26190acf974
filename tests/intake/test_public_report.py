"""A 公共信用信息报告 as JSON or PDF becomes what one source tells, and what is not certain is told instead."""

import hashlib
import io
import json
import tempfile
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import ReportgenError
from reportgen.intake.public import cells, reading
from reportgen.intake.public.delivery import Reading
from reportgen.intake.public.files import is_pdf, is_public_report, load_public_report
from reportgen.plain import read_plain
from reportgen.subject.base import Fact, Origin, is_long_term
from reportgen.subject.records import CreditRecord, Fulfilment, Measure, RecordKind, RecordState
from tests.factories import SUBJECT_USCC, Data, write_json
from tests.intake.public_reports import (
    defaulter_row,
    licence_row,
    pdf_of,
    penalty_row,
    promise_row,
    report_data,
)

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
LONG = {"生效法律文书确定的义务": "支付工程款及逾期利息，负担案件受理费与财产保全费；" * 12}
RARE = {"被执行人的履行情况": "全部履行", "生效法律文书确定的义务": "向㛃䶮𠅤𬭎设备租赁站支付租金。"}


def read(folder: Path, **changes: Any) -> Reading:
    return load_public_report(write_json(folder / "report.json", report_data(**changes)))


def remarks(found: Reading) -> str:
    return "\n".join(f"{item.path}：{item.text}" for item in found.remarks)


def record(found: Reading) -> CreditRecord:
    (only,) = found.delivery.records
    return only


def one(folder: Path, head: str, row: Data) -> Reading:
    """Read a report whose only record is this one."""
    return read(folder, **{"行政管理": [], "严重失信": [], "信用承诺": [], head: [row]})


@cache
def printed(layout: str) -> tuple[bytes, str]:
    """Return a report over several pages as PDF, and the same as JSON; both rows and records are cut by pages."""
    rows = [defaulter_row(i, **(LONG if i % 3 == 0 else {})) for i in range(1, 10)]
    data = report_data(严重失信=[*rows, defaulter_row(10, **RARE)], 标签=["失信惩戒对象"])
    return pdf_of(data, layout=layout), json.dumps(data, ensure_ascii=False)


def told(facts: tuple[Fact, ...]) -> list[dict[str, Any]]:
    """Return facts without their places and without blanks, which a page's end may swallow."""
    whole = [fact.model_dump(mode="json", exclude={"location"}) for fact in facts]
    return [{k: v.replace(" ", "") if isinstance(v, str) else v for k, v in item.items()} for item in whole]


def test_a_report_tells_its_source_with_the_hash_of_the_file(tmp_path: Path) -> None:
    path = write_json(tmp_path / "甲.json", report_data())
    source = load_public_report(path).delivery.source
    assert (source.origin, source.collected_on) == (Origin.OFFICIAL, date(2026, 5, 4))
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "2026050419025750859D39" in source.location


def test_the_columns_of_a_penalty_become_its_fields(tmp_path: Path) -> None:
    penalty = record(one(tmp_path, "行政管理", penalty_row()))
    assert penalty.measures == (Measure.FINE, Measure.WARNING)
    assert (penalty.amount, penalty.determined_on) == (Decimal(20000), date(2025, 6, 9))
    assert (penalty.publicity_until, penalty.authority) == (date(2026, 6, 9), "砚林市统计局")
    assert penalty.location == "行政管理第 1 条；数据来源单位：砚林市统计局"


def test_what_has_no_field_stands_in_the_content(tmp_path: Path) -> None:
    found = one(tmp_path, "严重失信", defaulter_row())
    assert "立案时间：2025-01-08" in record(found).content
    assert record(found).fulfilment is Fulfilment.NONE
    assert found.remarks == ()


@pytest.mark.parametrize("until", ("2099-12-31", "2099-01-31", "长期"))
def test_the_sentinel_of_a_validity_is_without_end(tmp_path: Path, until: str) -> None:
    assert is_long_term(record(one(tmp_path, "行政管理", licence_row(有效期至=until))).valid_until)


def test_an_unknown_day_is_absent(tmp_path: Path) -> None:
    assert record(one(tmp_path, "行政管理", licence_row(有效期至="1900-01-01"))).valid_until is None


def test_a_record_without_its_day_is_not_read_and_closes_no_list(tmp_path: Path) -> None:
    found = one(tmp_path, "行政管理", penalty_row(处罚决定日期="2099-12-31"))
    assert found.delivery.records == ()
    assert found.delivery.source.complete_for == ()
    assert "没有写明决定（认定、列入）日期" in remarks(found)


def test_a_kind_nobody_knows_is_read_only_where_its_head_tells_its_nature(tmp_path: Path) -> None:
    praised = one(
        tmp_path, "诚实守信", {"类型": "海关高级认证企业", "认定机关": "海关", "认定日期": "2025-05-01"}
    )
    assert record(praised).kind is RecordKind.OTHER_GOOD
    unclear = one(tmp_path, "司法判决", {"类型": "行政判决", "法院": "法院", "判决日期": "2025-05-01"})
    assert unclear.delivery.records == ()
    assert "良好还是不良不能确定" in remarks(unclear)


@pytest.mark.parametrize(
    ("head", "row", "kind"),
    (
        (
            "严重失信",
            {"名单类型": "重大税收违法失信主体", "列入日期": "2025-05-01", "认定机关": "税务局"},
            RecordKind.SERIOUS_LIST,
        ),
        (
            "经营异常",
            {"列入原因": "未公示年报", "列入日期": "2025-07-01", "列入机关": "监管局"},
            RecordKind.ABNORMAL_LIST,
        ),
        ("信用承诺", promise_row(履行状态="违背承诺"), RecordKind.BROKEN_PROMISE),
        ("信用承诺", promise_row(), RecordKind.PROMISE),
    ),
)
def test_a_kind_is_known_by_its_name_and_head(tmp_path: Path, head: str, row: Data, kind: RecordKind) -> None:
    assert record(one(tmp_path, head, row)).kind is kind


def test_a_listing_that_was_left_says_so(tmp_path: Path) -> None:
    row = {"列入原因": "未公示年报", "列入日期": "2025-07-01", "移出日期": "2025-08-01", "列入机关": "监管局"}
    listing = record(one(tmp_path, "经营异常", row))
    assert (listing.removed_on, listing.in_force(date(2026, 1, 1))) == (date(2025, 8, 1), False)


def test_a_repaired_record_needs_the_day_of_its_repair(tmp_path: Path) -> None:
    repaired = one(tmp_path, "行政管理", penalty_row(状态="已修复", 修复日期="2026-01-05"))
    assert record(repaired).state is RecordState.REPAIRED
    assert one(tmp_path, "行政管理", penalty_row(状态="已修复")).delivery.records == ()


@pytest.mark.parametrize(
    "changes", ({"罚款金额（万元）": "约2"}, {"处罚类别": "谴责"}, {"公示截止期": "不明"})
)
def test_an_unclear_cell_is_told_and_kept_in_words(tmp_path: Path, changes: Data) -> None:
    found = one(tmp_path, "行政管理", penalty_row(**changes))
    ((label, text),) = changes.items()
    assert f"{label}：{text}" in record(found).content
    assert f"“{text}”" in remarks(found)


def test_a_column_nobody_knows_is_kept_and_told(tmp_path: Path) -> None:
    found = one(tmp_path, "行政管理", penalty_row(备注="甲"))
    assert "备注：甲" in record(found).content
    assert "不认识的栏目 备注" in remarks(found)


def test_a_licence_listed_twice_is_one(tmp_path: Path) -> None:
    again = licence_row(数据来源单位="国家公共信用信息中心", 许可类别="— —")
    found = read(tmp_path, 行政管理=[licence_row(), again])
    (licence,) = [item for item in found.delivery.records if item.kind is RecordKind.LICENCE]
    assert licence.category == "普通"
    assert "同一事项列出 2 次" in remarks(found)
    assert found.delivery.source.complete_for == ("public_records",)


def test_of_two_contradicting_lines_the_less_favourable_counts(tmp_path: Path) -> None:
    rows = [defaulter_row(被执行人的履行情况="全部履行"), defaulter_row()]
    for order in (rows, rows[::-1]):
        found = read(tmp_path, 行政管理=[], 信用承诺=[], 严重失信=order)
        assert record(found).fulfilment is Fulfilment.NONE
        assert "是同一事项而内容不同（fulfilment）" in remarks(found)


def test_counts_that_differ_close_no_list(tmp_path: Path) -> None:
    counts = {**report_data()["概要"], "严重失信": "181"}
    found = read(tmp_path, 概要=counts)
    assert "严重失信写明 181，读到 1 条" in remarks(found)
    assert found.delivery.source.complete_for == ()
    assert read(tmp_path, 概要={}).delivery.source.complete_for == ()


def test_the_qualifications_of_a_report_are_read_and_close_no_list(tmp_path: Path) -> None:
    row = {
        "资质名称": "建筑工程施工总承包",
        "资质等级": "三级",
        "证书编号": "D3",
        "发证机关": "厅",
        "有效期至": "长期",
        "备注": "甲",
    }
    found = read(tmp_path, 资质=[row])
    delivery = found.delivery
    assert remarks(found) == "资质第 1 条：没有去处的栏目 备注，没有读取"
    assert [item.category for item in delivery.qualifications] == ["建筑工程施工总承包"]
    assert delivery.source.complete_for == ("public_records",)


def test_an_incomplete_registration_is_none_and_told(tmp_path: Path) -> None:
    basics = {k: v for k, v in report_data()["基本信息"].items() if k != "登记机关"}
    found = read(tmp_path, 基本信息=basics)
    assert found.delivery.registration is None
    assert "没有 登记机关" in remarks(found)


@pytest.mark.parametrize(("text", "capital"), (("5000万元人民币", 50_000_000), ("1000万美元", None)))
def test_a_capital_in_another_currency_is_told_and_absent(
    tmp_path: Path, text: str, capital: int | None
) -> None:
    found = read(tmp_path, 基本信息={**report_data()["基本信息"], "注册资本": text})
    assert found.delivery.registration is not None
    assert found.delivery.registration.capital == capital
    assert ("注册资本" in remarks(found)) is (capital is None)


@pytest.mark.parametrize(
    ("changes", "path"),
    (
        ({"基本信息": {"企业名称": "甲"}}, "uscc"),
        ({"基本信息": {**report_data()["基本信息"], "统一社会信用代码": ""}}, "uscc"),
        ({"生成时间": "昨日"}, "生成时间"),
        ({"行政管理": "无"}, "行政管理"),
        ({"严重失信": [{"案号": ["甲"]}]}, "严重失信[0].案号"),
        ({"标签": {"甲": "乙"}}, "标签"),
    ),
)
def test_a_file_of_another_shape_is_refused_by_path(tmp_path: Path, changes: Data, path: str) -> None:
    with pytest.raises(ReportgenError) as refused:
        read(tmp_path, **{"概要": {}, **changes})
    assert [fault.path for fault in refused.value.faults] == [path]


def test_181_records_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, 严重失信=[defaulter_row(i) for i in range(1, 182)])
    assert sum(item.kind is RecordKind.DEFAULTER for item in found.delivery.records) == 181
    assert found.remarks == ()


@pytest.mark.parametrize("layout", ("pairs", "list"))
def test_the_pdf_of_a_report_tells_what_its_json_tells(tmp_path: Path, layout: str) -> None:
    pdf, text = printed(layout)
    (tmp_path / "a.pdf").write_bytes(pdf)
    (tmp_path / "a.json").write_text(text, "utf-8")
    assert is_pdf(tmp_path / "a.pdf")
    assert is_public_report(tmp_path / "a.json", read_plain(tmp_path / "a.json"))
    seen, known = load_public_report(tmp_path / "a.pdf"), load_public_report(tmp_path / "a.json")
    assert remarks(seen) == "标签：报告将主体标为“失信惩戒对象”"
    assert told(seen.delivery.records) == told(known.delivery.records)
    assert seen.delivery.source.complete_for == ("public_records",)
    assert seen.delivery.source.sha256 == hashlib.sha256(pdf).hexdigest()
    pages = {int(item.location.split()[1]) for item in seen.delivery.records}
    assert len(pages) > 2


def test_both_examples_of_the_guide_tell_the_same() -> None:
    seen, known = (load_public_report(EXAMPLES / f"public-report.{ending}") for ending in ("pdf", "json"))
    assert told(seen.delivery.records) == told(known.delivery.records)
    assert seen.delivery.registration is not None


def test_a_head_nobody_knows_is_told_with_its_page(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of(report_data(行政管理=[]), rename={"信用承诺": "星象"}))
    found = load_public_report(tmp_path / "a.pdf")
    assert "第 1 页：不认识的部分“星象信息（共1条）”" in remarks(found)
    assert "信用承诺写明 1，读到 0 条" in remarks(found)
    assert found.delivery.source.complete_for == ()


@cache
def small() -> bytes:
    """Return a report of a page."""
    return pdf_of(report_data(行政管理=[], 信用承诺=[]))


def drawn(change: bytes) -> bytes:
    """Return a report whose every page begins its texts with another operator."""
    with pikepdf.open(io.BytesIO(small())) as document:
        for page in document.pages:
            page.contents_coalesce()
            page.Contents.write(page.Contents.read_bytes().replace(b"BT", b"BT " + change))
        made = io.BytesIO()
        document.save(made)
        return made.getvalue()


def test_invisible_text_is_not_read() -> None:
    (page, *_) = cells.pages_of(drawn(b"3 Tr"))
    assert page["hidden"] > 100
    assert not [item for item in page["items"] if item[0] == "line"]


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(drawn(b"3 Tr"))
    with pytest.raises(ReportgenError, match="E0390"):
        load_public_report(path)
    path.write_bytes(b"%PDF-1.7 and no more")
    with pytest.raises(ReportgenError, match="不是完好的 PDF"):
        load_public_report(path)


def test_a_pdf_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_SECONDS", 0.01)
    with pytest.raises(ReportgenError, match="超出时限"):
        reading.pages_in(tmp_path / "a.pdf", small())


def test_a_pdf_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 100)
    path = tmp_path / "a.pdf"
    path.write_bytes(small())
    with pytest.raises(ReportgenError, match="E0303"):
        load_public_report(path)


def test_of_a_pdf_that_is_too_large_no_byte_is_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7")
        file.truncate(1 << 40)
    with pytest.raises(ReportgenError, match="E0303"):
        load_public_report(path)


@pytest.mark.parametrize("limit", ("MOST_PAGES", "MOST_CHARACTERS"))
def test_a_pdf_has_its_limits(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(cells, limit, 0)
    with pytest.raises(cells.UnfitError, match="至多 0"):
        list(cells.pages_of(small()))


@settings(max_examples=40)
@given(st.data())
def test_a_damaged_pdf_is_read_or_refused(data: st.DataObject) -> None:
    pdf = bytearray(small())
    for place in data.draw(st.lists(st.integers(0, len(pdf) - 1), max_size=4)):
        pdf[place] ^= data.draw(st.integers(1, 255))
    end = data.draw(st.integers(0, len(pdf)))
    try:
        list(cells.pages_of(bytes(pdf[:end] if data.draw(st.booleans()) else pdf)))
    except cells.UnfitError as error:
        assert str(error)


_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["2099-12-31", "长期", "— —"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_a_mutated_file_is_read_or_refused(data: st.DataObject) -> None:
    report = deepcopy(report_data())
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(report, data)
    text = json.dumps(report, ensure_ascii=False)
    cut = data.draw(st.integers(0, len(text)) | st.just(len(text)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.json")
        path.write_text(text[:cut], "utf-8", errors="surrogatepass")
        try:
            assert load_public_report(path).delivery.uscc == SUBJECT_USCC
        except ReportgenError as error:
            assert error.text()


def mutate(report: Data, data: st.DataObject) -> None:
    """Put anything in the place of a part, a row or a cell."""
    place: Any = report
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(_ANYTHING)
            return
        place = place[key]


@pytest.mark.soak
def test_a_pdf_of_181_records_is_read(tmp_path: Path) -> None:
    data = report_data(严重失信=[defaulter_row(i) for i in range(1, 182)])
    (tmp_path / "a.pdf").write_bytes(pdf_of(data))
    found = load_public_report(tmp_path / "a.pdf")
    assert (len(found.delivery.records), found.remarks) == (184, ())
