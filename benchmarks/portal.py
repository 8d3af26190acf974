"""The portal under load: `python -m benchmarks.portal [--clients 200] [--uses 50] [--seconds 60] [--kind SQLite]`.

`reportgen serve` answers over real HTTP on loopback. Clients look reports up by number and code, each the next as soon
as it has the last answer, from an address of its own, as a trusted proxy tells it; beside them so many reports a second
are used by a recipient who is signed in, whether or not the answers keep up, while a process of low priority typesets
reports without end. The whole answer is waited for. A use is timed from when it was due. Who is told to come again
(429) waits as long as he was told; a use is sent again until it is answered, and the register is counted afterwards.
Uploads are checked apart: clients hand in one signed report after another.
"""

import argparse
import asyncio
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sqlalchemy import func, insert
from sqlmodel import Session, select

from benchmarks import offices
from benchmarks.measure import cpu_of
from benchmarks.offices import KINDS, Kind
from benchmarks.samples import WHOLE, request, sample
from reportgen.press import Press
from reportgen.registry.numbers import code_hash, public_number, verification_code
from reportgen.registry.tables import ReportRow, RequestRow, State
from reportgen.settings import OFFICE_FILE
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Opening
from reportgen.store.projects import import_project
from reportgen.store.tables import ProjectRow, SubjectRow
from reportgen.zone import now
from tests.certify.reports import signed
from tests.document.samples import issued

CLIENTS, USES, SECONDS, UPLOADS = 200, 50, 60, 2
PROCESSES: dict[Kind, int] = {"SQLite": 1, "PostgreSQL": 2}
SEE_OTHER = 303
_USED = select(func.count()).where(ReportRow.state == State.CONSUMED)
LOOKED = 2000
"""So many reports are looked up, in turn; others are used."""
_LANES = 64
_CSRF = re.compile(rb'name="_csrf" value="([0-9a-f]{64})"')
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_AGAIN = re.compile(rb"retry-after: (\d+)", re.IGNORECASE)
_WEB = '\n[web]\nsecure = false\nproxies = ["127.0.0.1"]\nprocesses = {processes}\nrenderers = 0\n'


@dataclass
class Took:
    """What came back: the milliseconds of the answers of each status."""

    milliseconds: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, since: float, status: int) -> None:
        """Enter one answer to what was due at a moment."""
        self.milliseconds[status].append((time.perf_counter() - since) * 1000)

    def lines(self, name: str, seconds: float) -> Iterator[str]:
        """Return the figures, a line for each status."""
        for status, took in sorted(self.milliseconds.items()):
            cuts = statistics.quantiles(took, n=100) if len(took) > 1 else took * 99
            figures = f"p50 {cuts[49]:7.1f} ms   p95 {cuts[94]:7.1f} ms   p99 {cuts[98]:7.1f} ms"
            yield f"{name:<9} {status} {len(took) / seconds:7.1f} a second   {figures}   {len(took)} in all"

    @property
    def answers(self) -> int:
        """How many answers came."""
        return sum(map(len, self.milliseconds.values()))


@dataclass(frozen=True)
class Place:
    """A portal with reports to look up (paths) and to use (numbers), and a recipient's session."""

    port: int
    looks: Sequence[str]
    uses: Sequence[str]
    project: str
    token: str


class Line:
    """One connection that is kept: a request, and its whole answer."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, head: str, body: bytes = b"") -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        status, _, answer = await self.told(head, body)
        return status, answer

    async def told(self, head: str, body: bytes = b"") -> tuple[int, int, bytes]:
        """Return the status of an answer, in how many seconds to come again, and the body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(head.encode() + b"\r\nHost: portal\r\n\r\n" + body)
        said = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(said)
        answer = await reader.readexactly(int(length[1])) if length else b""
        again = _AGAIN.search(said)
        return int(said[9:12]), int(again[1]) if again else 0, answer


async def look(place: Place, turn: Iterator[int], until: float, took: Took) -> None:
    """Look one report up after another until a moment."""
    line = Line(place.port)
    while (began := time.perf_counter()) < until:
        path, address = place.looks[next(turn) % len(place.looks)], ".".join(map(str, secrets.token_bytes(4)))
        status, again, _ = await line.told(f"GET {path} HTTP/1.1\r\nX-Forwarded-For: {address}")
        took.add(began, status)
        await asyncio.sleep(again)


