"""The charts: every text is known, the finding is told, and no data breaks them."""

import base64
import logging
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.document.chart_formula import FormulaLine, capacity_formula
from reportgen.document.chart_style import Chart, cut
from reportgen.document.chart_timeline import RecordPoint, record_timeline
from reportgen.document.charts import (
    FactorBar,
    SlackBar,
    YearFigures,
    factor_profile,
    finance_trend,
    requirement_slack,
)
from reportgen.settings import asset_dir

SVG = "{http://www.w3.org/2000/svg}"
START, END = date(2023, 11, 21), date(2026, 11, 21)

FACTORS = [
    FactorBar("技术水平", 82.4, 60),
    FactorBar("设备条件", 100, 50),
    FactorBar("人力资源", 41.96, 60),
    FactorBar("资金实力", None, 60),
]
YEARS = [
    YearFigures(2023, Decimal("123456789.12"), Decimal(7654321), Decimal("0.623")),
    YearFigures(2024, Decimal(145678901), Decimal("-12345678.5"), Decimal("0.581")),
    YearFigures(2025, Decimal(168901234), None, Decimal("0.554")),
]
POINTS = [
    RecordPoint(date(2015, 5, 1), "失信被执行人", "严重"),
    RecordPoint(date(2024, 3, 5), "行政处罚", "一般"),
    RecordPoint(date(2024, 3, 20), "行政处罚", "一般"),
    RecordPoint(date(2025, 7, 2), "行政处罚", "严重", disputed=True),
    RecordPoint(date(2025, 4, 22), "纳税信用A级", "良好"),
]
BARS = [
    SlackBar("施工总承包资质", 1.0, "满足"),
    SlackBar("近三年年均营业收入", 1.46, "满足"),
    SlackBar("一级注册建造师", 0.8, "不满足"),
    SlackBar("同类工程业绩", 5.6, "满足"),
    SlackBar("安全生产许可证", None, "未证实"),
]
LINES = [
    FormulaLine(
        "① 岑峤路桥工程有限公司", ("2.7165 亿元（2025 年）", "2.5", "2", "1.182 亿元", "12.4005 亿元")
    ),
    FormulaLine(
        "② 磐翎桥梁工程有限公司", ("9,899.15 万元（2024 年）", "2.5", "2", "3,610 万元", "4.5886 亿元")
    ),
]
CHARTS: dict[str, Callable[[], Chart]] = {
    "capacity": lambda: capacity_formula(LINES, "投标能力 ≥ 2.12 亿元", "满足"),
    "factors": lambda: factor_profile(FACTORS),
    "finance": lambda: finance_trend(YEARS),
    "records": lambda: record_timeline(POINTS, START, END),
    "requirements": lambda: requirement_slack(BARS),
}
each_chart = pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)


def texts(chart: Chart) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(chart.svg).iter(f"{SVG}text")]


def dashed(chart: Chart) -> int:
    return chart.svg.count("stroke-dasharray")


@each_chart
def test_the_preflight_is_told_every_text(make: Callable[[], Chart]) -> None:
    chart = make()
    assert set(texts(chart)) == set(chart.strings)
    assert all(chart.strings)


@each_chart
def test_type_is_reportgen_hei_and_never_under_7_5_points(make: Callable[[], Chart]) -> None:
    for text in ElementTree.fromstring(make().svg).iter(f"{SVG}text"):
        assert text.attrib["font-family"].startswith("'Reportgen Hei'")
        assert float(text.attrib["font-size"].removesuffix("px")) >= 7.5


@each_chart
def test_it_fits_the_content_of_an_a4_page(make: Callable[[], Chart]) -> None:
    chart = make()
    svg = ElementTree.fromstring(chart.svg)
    assert chart.width_mm == 165
    assert 35 <= chart.height_mm <= 70
    assert svg.attrib["width"] == f"{chart.width_mm * 72 / 25.4:.6f}".rstrip("0") + "pt"
    for text in svg.iter(f"{SVG}text"):
        assert 0 <= float(text.attrib["x"]) <= 165 * 72 / 25.4
        assert 0 < float(text.attrib["y"]) < chart.height_mm * 72 / 25.4


