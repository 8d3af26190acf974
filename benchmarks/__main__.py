"""Everything in one command: `python -m benchmarks [--quick] [--only PART …] [--out FOLDER]`, or `make bench`.

Prints each table as it is measured, and writes a dated file of results, the tables as text, and a plot; then, where
nothing was left out, docs/capacity.md with its plot anew. With `--quick` everything is measured once, at its smallest,
and written to out/benchmarks: to see that it runs, not what it takes.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import capacity, growth, issuing, machine, registering, startup, typesetting
from benchmarks.measure import machine_cores
from benchmarks.plot import drawn
from benchmarks.samples import TEN, WHOLE

RESULTS = Path(__file__).parent / "results"
TRIAL = Path("out", "benchmarks")


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int = typesetting.ROUNDS
    fewer: int = 5
    grown: growth.Sizes = field(default_factory=growth.Sizes)
    starts: int = 5
    clients: tuple[int, ...] = registering.CLIENTS
    seconds: float = registering.SECONDS


QUICK = Sizes(1, 1, growth.Sizes(1, (0, 10), (0, 1), (1,), (2,), 1), 1, (1,), 1.0)


@dataclass(frozen=True)
class Part:
    """A part of the whole: what it is called, how it is measured, how it is told."""

    title: str
    measure: Callable[[Sizes, int], Any]
    table: Callable[[Any], str]


PARTS = {
    "typesetting": Part(
        "Typesetting, 10 pages",
        lambda sizes, core: typesetting.measured(TEN, sizes.rounds, core),
        typesetting.table,
    ),
    "typesetting-whole": Part(
        "Typesetting, the whole report",
        lambda sizes, core: typesetting.measured(WHOLE, sizes.fewer, core),
        typesetting.table,
    ),
    "issuing": Part(
        "The whole issue beside Chromium's print, 10 pages",
        lambda sizes, core: issuing.measured(TEN, sizes.rounds, core),
        issuing.table,
    ),
    "startup": Part("Start-up", lambda sizes, core: startup.measured(sizes.starts, core), startup.table),
    "growth": Part(
        "Growth",
        lambda sizes, core: growth.measured(sizes.grown, core),
        growth.table,
    ),
    "registering": Part(
        "The register alone, on PostgreSQL",
        lambda sizes, core: registering.measured(sizes.clients, sizes.seconds),
        registering.table,
    ),
}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="everything once, at its smallest")
    parser.add_argument(
        "--only", choices=[*PARTS], nargs="+", default=[*PARTS], metavar="PART", help=", ".join(PARTS)
    )
    parser.add_argument("--out", type=Path, help="where results are written")
    parser.add_argument(
        "--core", type=int, default=machine_cores()[-1], help="the core contenders are pinned to"
    )
    given = parser.parse_args()
    results = measured(given.only, QUICK if given.quick else Sizes(), given.core)
    for path in written(results, given.out or (TRIAL if given.quick else RESULTS)):
        print(path)
    if not given.quick and results.keys() >= PARTS.keys():
        capacity.main()


def measured(parts: list[str], sizes: Sizes, core: int) -> dict[str, Any]:
    """Return the results of some parts, with the day and the machine; each is printed when it is there."""
    results: dict[str, Any] = {"date": date.today().isoformat(), "machine": machine.described()}
    for name in parts:
        print(f"# {PARTS[name].title}", flush=True)
        results[name] = PARTS[name].measure(sizes, core)
        print(PARTS[name].table(results[name]), end="\n\n", flush=True)
    return results


def written(results: dict[str, Any], folder: Path) -> list[Path]:
    """Write results as data, as text and as a picture, under their day; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    data, text, picture = (folder / f"{results['date']}.{kind}" for kind in ("json", "md", "png"))
    data.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    text.write_text(_told(results, picture.name), "utf-8")
    picture.write_bytes(drawn(results))
    return [data, text, picture]


def _told(results: dict[str, Any], picture: str) -> str:
    about = results["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    lines = [
        f"# Measured on {results['date']}",
        "",
        f"{about['processor']}, {about['cores']} cores, {about['memory_gb']} GB, {about['system']}, Python {about['python']};"
        f" load {about['load_before']} before the first run.",
        f"{versions}.",
        "",
        f"![The same figures as a plot]({picture})",
    ]
    for name, part in PARTS.items():
        if name in results:
            lines += ["", f"## {part.title}", "", "```text", part.table(results[name]), "```"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
