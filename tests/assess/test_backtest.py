"""The backtest: its measures against scikit-learn, and how tables are read."""

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from reportgen.assess.backtest import (
    Z_COLUMNS,
    auc,
    backtest,
    delong,
    ks,
    parse,
    points_of,
    power,
    probability,
    read_table,
    total_points,
    z_scores,
)
from reportgen.assess.scorecard import load_card
from reportgen.errors import ReportgenError

CARD = load_card()
IDS = [curve.id for curve in CARD.ratios]
# Few distinct scores, so that ties are common.
samples = st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=2, max_size=60).filter(
    lambda rows: len({failed for failed, _ in rows}) == 2
)


def arrays(rows: Sequence[tuple[bool, int]]) -> tuple[Any, Any]:
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows], dtype=float)


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def parsed(*rows: str, wanted: Sequence[str] = ("quick_ratio",)) -> Any:
    return parse([row.split(",") for row in rows], wanted, "bankrupt")


@given(samples)
def test_auc_and_ks_are_those_of_scikit_learn(rows: list[tuple[bool, int]]) -> None:
    failed, score = arrays(rows)
    false, true, _ = roc_curve(failed, score, drop_intermediate=False)
    assert auc(failed, score) == pytest.approx(roc_auc_score(failed, score))
    assert ks(failed, score) == pytest.approx(np.abs(true - false).max())


@given(samples)
def test_turning_the_score_round_turns_the_auc_round(rows: list[tuple[bool, int]]) -> None:
    failed, score = arrays(rows)
    assert auc(failed, -score) == pytest.approx(1 - auc(failed, score))


def test_the_interval_of_delong_is_that_of_its_definition() -> None:
    rng = np.random.default_rng(1)
    failed = rng.random(300) < 0.2
    score = np.round(rng.normal(size=300) + failed, 1)
    bad, good = score[failed], score[~failed]
    wins = (bad[:, None] > good) + 0.5 * (bad[:, None] == good)
    spread = np.sqrt(wins.mean(1).var(ddof=1) / len(bad) + wins.mean(0).var(ddof=1) / len(good))
    value, own = delong(failed, score)
    assert value == pytest.approx(wins.mean())
    assert own == pytest.approx(spread)
    found = power(failed, score)
    assert found.interval is not None
    assert found.interval.high - found.interval.low == pytest.approx(2 * 1.959964 * spread)


def test_one_failure_gives_no_interval() -> None:
    assert power(np.array([True, False, False]), np.array([3.0, 1.0, 2.0])).interval is None


@given(st.lists(st.one_of(st.none(), st.integers(-3000, 3000)), min_size=1))
def test_points_of_a_column_are_those_of_the_card(cells: list[int | None]) -> None:
    values = [None if cell is None else Decimal(cell) / 500 for cell in cells]
    column = np.array([np.nan if value is None else float(value) for value in values])
    for curve in CARD.ratios:
        given_values = [None if curve.ratio.zero_unknown and value == 0 else value for value in values]
        expected = [float(curve.points(value)) for value in given_values]
        # A half in the last decimal may fall either way in binary.
        assert points_of(curve, column) == pytest.approx(expected, abs=0.1001)


def test_chances_of_a_column_are_those_of_the_card() -> None:
    totals = [-30.0, -0.1, 0.0, 12.5]
    expected = [float(CARD.probability(Decimal(str(total)))) for total in totals]
    assert probability(CARD, np.array(totals)) == pytest.approx(expected, abs=1e-4)


@given(st.sets(st.sampled_from(IDS)))
def test_an_unknown_cell_takes_its_own_points_away_and_no_others(missing: set[str]) -> None:
    rng = np.random.default_rng(3)
    columns = {name: rng.normal(size=40) for name in IDS}
    less = {name: np.full(40, np.nan) if name in missing else column for name, column in columns.items()}
    kept = [points_of(curve, columns[curve.id]) for curve in CARD.ratios if curve.id not in missing]
    assert total_points(CARD, less) == pytest.approx(np.sum(kept, axis=0) if kept else np.zeros(40))


def test_z_takes_the_median_for_what_is_missing_and_is_none_for_an_empty_column() -> None:
    columns = {name: np.array([1.0, np.nan, 3.0]) for name in Z_COLUMNS}
    total = sum(Z_COLUMNS.values())
    assert z_scores(columns) == pytest.approx([total, 2 * total, 3 * total])
    assert z_scores({**columns, "ebit_to_assets": np.full(3, np.nan)}) is None


def test_a_table_ignores_other_columns_and_knows_none_that_is_absent() -> None:
    table = parsed(
        "extra,quick_ratio,extra,bankrupt", "x,1.5,y,1", "x,,y,0", wanted=("quick_ratio", "sales_growth")
    )
    assert table.failed.tolist() == [True, False]
    assert table.columns["quick_ratio"].tolist() == pytest.approx([1.5, np.nan], nan_ok=True)
    assert np.isnan(table.columns["sales_growth"]).all()
    assert table.absent == ("sales_growth",)