@each_chart
def test_the_title_is_the_alternative_text_and_nothing_is_dated(make: Callable[[], Chart]) -> None:
    chart = make()
    svg = ElementTree.fromstring(chart.svg)
    assert svg.findtext(f"{SVG}title") == chart.alt
    assert chart.alt.endswith("。")
    assert "Matplotlib" not in chart.svg
    assert "<dc:date>" not in chart.svg


@each_chart
def test_the_same_data_gives_the_same_bytes(make: Callable[[], Chart]) -> None:
    first, second = make(), make()
    assert first == second


@pytest.mark.parametrize("seed", ["1", "2"])
def test_bytes_do_not_depend_on_the_process(seed: str) -> None:
    program = (
        "from reportgen.document.charts import *; import sys;"
        "sys.stdout.write(factor_profile([FactorBar('A', 41.96, 60), FactorBar('B', None, 60)]).svg)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
        cwd=".",
    )
    assert run.stdout.decode() == factor_profile([FactorBar("A", 41.96, 60), FactorBar("B", None, 60)]).svg


@pytest.mark.parametrize("label", ["单价 $A\\cdot N$ 元", "<b>&'\"", "行\n列\x00\ud800\uffff", "𠮷"])
def test_hostile_labels_are_drawn_as_plain_text(label: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        charts = (
            factor_profile([FactorBar(label, 50, 60)]),
            requirement_slack([SlackBar(label, 1.2, "满足")]),
            record_timeline([RecordPoint(END, label, "一般")], START, END),
        )
    assert not [record for record in caplog.records if "font" in record.getMessage()]
    for chart in charts:
        assert cut(label) in texts(chart)


def test_private_use_characters_reach_the_preflight() -> None:
    assert "王\ue000" in factor_profile([FactorBar("王\ue000", 50, 60)]).strings


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("一级注册建造师（建筑工程）", "一级注册建造师（建筑工程）"),
        ("一级注册建造师（建筑工程）人数", "一级注册建造师（建筑工程）…"),
        ("ISO 9001 quality management", "ISO 9001 quality manage…"),
        ("", ""),
    ],
)
def test_long_labels_are_cut_at_fourteen_full_width_characters(label: str, shown: str) -> None:
    assert cut(label) == shown


def test_a_factor_below_its_floor_is_said_in_words_and_never_rounded_up_to_it() -> None:
    chart = factor_profile([FactorBar("人力资源", 59.99, 60), FactorBar("技术水平", 60, 60)])
    assert "59.9" in texts(chart)
    assert texts(chart).count("低于底线 60") == 1
    assert texts(chart).count("底线 60") == 1
    assert "：人力资源低于底线。人力资源 59.9 分（底线 60），技术水平 60 分（底线 60）。" in chart.alt


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (1.0375, "103.8%"),
        (2 / 3, "66.7%"),
        (0.66649, "66.6%"),
        (0.9995, "99.9%"),
        (0.99999, "99.9%"),
        (1.0, "100%"),
    ],
)
def test_a_share_is_rounded_half_up_but_never_up_to_what_it_misses(ratio: float, shown: str) -> None:
    assert shown in texts(
        requirement_slack([SlackBar("流动资金", ratio, "满足" if ratio >= 1 else "不满足")])
    )


def test_a_score_is_rounded_half_up() -> None:
    assert "76.7" in texts(factor_profile([FactorBar("人力资源", 76.65, 60)]))


def test_a_factor_that_was_not_assessed_says_so() -> None:
    chart = factor_profile(FACTORS)
    assert "未评" in texts(chart)
    assert dashed(chart) == 1
    assert "资金实力未评" in chart.alt
    assert "恰好满足本项目需要" in texts(chart)


def test_a_factor_without_a_floor_shows_none() -> None:
    assert not [text for text in texts(factor_profile([FactorBar("资金实力", 0, 0)])) if "底线" in text]


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_score_stands_clear_of_the_floor_and_of_the_need(score: float, floor: float) -> None:
    svg = ElementTree.fromstring(factor_profile([FactorBar("技术水平", score, floor)]).svg)
    label = next(text for text in svg.iter(f"{SVG}text") if text.get("font-weight") == "700")
    left = float(label.attrib["x"]) * 25.4 / 72
    right = left + len(label.text or "") * 0.5 * 8.5 * 25.4 / 72
    for line in (36 + 96 * floor / 100, 132):
        assert not left < line < right
    assert left > 36 + 96 * score / 100


