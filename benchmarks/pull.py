"""How long a pull from an agency's own database takes: `python -m benchmarks.pull [--subjects N] [--changed N]`.

The agency's tables stand on PostgreSQL, as `docs/examples/database/agency.sql` makes them, filled by SQL with made-up
subjects, each with two penalties, three years of statements and two contracts; the office stands on the same server. First
everything is pulled, then what changed of some subjects' children, then the same again, of which all is known.
Seconds by the wall clock, and of processor time with the server's; the memory is the greatest that the process held.
"""

import argparse
import os
import resource
import time
from datetime import timedelta
from pathlib import Path

import psutil
import psycopg

from benchmarks import offices
from benchmarks.measure import cpu_of
from benchmarks.samples import NOW
from reportgen.intake.database.mapping import load_mapping
from reportgen.intake.database.reading import opened
from reportgen.registry.events import events_key
from reportgen.registry.lifecycle import Desk
from reportgen.registry.pulls import Pull, pull
from reportgen.store.engine import Store, open_store
from tests.factories import made_up_uscc
from tests.postgres import Server

SUBJECTS, CHANGED = 100_000, 1_000
EXAMPLES = Path(__file__).parent.parent / "docs" / "examples" / "database"
_VARIABLE = "CREDIT_DATABASE_URL"
_FILLED = """
INSERT INTO zt_jbxx SELECT code, '样例第' || n || '号建设工程有限公司', NULL, '有限责任公司', '某某', '2015-06-01', '1',
    '样例省样例市样例路' || n || '号', '990102', '样例市市场监督管理局', 5000, '2099-12-31', {at} FROM code;
INSERT INTO xzcf SELECT n * 10 + k, code, '样罚〔2026〕' || n || '-' || k || '号', '行政处罚决定书', '样例市住房和城乡建设局',
    '03', 1.5, '2026-05-20', '2026-05-26', 1, 1, {at} FROM code, generate_series(1, 2) k;
INSERT INTO cwbb SELECT code, y, 1, 8000, 3000, 5000, 9000, {at} FROM code, generate_series(2023, 2025) y;
INSERT INTO ht SELECT 'HT-' || n || '-' || k, code, '样例第' || n || '号道路第' || k || '标段', '公路工程', '样例市公路中心',
    91800000, '2021-11-03', '2023-10-31', '2023-10-26', '2', {at} FROM code, generate_series(1, 2) k;
CREATE INDEX ON xzcf (tyshxydm); CREATE INDEX ON cwbb (tyshxydm); CREATE INDEX ON ht (tyshxydm);
CREATE INDEX ON xzcf (gxsj); CREATE INDEX ON cwbb (gxsj); CREATE INDEX ON ht (gxsj); CREATE INDEX ON zt_jbxx (gxsj);
ANALYZE
"""
_TOUCHED = "UPDATE xzcf SET lxqk = 0, gxsj = (SELECT max(gxsj) FROM ht) + interval '1 day' WHERE id % 10 = 1 AND id <= {rows}"


def fill(server: Server, subjects: int) -> str:
    """Make the agency's database; returns its URL."""
    server.run("CREATE DATABASE agency")
    tables = (EXAMPLES / "agency.sql").read_text("utf-8").partition("INSERT INTO")[0]
    with psycopg.connect(f"host={server.folder} user=postgres dbname=agency") as connection:
        connection.execute(tables.encode())
        connection.execute("CREATE TABLE code (n integer, code varchar(18))")
        with connection.cursor().copy("COPY code FROM STDIN") as copy:
            for number in range(subjects):
                copy.write_row((number, made_up_uscc(number)))
        connection.execute(_FILLED.format(at="timestamp '2026-09-01' + n * interval '1 minute'").encode())
    return server.url("agency")


def pulled(store: Store, days: int) -> Pull:
    """Pull what changed, some days after the first time."""
    mapped = load_mapping(EXAMPLES / "mapping.yaml")
    desk = Desk("office", NOW + timedelta(days=days), events_key(b"benchmark"))
    with opened(mapped, EXAMPLES) as database:
        return store.write(lambda session: pull(session, database, desk, whole=False, going_on=False))


def measured(what: str, store: Store, server: Server, days: int) -> None:
    everybody = [psutil.Process(), *offices.processes(server)]
    cpu, began = cpu_of(everybody), time.perf_counter()
    done = pulled(store, days)
    wall, spent = time.perf_counter() - began, cpu_of([psutil.Process(), *offices.processes(server)]) - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = {outcome.name.lower(): count for outcome, count in done.counts.items() if count}
    print(f"{what:<34}{wall:>9.1f} s{spent:>9.1f} s{peak:>7.0f} MB  {counts}", flush=True)


def main() -> None:
    """Measure a first pull, one of what changed, and one of nothing new."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=SUBJECTS)
    parser.add_argument("--changed", type=int, default=CHANGED)
    asked = parser.parse_args()
    with offices.postgres() as server:
        os.environ[_VARIABLE] = fill(server, asked.subjects)
        store = open_store(offices.database(server))
        measured(f"first pull of {asked.subjects:,} subjects", store, server, 0)
        server.run(_TOUCHED.format(rows=asked.changed * 10), database="agency")
        # As autovacuum does within a minute; until then the server takes full tables for empty ones.
        server.run("ANALYZE", database="office")
        measured(f"{asked.changed:,} subjects changed", store, server, 1)
        measured("the same once more", store, server, 1)
        store.close()


if __name__ == "__main__":
    main()
