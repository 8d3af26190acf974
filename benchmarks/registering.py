"""How many reports a second the register takes: `python -m benchmarks.registering [--clients 1 2 4] [--seconds S]`.

Clients enter, number and publish reports on PostgreSQL with its usual durability; nothing is typeset, and files go
nowhere. Numbers are gap-free within an office and a day, so whoever takes one holds the day's counter until his
transaction ends: `held` is that time, and 1 / `held` the most numbers a second that any number of clients can have.
Beside it: the seconds in which the office's store takes a file of a report's size, made durable.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import Mock, patch

import psutil
import psycopg

from benchmarks import batches, offices
from benchmarks.batches import Room
from benchmarks.measure import cpu_of, machine_cores, spread
from benchmarks.samples import NOW
from reportgen import pipeline
from reportgen.batch.sources import Words
from reportgen.document.typeset import Typeset
from reportgen.files import write_whole
from reportgen.press import Press
from reportgen.registry import numbers
from reportgen.store.files import Files
from reportgen.store.people import Action
from tests.postgres import Server

CLIENTS, SECONDS = (1, 2, 4), 6.0
FILE_BYTES = 600_000
_PATIENCE = 120
"""Seconds for which clients wait for each other: one that fails is waited for by all."""
_FILES = 40
NOWHERE = Mock(spec=Files)
"""Files that are kept nowhere."""
_MOST = 15
"""So many reports a second a client has ready; it stops where it has no more."""
_gate: list[Barrier] = []
"""Where the clients of a process pool wait for each other."""
_SEED = 9_000_000


@dataclass(frozen=True)
class Registered:
    """What a client did: the seconds of each report, and those for which it held the counter."""

    seconds: list[float]
    held: list[float]


def _meet_at(gate: Barrier) -> None:
    _gate.append(gate)


def client(place: Room, words: Sequence[Words], seconds: float) -> Registered:
    """Judge requests beforehand; then, once all clients have, register one after another for so long."""
    taken: list[float] = []
    held: list[float] = []
    with offices.opened(Path(place.folder), place.url) as office, _watched(held):
        bench, unsigned = replace(office.press, files=NOWHERE), replace(office.means, signing=None)
        ready = [pipeline.judged_again(office.request(one), unsigned) for one in words]
        _gate[0].wait()
        start = time.perf_counter()
        for judged in ready:
            began = time.perf_counter()
            if began > start + seconds:
                break
            _register(judged, bench)
            taken.append(time.perf_counter() - began)
    return Registered(taken, held)


def _register(judged: pipeline.Judged, bench: Press) -> None:
    """Do all the register's part of an issue."""
    issuer = judged.means.issuer
    bench.permit(issuer, Action.ISSUE, NOW)
    bench.current(judged.request)
    row = bench.allot(bench.enter(judged.request, judged.case, judged.assessment, issuer, NOW), issuer, NOW)
    identity = pipeline.numbered(judged, row, bench)
    bench.publish(row, identity, Typeset(str(row.number).encode(), 1))


@contextmanager
def _watched(held: list[float]) -> Iterator[None]:
    """Count the seconds from taking the day's counter to the end of the transaction that took it."""
    taking, allotting = numbers.register_number, Press.allot
    since = [0.0]

    def register_number(*given: Any) -> str:
        number = taking(*given)
        since[0] = time.perf_counter()
        return number

    def allot(*given: Any) -> Any:
        row = allotting(*given)
        held.append(time.perf_counter() - since[0])
        return row

    with patch("reportgen.press.register_number", register_number), patch.object(Press, "allot", allot):
        yield


def measured(clients: Sequence[int], seconds: float) -> dict[str, Any]:
    """Return reports a second by number of clients, how long the counter is held, and what a file takes to store."""
    with TemporaryDirectory() as folder, offices.postgres() as server:
        place = Room(folder, offices.database(server))
        offices.make_office(Path(folder), place.url)
        rows = [_row(place, server, count, seconds) for count in clients]
        grown = _bytes_a_report(server, sum(row["reports"] for row in rows))
    return {"clients": rows, "store": stored(), "database_bytes": grown, "cores": len(machine_cores())}


def _row(place: Room, server: Server, count: int, seconds: float) -> dict[str, Any]:
    each, first = int(seconds * _MOST), _SEED + 10_000 * count
    words = batches.learned(place, range(first, first + count * each))
    context = get_context("spawn")
    gate = context.Barrier(count + 1, timeout=_PATIENCE)
    with ProcessPoolExecutor(count, mp_context=context, initializer=_meet_at, initargs=(gate,)) as pool:
        runs = [pool.submit(client, place, words[n::count], seconds) for n in range(count)]
        gate.wait()
        before, began = psutil.cpu_times(), time.perf_counter()
        served = cpu_of(offices.processes(server))
        done = [run.result() for run in runs]
        busy = _busy(before) / (time.perf_counter() - began)
        served = cpu_of(offices.processes(server)) - served
    return {
        "clients": count,
        "reports": sum(len(one.seconds) for one in done),
        "a_second": round(sum(len(one.seconds) / sum(one.seconds) for one in done), 1),
        "seconds_each": round(spread([took for one in done for took in one.seconds])[0], 4),
        "held": round(spread([took for one in done for took in one.held])[0], 5),
        "server_cpu": round(served / sum(len(one.seconds) for one in done), 5),
        "busy_cores": round(busy, 2),
    }


def _busy(before: Any) -> float:
    after = psutil.cpu_times()
    return float(sum(after) - sum(before) - (after.idle - before.idle) - (after.iowait - before.iowait))


def _bytes_a_report(server: Server, reports: int) -> int:
    """Return how much a database grew with each report, by its tables of requests, reports and events."""
    with psycopg.connect(server.url("office").replace("+psycopg", "")) as connection:
        tables = ("request", "report", "party", "rests_on", "event")
        sizes = [_size(connection, table) for table in tables]
    return round(sum(sizes) / reports)


def _size(connection: "psycopg.Connection[Any]", table: str) -> int:
    found = connection.execute("SELECT pg_total_relation_size(%s::regclass)", (table,)).fetchone()
    assert found is not None
    return int(found[0])


def stored() -> dict[str, Any]:
    """Return the seconds that the folder of files takes for a file of a report's size, made durable."""
    content, took = bytes(FILE_BYTES), []
    with TemporaryDirectory() as folder:
        for turn in range(_FILES):
            started = time.perf_counter()
            write_whole(Path(folder) / f"{turn}.pdf", content)
            took.append(time.perf_counter() - started)
    median, low, high = spread(took)
    return {"bytes": FILE_BYTES, "seconds": round(median, 5), "quartiles": [round(low, 5), round(high, 5)]}


def table(found: dict[str, Any]) -> str:
    """Return all of it as text for a terminal."""
    lines = [
        f"{'clients':>7} {'a second':>8} {'s each':>7} {'counter held s':>14} {'server cpu s':>12} {'busy cores':>10}"
    ]
    lines += [
        f"{row['clients']:7} {row['a_second']:8.1f} {row['seconds_each']:7.4f} "
        f"{row['held']:14.5f} {row['server_cpu']:12.5f} {row['busy_cores']:10.2f}"
        for row in found["clients"]
    ]
    store = found["store"]
    lines += [f"a file of {store['bytes']} bytes is durable in {store['seconds']} s"]
    return "\n".join([*lines, f"the database grows by {found['database_bytes']} bytes a report"])


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args()
    print(table(measured(given.clients, given.seconds)))


if __name__ == "__main__":
    main()
