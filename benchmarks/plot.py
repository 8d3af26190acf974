"""The results as one picture, in the look of the house: its face, its inks, and nothing that colour alone says."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from reportgen.document.chart_style import BLUE, GREY, INK, PALE, RED, RULE
from reportgen.settings import asset_dir

Drawer = Callable[[Axes, Mapping[str, Any]], None]
_OTHER = {"facecolor": PALE, "edgecolor": GREY, "hatch": "///"}
_OWN = {"facecolor": BLUE, "edgecolor": BLUE}


def face(size: float = 8.5, *, bold: bool = False) -> FontProperties:
    """Return the house's face at a size in pt."""
    return FontProperties(fname=asset_dir("fonts") / f"Hei-{'Bold' if bold else 'Regular'}.otf", size=size)


def drawn(results: Mapping[str, Any]) -> bytes:
    """Return a PNG of whatever was measured of typesetting, issuing and growth."""
    wanted = [(title, draw) for name, title, draw in _PANELS if name in results]
    figure = Figure(
        figsize=(10, 2.9 * ((len(wanted) + 1) // 2)), dpi=110, facecolor="white", layout="constrained"
    )
    for place, (title, draw) in enumerate(wanted, 1):
        axes = figure.add_subplot((len(wanted) + 1) // 2, 2, place)
        draw(axes, results)
        finished(axes, title)
    return png(figure)


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG that does not say when it was drawn."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def finished(axes: Axes, title: str) -> None:
    """Give axes their title, their face and their rules."""
    axes.set_title(title, fontproperties=face(9.5, bold=True), color=BLUE, loc="left")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=GREY, length=2)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label, axes.yaxis.label):
        label.set_fontproperties(face())
        label.set_color(INK)


def _bars(axes: Axes, rows: list[Mapping[str, Any]], own: str) -> None:
    names, seconds = [row["name"] for row in rows][::-1], [row["seconds"] for row in rows][::-1]
    bars = axes.barh(names, seconds, height=0.55, linewidth=0.7)
    for bar, row in zip(bars, rows[::-1], strict=True):
        bar.set(**(_OWN if own in row["name"] else _OTHER))
        low, high = row["quartiles"]
        middle = bar.get_y() + bar.get_height() / 2
        axes.plot([low, high], [middle, middle], color=RED, linewidth=1.2)
        said = f" {row['seconds']:.2f} s"
        axes.text(max(high, row["seconds"]), middle, said, va="center", fontproperties=face(), color=INK)
    axes.set_xlim(0, 1.2 * max(row["quartiles"][1] for row in rows))
    axes.set_xlabel("seconds on one core, median and quartiles")


def _typesetting(axes: Axes, results: Mapping[str, Any]) -> None:
    _bars(axes, results["typesetting"], "reportgen")


def _issuing(axes: Axes, results: Mapping[str, Any]) -> None:
    _bars(axes, results["issuing"], "issue")


def _stages(axes: Axes, results: Mapping[str, Any]) -> None:
    row = next(row for row in results["issuing"] if "PostgreSQL" in row["name"])
    stages = [(name, took * 1000) for name, took in row["stages"].items()][::-1]
    axes.barh([name for name, _ in stages], [took for _, took in stages], height=0.6, **_OWN)
    for place, (_, took) in enumerate(stages):
        axes.text(took, place, f" {took:.0f} ms", va="center", fontproperties=face(8), color=INK)
    axes.set_xlim(0, 1.2 * max(took for _, took in stages))
    axes.set_xlabel("ms of an issue on PostgreSQL")


def _growth(axes: Axes, results: Mapping[str, Any]) -> None:
    rows = results["growth"]["records"]["rows"]
    sizes = [row["size"] for row in rows]
    axes.plot(sizes, [row["cpu"] for row in rows], color=BLUE, marker="o", markersize=4)
    axes.set_xscale("symlog", linthresh=10)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.set_ylim(0, 1.15 * max(row["cpu"] for row in rows))
    axes.set_xlabel("records of a subject")
    axes.set_ylabel("seconds of processor time")


_PANELS: tuple[tuple[str, str, Drawer], ...] = (
    ("typesetting", "Typesetting 10 pages", _typesetting),
    ("issuing", "The whole issue beside Chromium's print", _issuing),
    ("issuing", "Where the time of an issue goes", _stages),
    ("growth", "What more records cost", _growth),
)
