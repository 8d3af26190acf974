"""Workers of a Dask cluster that do jobs, on this machine or on many, each with the office opened for itself.

Nothing secret travels: a worker reads settings, keys and the office's secret where it stands, and shows by a proof
that they are the same. A job may be done twice, when a worker dies over it or is only late: the register gives it
the number it had, and the second finds the report that the first made (`press`).
"""

import hashlib
import hmac
import logging
import os
import platform
import time
import warnings
from asyncio import CancelledError
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlmodel import col, select

from reportgen import __version__
from reportgen.batch.job import Job, Place, failed, opened, patiently
from reportgen.batch.wording import said
from reportgen.errors import ReportgenError
from reportgen.registry.tables import EventRow
from reportgen.settings import OFFICE_FILE, store_url
from reportgen.store.people import Action
from reportgen.zone import now

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as Remote

P = ParamSpec("P")
T = TypeVar("T")
_CONNECT = 30
"""Seconds that a scheduler has to answer, at first and when it was restarted."""
_EXAMINE = 300
"""Seconds that the workers have to open the office."""
_BEAT = 2
_FETCH = 60
"""Seconds that a worker has to hand over what came of a job."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_PROOF = b"reportgen cluster v1"
# By the fields of `Seen`; what no person is to see has no value shown.
_NAMES = {
    "reportgen": "reportgen 的版本",
    "python": "Python 的版本",
    "distributed": "distributed 的版本",
    "settings": "机构设置 reportgen.toml",
    "key": "签名密钥",
    "secret": "机构密钥 office.secret",
    "register": "登记簿",
    "files": "文件存放处",
}
_LOCAL = "登记簿是 SQLite 或没有设 REPORTGEN_STORE 的，只能由同一台机器的工作进程办理"
_SHOWN = ("reportgen", "python", "distributed", "files")
_Task = tuple[Future[Any], "partial[Any]"]
_alone = Lock()
"""A worker with several threads does one job at a time all the same: nobody promises that typesetting takes two."""
_alike: "set[tuple[Place, Seen]]" = set()
"""What this process has found to be the same."""


@dataclass(frozen=True)
class Seen:
    """What a process sees of the office: versions, where files lie, and hashes of the rest.

    `machine` is the one that the office lies on, where it can be used from there alone; nothing where register and
    files can be reached from everywhere.
    """

    reportgen: str
    python: str
    distributed: str
    settings: str
    key: str
    secret: str
    register: str
    files: str
    machine: str


class Clustered(Executor):
    """An executor of a cluster's workers; what is handed in is done by one that sees what this process sees.

    Each worker is given one job at a time, and the others wait here: a worker that dies takes no job with it but
    its own, and what has not begun can be taken back. Work that the cluster lost fails with RuntimeError: to hand
    it in again is its owner's.
    """

    def __init__(self, client: "Client", seen: Seen) -> None:
        self._client, self._seen = client, seen
        self._waiting: deque[_Task] = deque()
        self._lock, self._given = Lock(), 0

    @property
    def workers(self) -> int:
        """Return how many workers there are now, one where nobody can say."""
        try:
            return max(1, len(self._client.nthreads()))
        except (OSError, RuntimeError):
            return 1

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand in a piece of work for a Job; raises E1203 where the scheduler has gone and not come back."""
        if self._client.status not in {"running", "connecting"}:
            raise ReportgenError("E1203", detail="失去联系，没有恢复")
        future: Future[T] = Future()
        self._waiting.append((future, partial(function, *args, **kwargs)))
        self._give()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the cluster; its workers stay."""
        self._client.close()

    def _give(self) -> None:
        """Give out what waits, as far as there are workers for it."""
        with self._lock:
            workers = self.workers
            while self._waiting and self._given < workers:
                future, work = self._waiting.popleft()
                if future.set_running_or_notify_cancel():
                    self._given += 1
                    self._give_one(future, work)

    def _give_one(self, future: Future[Any], work: "partial[Any]") -> None:
        try:
            remote = self._client.submit(
                _done, self._seen, work.func, *work.args, **work.keywords, pure=False
            )
        except Exception as error:
            # The client closes at any moment: its errors for that have no common name.
            self._given -= 1
            future.set_exception(RuntimeError(type(error).__name__))
            return
        remote.add_done_callback(lambda done: self._settle(done, future))

    def _settle(self, remote: "Remote[Any]", future: Future[Any]) -> None:
        """Hand over what came of a piece of work, or that the cluster lost it, and give out the next."""
        with self._lock:
            self._given -= 1
        try:
            future.set_result(_result(remote))
        except BaseException as error:
            # A cancelled future of the cluster would pass for one that its owner took back.
            future.set_exception(RuntimeError(type(error).__name__))
        self._give()


@contextmanager
def clustered(address: str, place: Place) -> Iterator[Clustered]:
    """Yield an executor of the cluster whose scheduler has an address, once all its workers were examined.

    Raises E1202 (distributed is not installed), E1203 (no scheduler, no workers), E1204 (a worker sees something
    else), E1107 (not permitted), and what opening the office raises.
    """
    client = _connected(address)
    try:
        _require_workers(client, address)
        office = opened(place)
        # It leaves the register's first event, where there was none, by which any register is known.
        office.press.permit(office.means.issuer, Action.ISSUE, now())
        seen = see(place)
        _require_alike(client, place, seen)
        yield Clustered(client, seen)
    finally:
        client.close()


def see(place: Place) -> Seen:
    """Return what this process sees of an office; raises what opening it raises."""
    office = opened(place)
    first = select(EventRow.hash).order_by(col(EventRow.id)).limit(1)
    secret = office.press.secret
    shared = office.press.store.engine.dialect.name != "sqlite" and bool(store_url())
    return Seen(
        reportgen=__version__,
        python=".".join(platform.python_version_tuple()[:2]),
        distributed=version("distributed"),
        settings=_digest((office.office.folder / OFFICE_FILE).read_bytes()),
        key=office.means.key_id or "",
        secret=_digest(hmac.digest(secret, _PROOF, "sha256")),
        register=office.press.store.read(lambda session: session.exec(first).first()) or "",
        files=office.press.files.where(),
        machine="" if shared else f"{platform.node()} {_digest(_BOOT.read_bytes())}",
    )


def _result(remote: "Remote[Any]") -> object:
    """Return what came of a piece of work; raises whatever the cluster says of one that it lost."""
    if remote.status not in {"finished", "error"}:
        # Asked for the result, a client that has closed would wait for it all the same.
        raise CancelledError
    return remote.result(timeout=_FETCH)


def _connected(address: str) -> "Client":
    try:
        from distributed import Client
        from distributed.versions import VersionMismatchWarning
    except ImportError as error:
        raise ReportgenError("E1202", detail=str(error.name)) from error
    # What becomes of the cluster is told by the batch itself, in one place and one language.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)
            client = Client(address, timeout=_CONNECT, set_as_default=False, name="reportgen-batch")
    except (OSError, ValueError, TypeError) as error:
        raise ReportgenError("E1203", detail=f"{address} 连接不上") from error
    return client


def _require_workers(client: "Client", address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_CONNECT)
    except TimeoutError as error:
        raise ReportgenError("E1203", detail=f"{address} 没有工作进程") from error


def _require_alike(client: "Client", place: Place, seen: Seen) -> None:
    """Have every worker open the office, and raise E1204 where one sees something else."""
    asked = {
        address: client.submit(_examined, place, workers=[address], pure=False)
        for address in client.nthreads()
    }
    for address, remote in asked.items():
        found = _found(client, address, remote)
        wrong = found if isinstance(found, str) else _differences(found, seen)
        if wrong:
            raise ReportgenError("E1204", worker=address, detail=wrong)


def _found(client: "Client", address: str, remote: "Remote[Any]") -> Seen | str:
    """Return what a worker saw, or what is wrong with it; one that has gone meanwhile is as it should be."""
    end = time.monotonic() + _EXAMINE
    while True:
        try:
            found: Seen | str = remote.result(timeout=_BEAT)
            return found
        except TimeoutError:
            if address not in client.nthreads():
                return ""
            if time.monotonic() > end:
                return "没有及时打开机构"
        except (Exception, CancelledError) as error:
            return f"没有装好 reportgen，或在打开机构时没有了（{type(error).__name__}）"


def _examined(place: Place) -> Seen | str:
    """In a worker: return what it sees of the office, or why it cannot open it."""
    with _alone:
        try:
            return see(_here(place))
        except ReportgenError as error:
            return said(error)


def _done(seen: Seen, function: Callable[[Job], object], job: Job) -> object:
    """In a worker: do a job, where the office is seen as by whoever hands it in."""
    with _alone:
        here = replace(job, place=_here(job.place))
        try:
            wrong = _wrong(here.place, seen)
        except ReportgenError as error:
            return failed(job.item, error)
        if wrong:
            return failed(job.item, ReportgenError("E1204", worker=platform.node(), detail=wrong))
        return function(here)


def _wrong(place: Place, seen: Seen) -> str:
    """Return what is wrong with this process, looked for once."""
    if (place, seen) in _alike:
        return ""
    wrong = _differences(patiently(lambda: see(place)), seen)
    if not wrong:
        _alike.add((place, seen))
    return wrong


def _here(place: Place) -> Place:
    """Return the place of a job where this worker has it: where its environment says, else at the same path."""
    return replace(place, office="") if os.environ.get("REPORTGEN_OFFICE") else place


def _differences(found: Seen, wanted: Seen) -> str:
    """Return in what a worker differs from whoever hands in the work, nothing where in nothing."""
    differing = [name for name in _NAMES if getattr(found, name) != getattr(wanted, name)]
    said = [
        _NAMES[name]
        + (f"不同（{getattr(found, name)}，这里是 {getattr(wanted, name)}）" if name in _SHOWN else "不同")
        for name in differing
    ]
    local = [_LOCAL] if found.machine != wanted.machine else []
    return "；".join([*said, *local])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