@pytest.mark.parametrize("word", ["", "?", "NA", "nan", "NULL", "—", " ", "inf", "-Infinity", "1e999"])
def test_what_stands_for_unknown_is_unknown(word: str) -> None:
    assert np.isnan(parsed("quick_ratio,bankrupt", f"{word},1").columns["quick_ratio"]).all()


@pytest.mark.parametrize(("word", "failed"), [("1", True), ("True", True), ("是", True), ("0", False), ("FALSE", False), ("否", False)])  # fmt: skip
def test_the_words_of_a_label(word: str, failed: bool) -> None:
    assert parsed("quick_ratio,bankrupt", f"1,{word}").failed.tolist() == [failed]


def test_rows_without_a_label_are_counted_and_left_out() -> None:
    table = parsed("quick_ratio,bankrupt", "1,1", "bad,", "2,?", "", "3,0")
    assert (table.unlabelled, len(table.failed)) == (2, 2)


@pytest.mark.parametrize("cell", ["abc", "1,5", "１", "1_0", "12%", "0x1", "1 2"])
def test_a_bad_number_is_named_by_row_and_column(cell: str) -> None:
    with pytest.raises(ReportgenError) as caught:
        parse([["quick_ratio", "bankrupt"], ["1", "1"], [cell, "0"]], ["quick_ratio"], "bankrupt")
    assert caught.value.code == "E0330"
    assert f"第 3 行 quick_ratio 列：不是数字：{cell}" in caught.value.text()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["quick_ratio,failed", "1,1"], "没有 bankrupt 列"),
        ([], "没有 bankrupt 列"),
        (["quick_ratio,quick_ratio,bankrupt", "1,1,1"], "quick_ratio 列重复 2 次"),
        (["quick_ratio,bankrupt", "1,2"], "第 2 行 bankrupt 列：标签只能是"),
        (["quick_ratio,bankrupt", "1,1,1"], "第 2 行：有 3 列，表头有 2 列"),
        (["quick_ratio,bankrupt"], "没有带标签的行"),
    ],
)
def test_a_table_that_cannot_be_judged_is_refused(rows: list[str], said: str) -> None:
    with pytest.raises(ReportgenError) as caught:
        parsed(*rows)
    assert caught.value.code == "E0330"
    assert said in caught.value.text()


def test_of_many_faults_the_first_are_listed_and_all_are_counted() -> None:
    with pytest.raises(ReportgenError) as caught:
        parsed("quick_ratio,bankrupt", *["x,1"] * 80)
    assert "共 80 处" in caught.value.text()
    assert "其余 30 处从略" in caught.value.text()
    assert len(caught.value.faults) == 51


def test_a_ratio_is_no_label(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ["quick_ratio"], [[1], [0]])
    with pytest.raises(ReportgenError, match="不能作标签"):
        backtest(path, "quick_ratio", CARD)


@pytest.mark.parametrize("labels", [[1, 1], [0, 0]])
def test_one_class_alone_is_refused(labels: list[int], tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ["quick_ratio", "bankrupt"], [[1, label] for label in labels])
    with pytest.raises(ReportgenError) as caught:
        backtest(path, "bankrupt", CARD)
    assert caught.value.code == "E0331"


def test_where_a_file_is_not_utf_8_the_place_is_told_however_late_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = b"quick_ratio,bankrupt\n" + b"1,1\n" * 30_000
    path.write_bytes(head + "企业,0\n".encode("gbk"))
    with pytest.raises(ReportgenError) as caught:
        read_table(path, ["quick_ratio"], "bankrupt")
    assert caught.value.code == "E0304"
    assert caught.value.facts["offset"] == len(head) + 1


def test_groups_hold_every_company_once_and_the_worst_come_last(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    failed = rng.random(2000) < 0.1
    columns = [np.round(rng.normal(size=2000) - failed * 0.5, 2) for _ in IDS]
    rows = [[*(column[i] for column in columns), int(failed[i])] for i in range(2000)]
    found = backtest(write(tmp_path / "a.csv", [*IDS, "bankrupt"], rows), "bankrupt", CARD)
    for groups in (found.deciles, found.bands):
        assert sum(group.companies for group in groups) == found.companies == 2000
        assert sum(group.failures for group in groups) == found.failures == failed.sum()
    predicted = [group.predicted for group in found.deciles]
    assert predicted == sorted(p for p in predicted if p is not None)
    assert found.points.auc > 0.6


def test_without_the_columns_of_z_only_the_card_is_judged(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ["quick_ratio", "bankrupt"], [[0.1, 1], [0.2, 1], [3, 0], [2, 0]])
    found = backtest(path, "bankrupt", CARD)
    assert (found.points.auc, found.points.ks) == (1, 1)
    assert found.altman is None
    assert "不能计算" in found.note
    assert set(found.absent) == {*IDS, *Z_COLUMNS} - {"quick_ratio"}
    assert found.coverage == pytest.approx(1 / len(IDS))


def test_companies_of_which_nothing_is_known_are_all_alike(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ["other", "bankrupt"], [[1, 1], [2, 0]])
    found = backtest(path, "bankrupt", CARD)
    assert (found.points.auc, found.points.ks, found.coverage) == (0.5, 0, 0)
