"""One million reports a night, on paper: `python -m benchmarks.capacity` writes docs/capacity.md from results.

Every figure of the page comes from the newest file of results, or is reckoned from such figures here; a test makes
sure that the page is what the newest file says.
"""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.figure import Figure

from benchmarks.nights import HOUR, Night, World, rates
from benchmarks.plot import face, finished, png
from reportgen.document.chart_style import BLUE, GREY, INK, RED

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "capacity.md"
PICTURE = PAGE.with_suffix(".png")
REPORTS, NIGHT = 1_000_000, 8 * HOUR
TARGET = REPORTS / NIGHT * HOUR
"""Reports an hour."""
_FULL = 0.8
"""How busy the workers may be: the rest is for what fails and what comes late."""
_NETWORK = 117e6
"""Bytes a second that a line of 1 Gbit/s really carries."""
_CONNECTIONS = 100
"""What PostgreSQL allows unless told otherwise."""
_POOL = f"数据库默认的 {_CONNECTIONS} 个连接"
_CORES = 16
_EACH = 12
"""So many reports each worker issues in a night that is played."""


@dataclass(frozen=True)
class Measured:
    """The measured figures that the page rests on; seconds, bytes and MB."""

    date: str
    machine: dict[str, Any]
    service: list[float]
    before: float
    sign: float
    start: float
    worker_mb: int
    file_bytes: int
    row_bytes: int
    held: float
    server_cpu: float
    registering: float
    stored: float
    pair: float

    @property
    def mean(self) -> float:
        """Return the mean seconds of a whole issue on one core."""
        return sum(self.service) / len(self.service)


def newest() -> Path:
    """Return the newest file of results."""
    return max((HERE / "results").glob("*.json"))


def read(path: Path) -> Measured:
    """Return the figures of a file of results that holds all parts."""
    found = json.loads(path.read_text("utf-8"))
    batch = [row for row in found["growth"]["batches"]["rows"] if row["kind"] == "real"][-1]
    issue = next(row for row in found["issuing"] if "PostgreSQL" in row["name"])
    one, stages = found["registering"]["clients"][0], issue["stages"]
    first = next(row for row in found["startup"] if "first report" in row["name"])
    early = stages["pull"] + stages["assess"] + stages["enter and number"]
    return Measured(
        date=found["date"],
        machine=found["machine"],
        service=batch["service"],
        before=early / sum(stages.values()),
        sign=stages["stamp and certify"],
        start=first["seconds"],
        worker_mb=batch["last_mb"],
        file_bytes=batch["file_bytes"],
        row_bytes=found["registering"]["database_bytes"],
        held=one["held"],
        server_cpu=one["server_cpu"],
        registering=one["seconds_each"],
        stored=found["registering"]["store"]["seconds"],
        pair=found["growth"]["pair"]["ratio"],
    )


def worlds(m: Measured) -> dict[str, World]:
    """Return the nights that are played: as measured, and with one thing gone wrong each."""
    usual = World(m.service, m.before, m.held, m.file_bytes / _NETWORK, m.stored, restart=m.start)
    return {
        "如实测": usual,
        "进程平均每小时死一次": replace(usual, life=HOUR),
        "存储答复慢，每份 2 秒": replace(usual, answer=2.0),
        "计数行占用十倍（同步复制到异地）": replace(usual, held=10 * m.held),
        "网络只有百兆": replace(usual, line=10 * usual.line),
    }


def workers(m: Measured) -> int:
    """Return how many workers, one core each, a million reports a night take."""
    return math.ceil(REPORTS * m.mean / NIGHT / _FULL)


def limits(m: Measured) -> list[tuple[str, float, str]]:
    """Return what ends the growth: its name, the reports a second it allows, and what to do; the nearest first."""
    found = [
        ("一条千兆网络线", _NETWORK / m.file_bytes, "换万兆线，或把存储分到几条线上"),
        (
            "当日登记号的计数行（一家机构一行，提交前独占）",
            1 / m.held,
            "数据库用低延迟的日志盘；机构之间互不相干",
        ),
        ("数据库的一个处理器核", 1 / m.server_cpu, "加核，各核相加；只有计数行不能并行"),
        (
            _POOL,
            _CONNECTIONS / m.mean,
            "调高 max_connections，或在事务级用连接池",
        ),
        ("一个文件夹逐份落盘", 1 / m.stored, "各进程并行写；多块盘或对象存储"),
    ]
    return sorted(found, key=lambda limit: limit[1])


def page(m: Measured) -> str:
    """Return the page of docs."""
    count = workers(m)
    nights = [(name, Night(world).play(count, count * _EACH)) for name, world in worlds(m).items()]
    made = Environment(  # noqa: S701 - Markdown, and figures alone
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    return made.get_template("capacity.md.j2").render(
        m=m,
        workers=count,
        rate=REPORTS / NIGHT,
        limits=limits(m),
        hard=next(limit for limit in limits(m) if limit[0] != _POOL),
        nights=[(name, night.an_hour(), REPORTS / night.an_hour()) for name, night in nights],
        reports=REPORTS,
        full=_FULL,
        connections=_CONNECTIONS,
        cores=_CORES,
    )


def drawn(m: Measured) -> bytes:
    """Return the plot: reports an hour by number of workers, each night with a mark and a line of its own."""
    need = workers(m)
    counts = sorted({max(1, round(need * share)) for share in (0.125, 0.25, 0.5, 0.75, 1, 1.5, 2, 4)})
    figure = Figure(figsize=(8, 4.2), dpi=110, facecolor="white", layout="constrained")
    axes = figure.add_subplot()
    looks = ((BLUE, "-", "o"), (GREY, "--", "s"), (INK, ":", "^"), (RED, "-.", "x"), (GREY, "-", "D"))
    for (name, world), (ink, line, mark) in zip(worlds(m).items(), looks, strict=True):
        axes.plot(
            counts,
            [*rates(world, counts, _EACH)],
            color=ink,
            linestyle=line,
            marker=mark,
            markersize=4,
            label=name,
        )
    axes.axhline(TARGET, color=RED, linewidth=0.8)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xticks(counts, [str(count) for count in counts])
    axes.set_yticks([TARGET / 8, TARGET / 4, TARGET / 2, TARGET, 2 * TARGET, 4 * TARGET])
    axes.yaxis.set_major_formatter(lambda hourly, _: f"{hourly / 10_000:.1f}")
    axes.set_xlabel("进程数，每进程一核")
    axes.set_ylabel("每小时万份（横线：一夜一百万份）")
    axes.minorticks_off()
    axes.legend(prop=face(8), frameon=False)
    finished(axes, "一夜的队列：份数随进程数")
    return png(figure)


def main() -> None:
    """Write the page and its plot."""
    measured = read(newest())
    PAGE.write_text(page(measured), "utf-8")
    PICTURE.write_bytes(drawn(measured))
    print(PAGE.name, PICTURE.name)


if __name__ == "__main__":
    main()