async def use(place: Place, rate: int, seconds: float, took: Took) -> None:
    """Use so many reports a second, each once, whether or not the answers keep up."""
    cookie = f"Cookie: reportgen={place.token}"
    free: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(_LANES):
        free.put_nowait(Line(place.port))
    _, page = await Line(place.port).ask(f"GET / HTTP/1.1\r\n{cookie}")
    found = _CSRF.search(page)
    assert found, page.decode()
    head = f"POST /committee/use?project={place.project}&round=1 HTTP/1.1\r\n{cookie}\r\nSec-Fetch-Site: same-origin"

    async def one(number: str, due: float) -> None:
        body = f"_csrf={found[1].decode()}&confirmed=yes&number={number}".encode()
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}"
        again = 1
        while again:
            line = await free.get()
            status, again, _ = await line.told(f"{head}\r\n{kind}", body)
            free.put_nowait(line)
            took.add(due, status)
            await asyncio.sleep(again)

    began, under_way = time.perf_counter(), []
    for index, number in enumerate(place.uses[: int(rate * seconds)]):
        due = began + index / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        under_way.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*under_way)


async def checks(place: Place, report: bytes, clients: int, seconds: float) -> Took:
    """Hand a signed report in to be checked, so many clients each one after another."""
    took, until = Took(), time.perf_counter() + seconds
    mark = secrets.token_hex(8)
    body = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="report.pdf"\r\n\r\n'.encode()
        + report
        + f"\r\n--{mark}--\r\n".encode()
    )
    kind = f"Content-Type: multipart/form-data; boundary={mark}\r\nContent-Length: {len(body)}"

    async def hand_in() -> None:
        line = Line(place.port)
        while (began := time.perf_counter()) < until:
            address = ".".join(map(str, secrets.token_bytes(4)))
            words = f"POST /verify/file HTTP/1.1\r\nX-Forwarded-For: {address}\r\nSec-Fetch-Site: same-origin"
            status, again, _ = await line.told(f"{words}\r\n{kind}", body)
            took.add(began, status)
            await asyncio.sleep(again)

    await asyncio.gather(*(hand_in() for _ in range(clients)))
    return took


async def loaded(place: Place, clients: int, rate: int, seconds: float) -> tuple[Took, Took]:
    """Return what look-ups and uses took under the whole load."""
    looks, uses = Took(), Took()
    turn, until = iter(range(1 << 40)), time.perf_counter() + seconds
    await asyncio.gather(
        *(look(place, turn, until, looks) for _ in range(clients)),
        *([use(place, rate, seconds, uses)] if rate else []),
    )
    return looks, uses


def filled(press: Press, used: int) -> tuple[list[str], list[str], str]:
    """Enter a project that is open and its reports; return paths to look up, numbers to use, the project."""
    asked, at = request(1), now()
    project, owner = asked.project, asked.project.owner.uscc
    subject = asked.applicant.lead
    numbers = [public_number(press.secret, str(n), at.date()) for n in range(LOOKED + used)]
    codes = [verification_code(press.secret, number) for number in numbers]

    def work(session: Session) -> None:
        import_project(session, project, at)
        row = session.get_one(ProjectRow, 1)
        row.closes_at = at - timedelta(days=1)
        session.add(SubjectRow(uscc=subject.uscc, name=subject.name))
        session.execute(
            insert(RequestRow), [_request(n, project.id, subject.uscc, owner) for n in range(len(numbers))]
        )
        session.execute(
            insert(ReportRow),
            [_report(n, number, code, _request(n, project.id, subject.uscc, owner)) for n, (number, code) in
             enumerate(zip(numbers, codes, strict=True))],
        )  # fmt: skip
        asking = Opening("owner", AccountKind.RECIPIENT, owner, asked.project.owner.name, "经办人")
        accounts.open_account(session, asking, "", at)
        accounts.decide(session, 1, AccountState.ACTIVE, "office", at)

    press.store.write(work)
    paths = [f"/v/{number}/{code}" for number, code in zip(numbers, codes, strict=True)]
    return paths[:LOOKED], numbers[LOOKED:], project.id


def _request(n: int, project: str, subject: str, owner: str) -> dict[str, object]:
    return {
        "key": f"{n:064d}", "applicant": "[]", "role": "投标人", "project": project, "recipient": owner,
        "recipient_name": "样例", "purpose": f"投标 {n}", "authorisation": "样例", "payer": owner,
        "requested_by": "office", "requested_at": now(), "kind": "REPORT", "round": 1, "lot": "",
    }  # fmt: skip


