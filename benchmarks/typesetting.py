"""Typesetting beside its peers: `python -m benchmarks.typesetting [--rounds N] [--length ten|whole] [--core N]`.

On one pinned core, warm, with the data of another subject in each round, the contenders asked in turns. The
content and the fonts are the same; README.md says what is not.
"""

import argparse
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from benchmarks.checks import Checked, checked
from benchmarks.measure import MB, Bench, Taken, benches, machine_cores, spread, turns
from benchmarks.peers.chromium import Anew, Chromium
from benchmarks.peers.ours import Ours
from benchmarks.peers.plain import Plain
from benchmarks.peers.typst_press import Typst
from benchmarks.samples import TEN, WHOLE, Length, sample

WARM, ROUNDS = 2, 11
"""Rounds before anything is timed, and rounds that are."""
_FIRST_SEED = 100


@dataclass(frozen=True)
class Entrant:
    """A contender: how it is made, whether it claims PDF/A and PDF/UA, whether it shows drawings."""

    name: str
    make: type[AbstractContextManager[Any]]
    conforming: bool = False
    drawn: bool = True


OURS = "reportgen"
ENTRANTS = (
    Entrant(OURS, Ours, conforming=True),
    Entrant("Chromium", Anew),
    Entrant("Chromium+", Chromium),
    Entrant("Typst", Typst, conforming=True),
    Entrant("fpdf2", Plain, drawn=False),
)
TARGETS = {"Chromium": (0.8, 0.5), "Typst": (5.0, 3.0)}
"""What is required of our time as a multiple of a peer's, and what is aimed at.

Chromium opens each document as it is. Chromium+ is handed a new body for a page it keeps, and finds the fonts installed.
"""


def measured(length: Length, rounds: int, core: int | None) -> list[dict[str, object]]:
    """Return a row for each contender: seconds, pages, size, memory, what its files are, ratios to ours."""
    with benches({entrant.name: (entrant.make,) for entrant in ENTRANTS}, core) as made:
        taken = _rounds(made, length, rounds)
        looked = {e.name: _looked(made[e.name], e, length) for e in ENTRANTS}
    return rows(taken, looked)


def _rounds(made: Mapping[str, Bench], length: Length, rounds: int) -> dict[str, list[Taken]]:
    taken: dict[str, list[Taken]] = {name: [] for name in made}
    for name, _, took in turns(made, lambda turn: sample(_FIRST_SEED + turn, length), WARM, rounds):
        taken[name].append(took)
    return taken


def _looked(bench: Bench, entrant: Entrant, length: Length) -> tuple[Checked, int]:
    given = sample(_FIRST_SEED, length)
    pdf, _ = bench.take(given)
    found = checked(pdf, given.content, conforming=entrant.conforming, drawn=entrant.drawn)
    return found, bench.peak(given)


def rows(
    taken: Mapping[str, list[Taken]], looked: Mapping[str, tuple[Checked, int]]
) -> list[dict[str, object]]:
    """Return what was taken and seen as rows; the ratio is the median of the rounds' own ratios."""
    made = []
    for name, took in taken.items():
        found, peak = looked[name]
        made.append(
            {"name": name, **_spent(took), "peak_mb": round(peak / MB), **found.row(), **_ratio(taken, name)}
        )
    return made


def _spent(took: list[Taken]) -> dict[str, object]:
    wall, low, high = spread([item.wall for item in took])
    cpu = spread([item.cpu for item in took])[0]
    return {
        "seconds": round(wall, 3),
        "quartiles": [round(low, 3), round(high, 3)],
        "cpu": round(cpu, 3),
        "rounds": len(took),
    }


def _ratio(taken: Mapping[str, list[Taken]], name: str) -> dict[str, object]:
    pairs = list(zip(taken[OURS], taken[name], strict=True))
    return {
        "ours_to_it": round(spread([ours.wall / its.wall for ours, its in pairs])[0], 2),
        "ours_to_it_cpu": round(spread([ours.cpu / its.cpu for ours, its in pairs])[0], 2),
    }


def table(found: list[dict[str, Any]]) -> str:
    """Return rows as text for a terminal."""
    head = f"{'':<10} {'wall s':>7} {'quartiles':>13} {'cpu s':>6} {'ours/it':>8} {'by cpu':>7} {'required':>8} {'goal':>5}"
    lines = [f"{head} {'pages':>5} {'KB':>5} {'MB':>5}  tags  fonts  texts  faults"]
    for row in found:
        required, goal = TARGETS.get(row["name"], ("", ""))
        low, high = row["quartiles"]
        lines.append(
            f"{row['name']:<10} {row['seconds']:7.3f} {low:6.3f}-{high:6.3f} {row['cpu']:6.3f} {row['ours_to_it']:8.2f} "
            f"{row['ours_to_it_cpu']:7.2f} {required:>8} {goal:>5} {row['pages']:5} {row['kilobytes']:5} {row['peak_mb']:5}"
            f"  {_yes(row['tagged'])}   {_yes(row['embedded'])}    {row['said']:5.1%}  {', '.join(row['faults']) or 'none'}"
        )
    return "\n".join(lines)


def _yes(value: bool) -> str:
    return "yes" if value else "no "


def main() -> None:
    """Measure one length of report, or both, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--length", choices=(TEN, WHOLE), action="append")
    parser.add_argument("--core", type=int, default=machine_cores()[-1], help="the core all are pinned to")
    given = parser.parse_args()
    for length in given.length or [TEN, WHOLE]:
        print(f"sample: {length}, {given.rounds} rounds, core {given.core}")
        print(table(measured(length, given.rounds, given.core)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
