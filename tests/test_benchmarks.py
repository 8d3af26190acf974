"""The benchmarks compare the same thing: peers print what we print, and the page of figures says what was measured."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import capacity, typesetting
from benchmarks.__main__ import PARTS, written
from benchmarks.checks import checked
from benchmarks.growth import exponent
from benchmarks.issuing import REST, STAGES, Issuing
from benchmarks.nights import HOUR, Night, World
from benchmarks.peers.typst_press import Typst
from benchmarks.samples import TEN, Sample, sample
from benchmarks.typesetting import ENTRANTS, OURS, Entrant
from tests.once import Once

SAME = 0.98
"""So much of the report's texts each peer prints; a text that runs over a page's end is not found whole."""
STEADY = World(service=[4.0], before=0.1, held=0.005, line=0.001)


@pytest.fixture
def given(once: Once) -> Sample:
    made: Sample = once("benchmark-sample", lambda: sample(1, TEN))
    return made


@pytest.mark.parametrize("entrant", ENTRANTS, ids=lambda entrant: entrant.name)
def test_every_contender_prints_the_same(entrant: Entrant, given: Sample) -> None:
    with entrant.make() as contender:
        pdf = contender.prepare(given)()
    found = checked(pdf, given.content, conforming=entrant.conforming, drawn=entrant.drawn)
    assert found.said >= SAME
    assert found.embedded
    assert found.faults == ()
    assert found.tagged is entrant.drawn
    assert not entrant.drawn or 9 <= found.pages <= 11


def test_a_text_that_is_not_printed_is_missed(given: Sample) -> None:
    with Typst() as contender:
        pdf = contender.prepare(given)()
    other = sample(2, TEN).content
    assert checked(pdf, other, conforming=False).said < SAME


def test_the_harness_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    # The quickest peer in our place: what is tried here is the harness.
    monkeypatch.setattr(typesetting, "ENTRANTS", (Entrant(OURS, Typst, conforming=True),))
    monkeypatch.setattr(typesetting, "WARM", 0)
    (row,) = typesetting.measured(TEN, 1, None)
    assert row["ours_to_it"] == 1
    assert float(str(row["seconds"])) > 0
    assert int(str(row["peak_mb"])) > 10
    assert "100.0%" in typesetting.table([row])


def test_an_issue_is_watched_stage_by_stage(given: Sample) -> None:
    with Issuing("SQLite") as office:
        report = office.prepare(given)()
    assert 9 <= report.pages <= 11
    assert report.pdf.startswith(b"%PDF")
    assert all(report.stages[stage] > 0 for stage in (*STAGES, REST))


@pytest.mark.parametrize(
    ("grows", "power"),
    [(lambda n: 3 + 2 * n, 1.0), (lambda n: 3 + n * n, 2.0)],
    ids=["linear", "square"],
)
def test_growth_is_told_by_its_exponent(grows: Callable[[int], float], power: float) -> None:
    sizes = (0, 10, 100, 1000)
    assert exponent(sizes, [grows(size) for size in sizes]) == pytest.approx(power)


def test_a_worker_alone_waits_for_nobody() -> None:
    hourly = Night(STEADY).play(1, 500).an_hour()
    assert hourly == pytest.approx(HOUR / (4.0 + 0.005 + 0.001), rel=0.01)


def test_workers_add_up_until_the_counter_is_full() -> None:
    assert Night(STEADY).play(100, 5000).an_hour() == pytest.approx(100 * HOUR / 4.006, rel=0.03)
    assert Night(STEADY).play(4000, 40_000).an_hour() == pytest.approx(HOUR / 0.005, rel=0.1)


@pytest.mark.parametrize(
    "world",
    [
        replace(STEADY, answer=2.0),
        replace(STEADY, line=1.0),
        replace(STEADY, held=1.0),
        replace(STEADY, life=600.0, restart=10.0),
    ],
    ids=["slow store", "thin line", "busy counter", "deaths"],
)
def test_what_goes_wrong_only_slows(world: World) -> None:
    usual, worse = Night(STEADY).play(50, 2000), Night(world).play(50, 2000)
    assert worse.an_hour() < 0.99 * usual.an_hour()
    assert worse.done == usual.done
    assert (worse.deaths > 0) is (world.life < 1000)


def test_the_page_of_capacity_is_current() -> None:
    assert capacity.PAGE.read_text("utf-8") == capacity.page(capacity.read(capacity.newest()))
    assert capacity.PICTURE.read_bytes().startswith(b"\x89PNG")


def test_results_are_written_as_data_text_and_picture(tmp_path: Path) -> None:
    results: dict[str, Any] = json.loads(capacity.newest().read_text("utf-8"))
    assert results.keys() == {"date", "machine", *PARTS}
    data, text, picture = written(results, tmp_path)
    assert json.loads(data.read_text("utf-8")) == results
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert text.read_text("utf-8") == capacity.newest().with_suffix(".md").read_text("utf-8")


@pytest.mark.soak
def test_everything_runs_by_one_command(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "benchmarks", "--quick", "--out", str(tmp_path)]
    done = subprocess.run(line, cwd=capacity.HERE.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(part.title in done.stdout for part in PARTS.values())
    (data,) = tmp_path.glob("*.json")
    assert capacity.read(data).mean > 0
