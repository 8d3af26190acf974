"""How the cost grows: `python -m benchmarks.growth [--rounds N] [--batch N …] [--stubbed N …] [--pair N]`.

Records: a subject with so many, judged, composed and typeset; past what a report prints, lists are counted and
attached as files. Pages: the sections of one report, none, once, twice, four times. A batch: so many whole issues
through one process of the batch's own executor, really, and with typesetting and signing stubbed. A pair: the
same issues through one process and through two, turn about.

An exponent is fitted to seconds = fixed + slope × size^exponent, the fixed part being the cost at the smallest
size, by least squares of logarithms over the larger sizes. 1 is linear.
"""

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import psutil

from benchmarks import batches
from benchmarks.measure import MB, Taken, benches, machine_cores, spread
from benchmarks.samples import NOW, inputs, request, sample
from reportgen.document.compose import compose
from reportgen.document.content import Content
from reportgen.document.enclosed import enclosed
from reportgen.document.typeset import typesetter

_SEED = 500


@dataclass(frozen=True)
class Sizes:
    """How much is measured: rounds of the curves, records, times the sections are said, batches, reports of a pair."""

    rounds: int = 2
    records: tuple[int, ...] = (0, 10, 50, 181, 500, 2000)
    sections: tuple[int, ...] = (0, 1, 2, 3)
    batch: tuple[int, ...] = (5, 20)
    stubbed: tuple[int, ...] = (50, 200)
    pair: int = 10