def _report(n: int, number: str, code: str, asked: dict[str, object]) -> dict[str, object]:
    at = now()
    return {
        "request_id": n + 1, "kind": "REPORT", "state": State.ISSUED, "register_number": f"R{n}", "number": number,
        "code_sha256": code_hash(code), "applicant": "S", "project": asked["project"], "round": 1, "lot": "",
        "matter": "工程招标投标", "recipient": asked["recipient"], "purpose": asked["purpose"], "closes_at": at,
        "conclusion": "CAPABLE", "pack": "national", "pack_sha256": "", "snapshot_sha256": "", "project_sha256": "",
        "prepared_by": "甲", "reviewed_by": "乙", "issued_by": "丙", "drafted_at": at, "issued_at": at,
        "valid_until": at.date() + timedelta(days=60), "sha256": f"{n:064x}", "pages": 18, "file": f"{n}.pdf",
        "superseded": False, "head": "", "events": 0,
    }  # fmt: skip


@contextmanager
def served(folder: Path, url: str, processes: int) -> Iterator[tuple[int, psutil.Process]]:
    """Serve an office's portal on a free port of loopback; yield the port and the process."""
    settings = folder / OFFICE_FILE
    settings.write_text(settings.read_text("utf-8") + _WEB.format(processes=processes), "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    place = {name: value for name, value in os.environ.items() if not name.startswith("REPORTGEN_")}
    place |= {"REPORTGEN_DATABASE_URL": url} if url else {}
    words = [sys.executable, "-m", "reportgen", "serve", "--office", str(folder), "--port", str(port)]
    with (folder / "log").open("wb") as log, subprocess.Popen(words, env=place, stderr=log) as server:
        try:
            _wait(port, server, folder)
            yield port, psutil.Process(server.pid)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def _wait(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            asyncio.run(Line(port).ask("GET /healthz HTTP/1.1"))
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError((folder / "log").read_text("utf-8"))


@contextmanager
def busy() -> Iterator[None]:
    """Let a process of the lowest priority typeset reports without end."""
    worker = get_context("spawn").Process(target=_typeset, daemon=True)
    worker.start()
    try:
        yield
    finally:
        worker.terminate()
        worker.join()


def _typeset() -> None:
    from reportgen.document.typeset import typesetter

    os.nice(19)
    made = sample(1, WHOLE)
    while True:
        typesetter().document("report.html.j2", made.content, now(), made.number, made.enclosures)


def measured(kind: Kind, args: argparse.Namespace, url: str = "") -> None:
    """Print what the load took on one kind of database."""
    with TemporaryDirectory(prefix="reportgen-portal-") as made:
        folder = Path(made)
        offices.make_office(folder, url)
        with offices.opened(folder, url) as office:
            press = office.press
            looks, uses, project = filled(press, int(args.uses * args.seconds))
            token = press.store.write(lambda s: accounts.sign_in(s, 1, "owner", press.secret, now()))
        report = signed(issued("goods-good", folder).pdf)
        with served(folder, url, args.processes or PROCESSES[kind]) as (port, server):
            place = Place(port, looks, uses, project, token)
            asyncio.run(loaded(place, 8, 0, 2))
            with busy():
                time.sleep(5)
                whole = [server, *server.children(recursive=True)]
                before = cpu_of(whole)
                found = asyncio.run(loaded(place, args.clients, args.uses, args.seconds))
                spent = cpu_of(whole) - before
            checked = asyncio.run(checks(place, report, args.uploads, args.seconds / 4))
        for name, took, seconds in (
            ("look-ups", found[0], args.seconds),
            ("uses", found[1], args.seconds),
            ("uploads", checked, args.seconds / 4),
        ):
            for line in took.lines(name, seconds):
                print(f"{kind:<11}{line}", flush=True)
        answers = sum(took.answers for took in found)
        print(f"{kind:<11}{spent / args.seconds:.2f} cores, {spent / answers * 1000:.2f} ms of CPU an answer")
        with offices.opened(folder, url) as office:
            held = office.press.store.read(lambda s: s.exec(_USED).one())
        print(f"{kind:<11}{held} reports used, {len(found[1].milliseconds[SEE_OTHER])} answers that said so")


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--clients", type=int, default=CLIENTS)
    words.add_argument("--uses", type=int, default=USES)
    words.add_argument("--seconds", type=float, default=SECONDS)
    words.add_argument("--uploads", type=int, default=UPLOADS)
    words.add_argument("--processes", type=int)
    words.add_argument("--kind", choices=KINDS, action="append")
    args = words.parse_args()
    for kind in args.kind or KINDS:
        if kind == "SQLite":
            measured(kind, args)
        else:
            with offices.postgres() as server:
                measured(kind, args, offices.database(server))


if __name__ == "__main__":
    main()