@pytest.mark.parametrize(
    "row", [FactorBar("甲", 100.1, 60), FactorBar("甲", -1, 60), FactorBar("甲", 1, 101)]
)
def test_a_score_or_floor_outside_the_scale_is_refused(row: FactorBar) -> None:
    with pytest.raises(ValueError, match="not 0 to 100"):
        factor_profile([row])


def test_money_is_drawn_in_the_unit_that_fits() -> None:
    large = YearFigures(2025, Decimal(2345678901), Decimal(-34567890), None)
    assert {"营业收入与净利润（万元）", "12,346", "765.4", "−1,235", "未提供"} <= set(
        texts(finance_trend(YEARS))
    )
    assert {"营业收入与净利润（亿元）", "23.46", "−0.35"} <= set(texts(finance_trend([large])))


def test_the_finding_of_the_accounts_names_the_loss_and_every_figure() -> None:
    alt = finance_trend(YEARS).alt
    assert "2024 年亏损" in alt
    assert "2024 年营业收入 14,568 万元，净利润 −1,235 万元，资产负债率 58.1%" in alt
    assert "2025 年营业收入 16,890 万元，净利润未提供" in alt
    assert "均无亏损" in finance_trend(YEARS[:1]).alt


def test_the_order_of_years_does_not_matter() -> None:
    assert finance_trend(YEARS[::-1]) == finance_trend(YEARS)


@pytest.mark.parametrize(
    "years",
    [
        [YearFigures(2025, Decimal(0), Decimal(0), Decimal(0))],
        [YearFigures(2024, None, None, None), YearFigures(2025, None, None, None)],
        [YearFigures(2025, Decimal(-5), Decimal("-0.01"), Decimal("-0.5"))],
        [YearFigures(2025, Decimal("1e15"), Decimal("-1e15"), Decimal(300))],
    ],
)
def test_accounts_at_the_edge_can_be_drawn(years: list[YearFigures]) -> None:
    chart = finance_trend(years)
    assert set(texts(chart)) == set(chart.strings)
    assert "nan" not in chart.svg
    assert "inf" not in chart.svg


def test_a_year_without_a_debt_ratio_breaks_the_line() -> None:
    ratios = [Decimal("0.4"), None, Decimal("0.6")]
    broken = finance_trend([YearFigures(2023 + i, None, None, ratio) for i, ratio in enumerate(ratios)])
    whole = finance_trend([YearFigures(2023 + i, None, None, Decimal("0.4")) for i in range(3)])
    assert whole.svg.count('stroke-width="1.2"') - broken.svg.count('stroke-width="1.2"') == 1 + 2


def test_a_debt_ratio_above_the_whole_keeps_the_mark_of_100_percent() -> None:
    chart = finance_trend([YearFigures(2025, None, None, Decimal("1.234"))])
    assert {"123.4%", "100%"} <= set(texts(chart))


@pytest.mark.parametrize("years", [[], [YEARS[0], YEARS[0]], [*YEARS, YearFigures(2022, None, None, None)]])
def test_one_to_three_different_years_are_wanted(years: list[YearFigures]) -> None:
    with pytest.raises(ValueError, match="one to three"):
        finance_trend(years)


def test_the_timeline_tells_kinds_older_records_and_disputes() -> None:
    chart = record_timeline(POINTS, START, END)
    assert {"更早", "加圈：异议中", "数字：该时段的条数", "2023-11-21", "2026-11-21", "2024"} <= set(
        texts(chart)
    )
    assert "共 5 条，其中 1 条早于起始日，1 条异议中" in chart.alt
    assert "行政处罚 严重 1 条、一般 2 条" in chart.alt


def test_the_timeline_names_only_what_occurs() -> None:
    assert texts(record_timeline([RecordPoint(END, "行政处罚", "一般")], START, END)).count("一般") == 1
    drawn = texts(record_timeline([RecordPoint(START, "行政处罚", "一般")], START, END))
    assert not {"更早", "加圈：异议中", "严重", "数字：该时段的条数"} & set(drawn)


@given(st.permutations(POINTS))
def test_the_order_of_records_does_not_matter(points: list[RecordPoint]) -> None:
    assert record_timeline(points, START, END) == record_timeline(POINTS, START, END)


