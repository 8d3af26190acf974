"""The figures, pictures and generated blocks of `docs/finance.md`."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from reportgen.assess.backtest import Column, Flags, known, ks, probability
from reportgen.assess.finance import definition
from reportgen.assess.scorecard import RATIOS, Card, Curve

HEAD = "# 财务预警评分卡。由 scripts/fit_finance.py 写出，不手改；改动须升版本号。\n"
_FONTS = Path(__file__).resolve().parent.parent / "fonts"
_INK, _GREY, _PALE = "#1f2933", "#5f6975", "#d5dae0"
_GROUPS = 10
_ACROSS = 3
_DOTS = 200
_MARK = re.compile(r"(<!-- (\w+) 由脚本写入 -->\n).*?(<!-- \2 完 -->)", re.S)
Figures = Mapping[str, Any]


def data_figures(columns: dict[str, Column], failed: Flags, repeated: int) -> Figures:
    """Return how many companies there are, and where the file's gaps give the failures away."""
    profit, history = columns["gross_profit_to_assets"], columns["three_year_gross_profit_to_assets"]
    traits = {
        "operating_zero": columns["operating_profit_to_assets"] == 0,
        "coverage_unknown": np.isnan(columns["operating_profit_to_financial_expenses"]),
        "history_none": np.abs(history - profit) < 1e-9,
        "retained_zero": columns["retained_earnings_to_assets"] == 0,
        "growth_unknown": np.isnan(columns["sales_growth"]),
        "ebit_is_profit": np.abs(columns["ebit_to_assets"] - profit) < 1e-9,
    }
    gaps = {name: {"companies": int(t.sum()), "failures": int(failed[t].sum())} for name, t in traits.items()}
    return {"companies": len(failed), "failures": int(failed.sum()), "repeated": repeated, "gaps": gaps}


def calibration(failed: Flags, log_odds: Column) -> Figures:
    """Return ten groups of equal size by log-odds, with predicted and observed failures, and KS."""
    chance = 1 / (1 + np.exp(-log_odds))
    places = np.array_split(np.argsort(log_odds, kind="stable"), _GROUPS)
    groups = [
        {"companies": len(p), "failures": int(failed[p].sum()), "predicted": float(chance[p].mean())}
        for p in places
    ]
    return {"groups": groups, "ks": ks(failed, log_odds)}


def band_figures(card: Card, total: Column, failed: Flags) -> list[dict[str, object]]:
    """Return how many companies of the sample each band holds, and how many of them failed."""
    high, medium = total <= float(card.cuts.high), total <= float(card.cuts.medium)
    chance = probability(card, total)
    parts = {"低": ~medium, "中": medium & ~high, "高": high}
    return [
        {
            "name": name,
            "companies": int(p.sum()),
            "failures": int(failed[p].sum()),
            "predicted": float(chance[p].mean()),
        }
        for name, p in parts.items()
        if p.any()
    ]


