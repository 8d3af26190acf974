"""A register of a million reports on PostgreSQL: look-ups, and uses a second beside a bare UPDATE.

`python -m benchmarks.register [ROWS]`. The server comes from the wheel the tests use, here with its usual
durability. Rows are made by the server itself; what is measured goes through the register's own code.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from sqlalchemy import text

from reportgen.registry import lifecycle, queries
from reportgen.store.engine import Store, open_store
from tests.postgres import APPLICATION, make_folder, remove_folder, serve
from tests.registry.lives import DESK, USE

CLIENTS, SECONDS, LOOKS = 8, 10.0, 2000
FILL = """
INSERT INTO request (key, kind, applicant, role, project, round, lot, recipient, recipient_name, purpose,
    authorisation, payer, requested_by, requested_at)
SELECT lpad(n::text, 64, '0'), 'REPORT', '[]', '投标人', '{project}', 1, '', '{owner}', '样例学校', '投标 ' || n,
    '样例授权', '{owner}', 'office', '2026-11-22' FROM generate_series(1, {rows}) n;
INSERT INTO report (request_id, kind, state, register_number, number, code_sha256, applicant, project, round, lot,
    matter, recipient, purpose, closes_at, conclusion, pack, pack_sha256, snapshot_sha256, project_sha256, prepared_by,
    reviewed_by, issued_by, drafted_at, issued_at, valid_until, sha256, pages, file, superseded, head, events)
SELECT r.id, 'REPORT', 'ISSUED', 'R' || r.id, 'N' || r.id, encode(sha256(('C' || r.id)::bytea), 'hex'),
    'S' || (r.id % 100000), '{project}', 1, '', '工程招标投标', '{owner}', r.purpose, '2026-12-12', 'CAPABLE', 'national',
    '', '', '', '甲', '乙', '丙', '2026-11-22', '2026-11-22', '2027-02-20', lpad(r.id::text, 64, 'f'), 18,
    r.id || '.pdf', false, '', 0 FROM request r;
INSERT INTO party (report_id, uscc, snapshot_sha256) SELECT id, applicant, '' FROM report;
"""


def timed(looks: list[Callable[[], object]]) -> list[float]:
    """Return the milliseconds of each look."""
    took = []
    for look in looks:
        started = time.perf_counter()
        assert look()
        took.append((time.perf_counter() - started) * 1000)
    return took


def looks(store: Store, rows: int) -> dict[str, list[Callable[[], object]]]:
    """Return random look-ups by number, by code and by subject."""
    chance = random.Random(1)  # noqa: S311 - no secret
    picked = [chance.randrange(1, rows + 1) for _ in range(LOOKS)]
    return {
        "by number": [lambda n=n: store.read(lambda s: lifecycle.by_number(s, f"N{n}")) for n in picked],
        "by code": [lambda n=n: store.read(lambda s: queries.by_code(s, f"N{n}", f"C{n}")) for n in picked],
        "by subject": [
            lambda n=n: store.read(lambda s: queries.of_subject(s, f"S{n % 100000}")) for n in picked
        ],
    }


def uses(url: str, first: int, step: int, until: float) -> int:
    """Use one report after another through the register; return how many."""
    store, done = open_store(url), 0
    while time.time() < until:
        number = f"N{first + done * step}"
        outcome = store.write(lambda s, n=number: lifecycle.consume(s, n, USE, DESK)).outcome
        assert outcome is lifecycle.Outcome.USED
        done += 1
    return done


def updates(url: str, first: int, step: int, until: float) -> int:
    """Change one row after another by a bare UPDATE in a transaction of its own; return how many."""
    engine, done = open_store(url).engine, 0
    while time.time() < until:
        with engine.begin() as connection:
            statement = text("UPDATE report SET pages = pages + 1 WHERE number = :n")
            connection.execute(statement, {"n": f"N{first + done * step}"})
        done += 1
    return done


def rate(work: Callable[[str, int, int, float], int], url: str, first: int) -> float:
    """Return how often a second eight clients together do a piece of work."""
    with ProcessPoolExecutor(CLIENTS, mp_context=get_context("spawn")) as clients:
        list(clients.map(abs, range(CLIENTS)))
        started = time.time() + 2
        runs = [clients.submit(work, url, first + n, CLIENTS, started + SECONDS) for n in range(CLIENTS)]
        time.sleep(2)
        return sum(run.result() for run in runs) / (SECONDS + 2)


def main(rows: int) -> None:
    folder, pipe = make_folder()
    try:
        server = serve(folder, settings=())
        server.run("CREATE DATABASE big OWNER reportgen_owner TEMPLATE migrated")
        fill = FILL.format(rows=rows, project=USE.project, owner=USE.by)
        server.run(*(part for part in fill.split(";") if part.strip()), "ANALYZE", database="big")
        url = server.url("big", APPLICATION)
        store = open_store(url)
        print(f"{rows:,} reports")
        for name, work in looks(store, rows).items():
            took = timed(work)
            p95 = statistics.quantiles(took, n=20)[-1]
            print(f"{name:<12} median {statistics.median(took):6.2f} ms   95 % {p95:6.2f} ms")
        bare = rate(updates, url, 1)
        used = rate(uses, url, 1)
        print(f"bare UPDATE  {bare:7.0f} a second from {CLIENTS} clients")
        print(f"use          {used:7.0f} a second from {CLIENTS} clients, {used / bare:.2f} × bare UPDATE")
        store.close()
    finally:
        remove_folder(folder, pipe)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