@given(st.lists(st.integers(0, 1096), min_size=181, max_size=181))
def test_181_records_in_one_lane_stay_apart_and_none_is_lost(days: list[int]) -> None:
    points = [RecordPoint(START + timedelta(day), "行政处罚", "轻微") for day in days]
    svg = ElementTree.fromstring(record_timeline(points, START, END).svg)
    counts = [
        text for text in svg.iter(f"{SVG}text") if (text.text or "").isdigit() and len(text.text or "") < 4
    ]
    places = [float(text.attrib["x"]) * 25.4 / 72 for text in counts]
    singles = 12 - len(counts)
    assert 181 - singles <= sum(int(text.text or "") for text in counts) <= 181
    assert all(later - earlier > 8 for earlier, later in pairwise(places))


def test_beyond_eight_kinds_the_rarest_share_a_lane() -> None:
    days = [START + timedelta(30 * index) for index in range(12)]
    points = [RecordPoint(day, f"类别{index:02}", "一般") for index, day in enumerate(days)]
    drawn = texts(record_timeline([*points, *points[:7]], START, END))
    assert [text for text in drawn if text.startswith("类别")] == [f"类别{index:02}" for index in range(7)]
    assert "其他" in drawn
    assert "5 条" in drawn


@pytest.mark.parametrize(
    ("points", "start", "reason"),
    [
        ([], START, "needs records"),
        (POINTS, END, "not empty"),
        ([RecordPoint(END, "行政处罚", "很重")], START, "no severity: '很重'"),
        ([RecordPoint(END + timedelta(1), "行政处罚", "一般")], START, "lies after"),
    ],
)
def test_a_timeline_that_would_mislead_is_refused(
    points: list[RecordPoint], start: date, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        record_timeline(points, start, END)


def test_requirements_tell_true_percentages_beyond_the_end_of_the_scale() -> None:
    chart = requirement_slack(BARS)
    assert {"100%", "146%", "80%", "560%"} <= set(texts(chart))
    assert "5 项要求中 3 项满足、1 项不满足、1 项未证实" in chart.alt
    assert "同类工程业绩 560%（满足），安全生产许可证（未证实）" in chart.alt
    assert dashed(chart) == 1


def test_a_requirement_missed_by_a_hair_does_not_read_100_percent() -> None:
    assert "99.9%" in texts(requirement_slack([SlackBar("投标能力", 0.99999, "不满足")]))


@pytest.mark.parametrize(
    "bars",
    [
        [],
        [SlackBar("甲", float("inf"), "满足")],
        [SlackBar("甲", float("nan"), "满足")],
        [SlackBar("甲", -0.1, "不满足")],
        [SlackBar("甲", 1, "合格")],
    ],
)
def test_requirements_without_sense_are_refused(bars: list[SlackBar]) -> None:
    with pytest.raises(ValueError, match=r"^(no (ratio|verdict): |a comparison needs)"):
        requirement_slack(bars)


def test_an_image_of_a_chart_embeds_the_documents_font_and_can_be_read_out(tmp_path: Path) -> None:
    from weasyprint import HTML

    chart = requirement_slack(BARS)
    faces = "".join(
        f"@font-face{{font-family:'Reportgen Hei';font-weight:{weight};src:url({file.as_uri()})}}"
        for weight, file in (
            (400, asset_dir("fonts") / "Hei-Regular.otf"),
            (700, asset_dir("fonts") / "Hei-Bold.otf"),
        )
    )
    data = base64.b64encode(chart.svg.encode()).decode()
    html = (
        f'<html lang=zh><style>{faces}</style><img alt="{chart.alt}" src="data:image/svg+xml;base64,{data}">'
    )
    HTML(string=html).write_pdf(tmp_path / "page.pdf")
    fonts = subprocess.run(
        ["pdffonts", tmp_path / "page.pdf"], capture_output=True, text=True, check=True
    ).stdout
    names = {line.split()[0].partition("+")[2] for line in fonts.splitlines()[2:]}
    assert names == {"Reportgen-Hei", "Reportgen-Hei-Bold"}
    words = subprocess.run(
        ["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    )
    assert all(text in words.stdout for text in chart.strings)