def draw_curves(card: Card, columns: dict[str, Column], failed: Flags, path: Path) -> None:
    """Draw one panel per ratio: points as a line, the observed share of failures per tenth as bars."""
    _configure()
    rows = -(-len(card.ratios) // _ACROSS)
    figure = Figure(figsize=(11, 3.3 * rows + 0.5), dpi=150, layout="constrained")
    axes = figure.subplots(rows, _ACROSS, squeeze=False).flat
    for place, curve in zip(axes, card.ratios, strict=False):
        _panel(place, curve, columns[curve.id], failed)
        place.set_ylim(*_limits(card))
    for place in list(axes)[len(card.ratios) :]:
        place.set_visible(False)
    figure.suptitle(
        "折线：分数（左轴，越高越安全；0 为总体平均，也是未知时的分数）　灰柱：各十分位组实际失败率（右轴）",
        fontsize=11,
    )
    figure.savefig(path, metadata={"Software": None})


def _limits(card: Card) -> tuple[float, float]:
    # One scale for all panels shows which ratio weighs most.
    points = [float(knot.points) for curve in card.ratios for knot in curve.knots]
    return min(points) - 1, max(points) + 1


def _panel(axes: Axes, curve: Curve, column: Column, failed: Flags) -> None:
    x = known(curve, column)
    there = ~np.isnan(x)
    low, high = (float(q) for q in np.quantile(x[there], (0.02, 0.95)))
    low, high = min(low, float(curve.knots[0].at)), max(high, float(curve.knots[-1].at))
    pad = 0.06 * (high - low)
    shares = axes.twinx()
    edges = np.quantile(x[there], np.linspace(0, 1, _GROUPS + 1))
    place = np.clip(np.searchsorted(edges, x[there], side="right") - 1, 0, _GROUPS - 1)
    observed = np.array(
        [failed[there][place == i].mean() * 100 if (place == i).any() else 0 for i in range(_GROUPS)]
    )
    ends = np.clip(edges, low - pad, high + pad)
    shares.bar(
        ends[:-1], observed, width=np.diff(ends), align="edge", color=_PALE, edgecolor="white", linewidth=0.8
    )
    shares.set_ylim(0, max(observed.max() * 1.25, 1))
    shares.set_ylabel("失败率（%）", color=_GREY)
    at = [low - pad, *(float(k.at) for k in curve.knots), high + pad]
    points = [float(k.points) for k in curve.knots]
    axes.plot(at, [points[0], *points, points[-1]], color=_INK, linewidth=2)
    axes.plot(at[1:-1], points, "o", color="white", markeredgecolor=_INK, markersize=5)
    axes.axhline(0, color=_GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_title(f"{curve.name}，{curve.ratio.sense}", fontsize=11)
    axes.set_xlim(low - pad, high + pad)
    axes.set_ylabel("分数")
    # The line belongs in front of the bars, which lie on the other axes.
    axes.set_zorder(shares.get_zorder() + 1)
    axes.patch.set_visible(False)


def draw_calibration(found: Figures, path: Path) -> None:
    """Draw predicted against observed failures by tenths, each with its 95 % interval (Wilson)."""
    _configure()
    figure = Figure(figsize=(5.2, 4.6), dpi=150, layout="constrained")
    axes = figure.subplots()
    predicted = np.array([g["predicted"] for g in found["groups"]]) * 100
    pairs = [_wilson(g["failures"], g["companies"]) for g in found["groups"]]
    observed = np.array([100 * g["failures"] / g["companies"] for g in found["groups"]])
    low, high = (100 * np.array(end) for end in zip(*pairs, strict=True))
    top = max(float(high.max()), float(predicted.max())) * 1.08
    axes.plot([0, top], [0, top], color=_GREY, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.errorbar(
        predicted,
        observed,
        yerr=np.maximum([observed - low, high - observed], 0),
        fmt="o",
        color=_INK,
        capsize=3,
        linewidth=1,
    )
    axes.set_xlim(0, top)
    axes.set_ylim(0, top)
    axes.set_xlabel("预测失败率（%），折外")
    axes.set_ylabel("实际失败率（%）")
    axes.set_title("十分位组：预测与实际（竖线为 95% 区间）", fontsize=11)
    figure.savefig(path, metadata={"Software": None})


def _wilson(failures: int, companies: int) -> tuple[float, float]:
    z = 1.959964
    share = failures / companies
    middle = share + z * z / (2 * companies)
    half = z * float(np.sqrt(share * (1 - share) / companies + z * z / (4 * companies**2)))
    return (middle - half) / (1 + z * z / companies), (middle + half) / (1 + z * z / companies)


def _configure() -> None:
    for name in ("Hei-Regular.otf", "Hei-Bold.otf"):
        fontManager.addfont(_FONTS / name)
    mpl.rcParams["font.family"] = ["Reportgen Hei"]
    mpl.rcParams["axes.unicode_minus"] = False
    mpl.rcParams["axes.spines.top"] = False


def rewritten(page: str, card: Card, figures: Figures) -> str:
    """Return the page with each marked block written anew; raises KeyError for an unknown block."""
    blocks = {
        "data": _data,
        "points": _points,
        "designs": _designs,
        "gaps": _gaps,
        "result": _result,
        "stable": _stable,
    }
    return _MARK.sub(lambda m: m[1] + "\n".join(blocks[m[2]](card, figures)) + "\n" + m[3], page)


def _data(card: Card, figures: Figures) -> Iterator[str]:
    d, gaps = figures["data"], figures["data"]["gaps"]
    yield f"企业 {d['companies']} 家，其中{card.sample.failure} {d['failures']} 家（{_share(d)}）；与别行逐字相同的 {d['repeated']} 行已去除。"
    yield from ("", "数据的空缺与失败有关，实务中不会如此，所以逐项处理：", "")
    yield f"- 三年利润恰等于本年利润（没有历史）的 {_of(gaps['history_none'])}。用这一项等于用有无历史，不入选。"
    yield f"- 营业利润恰为零的 {_of(gaps['operating_zero'])}，按未知计，最终也未选中。"
    yield f"- 营业利润对财务费用（利息保障）未知的 {_of(gaps['coverage_unknown'])}，不入选。"
    yield f"- 留存收益恰为零的 {_of(gaps['retained_zero'])}，按未知计；报表上恰为零的同样处理。"
    yield f"- 收入增长未知的 {_of(gaps['growth_unknown'])}，按未知计，不得分也不失分。"
    yield f"- 息税前利润一列在 {gaps['ebit_is_profit']['companies']} 家与利润总额一列相同，故只用利润总额。"


def _of(found: Figures) -> str:
    return f"{found['companies']} 家中失败 {found['failures']} 家（{_share(found)}）"


def _points(card: Card, _: Figures) -> Iterator[str]:
    for curve in card.ratios:
        yield f"**{curve.name}** = {definition(curve.ratio)}（`{curve.id}`，{curve.ratio.sense}）"
        yield ""
        ends = {0: "及以下", len(curve.knots) - 1: "及以上"}
        heads = [f"{_plain(k.at)}{ends.get(i, '')}" for i, k in enumerate(curve.knots)]
        yield f"| 比率 | {' | '.join(heads)} |"
        yield "|---" * (len(heads) + 1) + "|"
        yield f"| 分数 | {' | '.join(_plain(k.points) for k in curve.knots)} |"
        yield ""
    yield f"两个节点之间按直线取值，保留一位小数。总分每低 {_plain(card.doubling)} 分，失败对未失败的比加倍；"
    yield f"总分 0 时失败率 {card.probability(card.doubling * 0):.2%}。总分不高于 {_plain(card.cuts.high)} 为高，"
    yield f"不高于 {_plain(card.cuts.medium)} 为中，其余为低（本机构设定）；比率覆盖率低于 {card.least_coverage:.0%} 不给等级。"


def _plain(value: object) -> str:
    return f"{value:f}" if hasattr(value, "is_nan") else str(value)


def _designs(_: Card, figures: Figures) -> Iterator[str]:
    count = figures["folds"] * figures["repeats"]
    yield f"{figures['folds']} 折分层交叉检验，重复 {figures['repeats']} 次；AUC 为 {count} 个检验折的均值 ± 标准差。"
    yield "节点、分箱、比率的选择与权重都只用训练折。"
    yield from ("", "| 设计 | AUC |", "|---|---|")
    for key, found in figures["designs"].items():
        name = f"**{found['name']}（发布）**" if key == figures["ours"] else found["name"]
        yield f"| {name} | {_auc(found)} |"


def _gaps(_: Card, figures: Figures) -> Iterator[str]:
    whole, unknown = figures["whole"], figures["unknown_count"]
    yield "| 检验 | AUC |"
    yield "|---|---|"
    yield f"| 全部企业 | {_auc(figures['designs'][figures['ours']])} |"
    yield f"| 只比较未知项完全相同的企业 | {_auc(figures['same_unknown'])} |"
    yield f"| 只留所用比率全部已知的 {whole['companies']} 家（失败 {whole['failures']} 家） | {_auc(whole['card'])} |"
    yield f"| 同上，Z'' | {_auc(whole['z'])} |"
    yield f"| 只数未知项的个数（评分卡不用） | {unknown:.3f} |"


def _result(_: Card, figures: Figures) -> Iterator[str]:
    ours, z = figures["released"], figures["altman"]
    yield "发布的评分卡用全部企业定出，在同一批企业上（偏乐观）："
    yield from ("", "| | AUC | 95% 区间 | KS |", "|---|---|---|---|", _row("评分卡", ours), _row("Z''", z))
    yield from ("", f"折外预测的 KS 为 {figures['out_of_fold']['ks']:.3f}。折外预测按十分位分组：", "")
    yield from ("| 组 | 企业 | 失败 | 预测 | 实际 |", "|---|---|---|---|---|")
    yield from (_group(str(i), g) for i, g in enumerate(figures["out_of_fold"]["groups"], 1))
    yield from ("", "按预警等级：", "", "| 等级 | 企业 | 失败 | 预测 | 实际 |", "|---|---|---|---|---|")
    yield from (_group(g["name"], g) for g in figures["bands"])


def _row(name: str, found: Figures) -> str:
    interval = found["interval"]
    return f"| {name} | {found['auc']:.3f} | {interval['low']:.3f} 至 {interval['high']:.3f} | {found['ks']:.3f} |"


def _group(name: str, found: Figures) -> str:
    cells = (
        name,
        str(found["companies"]),
        str(found["failures"]),
        f"{found['predicted']:.2%}",
        _share(found),
    )
    return f"| {' | '.join(cells)} |"


def _stable(card: Card, figures: Figures) -> Iterator[str]:
    names = {curve.id for curve in card.ratios}
    yield f"{figures['bootstraps']} 次自助抽样中各比率被选中的次数比例（选定的加粗）："
    yield from ("", "| 比率 | 类 | 选中 |", "|---|---|---|")
    for name, share in figures["stability"].items():
        title = f"**{RATIOS[name].name}**" if name in names else RATIOS[name].name
        yield f"| {title} | {RATIOS[name].family} | {share:.0%} |"


def _auc(found: Figures) -> str:
    return f"{found['mean']:.3f} ± {found['sd']:.3f}"


def _share(found: Figures) -> str:
    return f"{found['failures'] / found['companies']:.2%}" if found["companies"] else "—"
