"""The fit on made-up companies: right directions, the same file each time, nothing learned from gaps."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from reportgen.assess.backtest import Z_COLUMNS, points_of
from reportgen.assess.scorecard import RATIOS, RELEASED, Sense, load_card
from scripts import finance_page
from scripts.finance_fitting import fit_bins, fit_piecewise, fit_weights, oriented, ramps, select
from scripts.fit_finance import main, read_companies, within_patterns

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = tuple(
    dict.fromkeys(
        (*RATIOS, *Z_COLUMNS, "three_year_gross_profit_to_assets", "operating_profit_to_financial_expenses")
    )
)
STRONG = ("quick_ratio", "net_profit_to_sales", "total_liabilities_to_assets")


def made_up(count: int = 1500, seed: int = 7) -> tuple[dict[str, Any], Any]:
    """Return columns of noise, in three of which failures are worse, and the labels."""
    rng = np.random.default_rng(seed)
    failed = rng.random(count) < 0.12
    columns = {name: np.round(rng.normal(size=count), 4) for name in COLUMNS}
    for name in STRONG:
        columns[name] += np.where(failed, -1.2, 0) * (-1 if RATIOS[name].sense is Sense.LOWER else 1)
    return columns, failed


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fit") / "companies.csv"
    columns, failed = made_up()
    rng = np.random.default_rng(8)
    rows = [
        [*("" if rng.random() < 0.03 else f"{columns[name][i]:.4f}" for name in COLUMNS), int(failed[i])]
        for i in range(len(failed))
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([[*COLUMNS, "bankrupt"], *rows, rows[0]])
    return path


def test_the_script_writes_a_card_that_loads_and_finds_what_matters(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "card.yaml"
    assert main([str(data), "--out", str(out)]) == 0
    card = load_card(out)
    assert {"quick_ratio", "net_profit_to_sales"} <= {curve.id for curve in card.ratios}
    for curve in card.ratios:
        rise = curve.knots[-1].points - curve.knots[0].points
        assert rise >= 0 if curve.ratio.sense is Sense.HIGHER else rise <= 0
        if curve.id in STRONG:
            assert abs(rise) > 5
    assert card.sample.companies == 1500


def test_the_same_data_give_the_same_file_and_the_order_of_rows_the_same_ratios(
    data: Path, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    main([str(data), "--out", str(one)])
    main([str(data), "--out", str(two)])
    assert one.read_bytes() == two.read_bytes()
    head, *rows = data.read_text("utf-8").splitlines()
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join([head, *reversed(rows)]) + "\n", "utf-8")
    main([str(turned), "--out", str(two)])
    assert one.read_bytes() == two.read_bytes()


def test_the_script_compares_draws_and_rewrites_the_page(data: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text((ROOT / "docs" / "finance.md").read_text("utf-8"), "utf-8")
    out, plots = tmp_path / "card.yaml", tmp_path / "plots"
    words = ["--plots", str(plots), "--page", str(page), "--repeats", "1", "--bootstraps", "2"]
    main([str(data), "--out", str(out), *words])
    figures = json.loads((plots / "figures.json").read_text("utf-8"))
    assert figures["data"]["repeated"] == 1
    assert figures["designs"]["shrink10"]["mean"] > 0.8 > figures["designs"]["z"]["mean"]
    assert all(
        (plots / name).read_bytes().startswith(b"\x89PNG") for name in ("curves.png", "calibration.png")
    )
    assert "企业 1500 家" in page.read_text("utf-8")


def test_rows_that_repeat_another_wholly_are_left_out(data: Path) -> None:
    table, repeated = read_companies(data, "bankrupt")
    assert (len(table.failed), repeated) == (1500, 1)


def test_unbound_weights_are_those_of_scikit_learn() -> None:
    columns, failed = made_up()
    x = np.column_stack([columns["quick_ratio"], columns["net_profit_to_sales"]])
    weights, _ = fit_weights(x, failed.astype(float), 10.0)
    model = LogisticRegression(C=0.1, tol=1e-10).fit(-x, failed)
    assert weights == pytest.approx([model.intercept_[0], *model.coef_[0]], abs=1e-4)


def test_a_weight_against_its_sense_is_nought() -> None:
    columns, failed = made_up()
    x = np.column_stack([columns["quick_ratio"], -columns["net_profit_to_sales"]])
    weights, _ = fit_weights(x, failed.astype(float), 1.0)
    assert weights[1] > 0
    assert weights[2] == 0


@pytest.mark.parametrize("kind", ["piecewise", "bins"])
def test_a_better_ratio_never_scores_worse(kind: str) -> None:
    columns, failed = made_up()
    y = failed.astype(float)
    score = fit_piecewise(STRONG, columns, y).score if kind == "piecewise" else fit_bins(STRONG, columns, y)
    rising = np.linspace(-4, 4, 200)
    for name in STRONG:
        better = -rising if RATIOS[name].sense is Sense.LOWER else rising
        others = {other: np.full(200, np.nan) for other in STRONG}
        assert (np.diff(score({**others, name: better})) <= 1e-12).all()


def test_gaps_that_give_failures_away_teach_nothing() -> None:
    columns, failed = made_up()
    rng = np.random.default_rng(9)
    noise = rng.normal(size=len(failed))
    columns["sales_growth"] = np.where(failed & (rng.random(len(failed)) < 0.8), np.nan, noise)
    y = failed.astype(float)
    fitted = fit_piecewise(["sales_growth", *STRONG], columns, y)
    nothing = {name: np.array([np.nan]) for name in ("sales_growth", *STRONG)}
    assert fitted.score(nothing) == pytest.approx([fitted.intercept])
    passed = ramps(oriented("sales_growth", columns), fitted.knots["sales_growth"])
    average = np.nanmean(passed @ fitted.weights["sales_growth"])
    assert average == pytest.approx(float(fitted.means["sales_growth"] @ fitted.weights["sales_growth"]))


def test_an_exact_zero_that_nobody_filled_in_is_unknown() -> None:
    columns = {"retained_earnings_to_assets": np.array([0.0, 0.1]), "quick_ratio": np.array([0.0, 0.1])}
    assert np.isnan(oriented("retained_earnings_to_assets", columns)).tolist() == [True, False]
    assert not np.isnan(oriented("quick_ratio", columns)).any()


def test_of_each_family_one_ratio_is_chosen() -> None:
    columns, failed = made_up()
    chosen = select(columns, failed.astype(float), 6)
    assert len({RATIOS[name].family for name in chosen}) == len(chosen) == 6
    assert set(STRONG) <= set(chosen)
    blind = {**columns, "total_liabilities_to_assets": np.full(len(failed), np.nan)}
    assert "total_liabilities_to_assets" not in select(blind, failed.astype(float), 8)


def test_within_a_pattern_the_pattern_itself_tells_nothing() -> None:
    failed = np.array([True, False, True, False])
    unknown = np.array([[True], [True], [False], [False]])
    assert within_patterns(failed, np.array([9.0, 8.0, 2.0, 1.0]), unknown) == 1
    assert within_patterns(failed, np.array([9.0, 9.0, 1.0, 1.0]), unknown) == 0.5


def test_the_released_card_is_neutral_where_nothing_is_known() -> None:
    assert all(points_of(curve, np.array([np.nan])) == 0 for curve in load_card().ratios)
    figures = json.loads((ROOT / "docs" / "finance" / "figures.json").read_text("utf-8"))
    # One decimal of rounding at each knot is all that parts 0 from the average.
    assert max(figures["neutral"].values()) < 0.05


def test_the_page_holds_the_figures_of_the_script_and_no_others() -> None:
    page = (ROOT / "docs" / "finance.md").read_text("utf-8")
    figures = json.loads((ROOT / "docs" / "finance" / "figures.json").read_text("utf-8"))
    card = load_card()
    assert finance_page.rewritten(page, card, figures) == page
    assert len(re.findall("由脚本写入 -->", page)) == 6
    assert (figures["data"]["companies"], figures["data"]["failures"]) == (
        card.sample.companies,
        card.sample.failures,
    )


def test_no_place_of_a_machine_stands_in_what_the_script_wrote() -> None:
    written = [RELEASED, *(ROOT / "docs" / "finance").glob("*.json"), ROOT / "docs" / "finance.md"]
    assert not any(re.search(r"/(home|work|tmp|Users)/", path.read_text("utf-8")) for path in written)