class Growing:
    """From a subject with so many records to its report: judged, composed, typeset."""

    def __enter__(self) -> Self:
        typesetter()
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held that would have to be given back."""

    def prepare(self, given: tuple[int, int]) -> Callable[[], int]:
        """Return the making of the report of (seed, records), which gives its pages."""
        asked = request(*given)

        def work() -> int:
            made = inputs(asked)
            return typesetter().document("report.html.j2", compose(made), NOW, "", enclosed(made)).pages

        return work

    def helpers(self) -> list[psutil.Process]:
        """Return none: it works in its own process."""
        return []


class Paging(Growing):
    """Typesetting a report with its sections so many times over."""

    def prepare(self, given: tuple[int, int]) -> Callable[[], int]:
        """Return the typesetting of (seed, times), which gives its pages."""
        seed, times = given
        content = repeated(sample(seed, "whole").content, times)
        return lambda: typesetter().document("report.html.j2", content, NOW, "").pages


def repeated(content: Content, times: int) -> Content:
    """Return a report that says its sections so many times, each time under labels of its own."""
    copies = (
        replace(section, label=f"{section.label}{'′' * turn}", anchor=f"{section.anchor}{turn}")
        for turn in range(times)
        for section in content.sections
    )
    return replace(content, sections=tuple(copies))


def curve(
    contender: type[Growing], sizes: Sequence[int], rounds: int, core: int | None
) -> list[dict[str, Any]]:
    """Return a row for each size.

    The sizes are asked in rising order, so that what the process holds is owed to none that is larger.
    """
    with benches({"it": (contender,)}, core) as made:
        bench = made["it"]
        bench.take((_SEED, sizes[0]))
        peaks = [bench.peak((_SEED, size)) for size in sizes]
        taken: dict[int, list[tuple[int, Taken]]] = {size: [] for size in sizes}
        for turn in range(rounds):
            for size in sizes:
                taken[size].append(bench.take((_SEED + 1 + turn, size)))
    return [_row(size, taken[size], peak) for size, peak in zip(sizes, peaks, strict=True)]


def _row(size: int, taken: list[tuple[int, Taken]], peak: int) -> dict[str, Any]:
    return {
        "size": size,
        "pages": taken[-1][0],
        "seconds": round(spread([took.wall for _, took in taken])[0], 3),
        "cpu": round(spread([took.cpu for _, took in taken])[0], 3),
        "peak_mb": round(peak / MB),
    }


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float | None:
    """Return the exponent of growth above the value at the smallest size, fitted to the larger sizes; None where fewer than two grew."""
    grown = [
        (math.log(size - sizes[0]), math.log(value - values[0]))
        for size, value in zip(sizes[1:], values[1:], strict=True)
        if value > values[0]
    ]
    if len(grown) < 2:
        return None
    across, up = np.array(grown).T
    return round(float(np.polyfit(across, up, 1)[0]), 2)


def measured(sizes: Sizes, core: int | None) -> dict[str, Any]:
    """Return every curve with its exponent, the batches, and what two workers do beside one."""
    records = curve(Growing, sizes.records, sizes.rounds, core)
    pages = curve(Paging, sizes.sections, sizes.rounds, core)
    runs = [*batches.sized(sizes.batch, stub=False), *batches.sized(sizes.stubbed, stub=True)]
    return {
        "records": {"rows": records, "exponent": _fitted(records, "size")},
        "pages": {"rows": pages, "exponent": _fitted(pages, "pages")},
        "batches": {"rows": runs, "exponents": _of_batches(runs)},
        "pair": batches.pair(sizes.pair),
    }


def _fitted(rows: list[dict[str, Any]], by: str) -> float | None:
    return exponent([row[by] for row in rows], [row["cpu"] for row in rows])


def _of_batches(runs: list[dict[str, Any]]) -> dict[str, float | None]:
    # A batch of nothing takes nothing: the starting of its process is not counted.
    kinds = {kind: [run for run in runs if run["kind"] == kind] for kind in ("real", "stubbed")}
    return {
        kind: exponent([0, *(r["size"] for r in rows)], [0, *(r["seconds"] for r in rows)])
        for kind, rows in kinds.items()
        if len(rows) > 1
    }


def table(found: dict[str, Any]) -> str:
    """Return all of it as text for a terminal."""
    return "\n".join(_lines(found))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    for name, head in (("records", "records"), ("pages", "sections x")):
        yield f"{head:>10} {'pages':>5} {'wall s':>7} {'cpu s':>7} {'peak MB':>7}"
        for row in found[name]["rows"]:
            yield f"{row['size']:10} {row['pages']:5} {row['seconds']:7.3f} {row['cpu']:7.3f} {row['peak_mb']:7}"
        yield f"exponent {found[name]['exponent'] or 'not to be told'}\n"
    yield f"{'batch':>16} {'wall s':>8} {'s each':>7} {'MB first tenth':>14} {'MB last tenth':>13}"
    for run in found["batches"]["rows"]:
        yield (
            f"{run['kind']:>8} {run['size']:7} {run['seconds']:8.2f} {run['each']:7.3f} "
            f"{run['first_mb']:14} {run['last_mb']:13}"
        )
    yield f"exponents {found['batches']['exponents']}\n"
    pair = found["pair"]
    yield f"two workers {pair['ratio']:.2f} x one ({pair['one']:.2f} and {pair['two']:.2f} reports a second, {pair['cores']} cores)"


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    usual = Sizes()
    parser.add_argument("--rounds", type=int, default=usual.rounds)
    parser.add_argument(
        "--batch", type=int, nargs="*", default=usual.batch, help="sizes of batches, really issued"
    )
    parser.add_argument(
        "--stubbed", type=int, nargs="*", default=usual.stubbed, help="sizes, typesetting stubbed"
    )
    parser.add_argument("--pair", type=int, default=usual.pair, help="reports for two workers and for one")
    parser.add_argument(
        "--core", type=int, default=machine_cores()[-1], help="the core the curves are pinned to"
    )
    given = parser.parse_args()
    sizes = replace(
        usual, rounds=given.rounds, batch=tuple(given.batch), stubbed=tuple(given.stubbed), pair=given.pair
    )
    print(table(measured(sizes, given.core)))


if __name__ == "__main__":
    main()
