"""The objects of a store outside this machine, each put whole or not at all.

fsspec is loaded by the first question only: an office whose files lie in a folder never needs it.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from reportgen.errors import ReportgenError
from reportgen.zone import CHINA

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

T = TypeVar("T")
PROTOCOLS = {"s3": "reportgen[s3]", "oss": "ossfs", "gs": "gcsfs", "abfs": "adlfs"}
"""The stores that put an object whole or not at all, and what is to be installed for each."""
# botocore asks again where a store is away or busy, s3fs once more where an answer breaks off: a store that
# is away is told within a minute, one that takes and never answers within three.
_TRIES = 2
_S3: dict[str, Any] = {
    "use_listings_cache": False,
    # Otherwise every read is preceded by a question for the size.
    "max_concurrency": 1,
    "config_kwargs": {
        "connect_timeout": 5,
        "read_timeout": 30,
        "retries": {"mode": "standard", "total_max_attempts": 3},
    },
}
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
# By the name of the error or of its class, the first that fits.
_SAID = {
    "NoSuchBucket": "没有这个桶",
    "NoCredentialsError": "没有给出凭据",
    "PartialCredentialsError": "凭据不全",
    "PermissionError": "凭据不对，或没有权限",
    "EndpointConnectionError": "连接不上",
    "ConnectTimeoutError": "连接不上",
    "ClientConnectorError": "连接不上",
    "ReadTimeoutError": "没有及时回答",
    "TimeoutError": "没有及时回答",
}


@dataclass(frozen=True)
class Objects:
    """Objects below a URL of a store such as s3://桶/前缀/files."""

    url: str

    def where(self, name: str = "") -> str:
        """Return an object's URL."""
        return f"{self.url}/{name}" if name else self.url

    def write(self, name: str, content: bytes) -> None:
        """Put an object whole; raises E0913."""
        self._ask(lambda store: store.pipe_file(self._inside(name), content))

    def read(self, name: str) -> bytes | None:
        """Return an object's content; None where there is no such object. Raises E0913."""
        try:
            return self._ask(lambda store: bytes(store.cat_file(self._inside(name))))
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        """Remove an object where there is one; raises E0913."""
        try:
            self._ask(lambda store: store.rm_file(self._inside(name)))
        except FileNotFoundError:
            return

    def names(self) -> list[str]:
        """Return the names of all objects; raises E0913."""
        found: list[str] = self._ask(lambda store: store.find(self.url))
        root = self.url.partition("://")[2]
        return sorted(path.removeprefix(f"{root}/") for path in found)

    def older(self, name: str, before: datetime) -> bool:
        """Say whether there is an object that was put before a moment of China; raises E0913."""
        try:
            put: datetime = self._ask(lambda store: store.modified(self._inside(name)))
        except FileNotFoundError:
            return False
        return put < before.replace(tzinfo=CHINA)

    def abandoned(self, name: str, before: datetime) -> bool:
        """Return that nothing is: an object is there once all of it is."""
        return False

    def empty(self) -> bool:
        """Say whether there is no object; raises E0913."""
        try:
            return not self._ask(lambda store: store.ls(self.url, detail=False))
        except FileNotFoundError:
            return True

    def fill(self, parts: Iterable[tuple[str, bytes]]) -> None:
        """Put many objects; after an error those that were put are taken away again. Raises E0913."""
        put: list[str] = []
        try:
            for name, content in parts:
                put.append(name)
                self.write(name, content)
        except BaseException:
            for name in put:
                self.remove(name)
            raise

    def beside(self, folder: str) -> "Objects":
        """Return the objects of a folder beside this one."""
        return Objects(f"{self.url.rpartition('/')[0]}/{folder}")

    def answer(self) -> None:
        """Find out whether the store answers and lets the office look; raises E0913."""
        self.empty()

    def _inside(self, name: str) -> str:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ReportgenError("E0901", file=name, detail="不在机构的文件夹之内")
        return f"{self.url}/{path}"

    def _ask(self, work: Callable[["AbstractFileSystem"], T]) -> T:
        """Return what the store did; raises FileNotFoundError (no such object), E0913, E0914."""
        store = self._store()
        try:
            return work(store)
        except ReportgenError:
            raise
        except Exception as error:
            if isinstance(error, FileNotFoundError) and _code(error) != "NoSuchBucket":
                raise
            # Every kind of store has errors of its own, and their texts may hold an address or a key.
            raise ReportgenError("E0913", store=self._named(), detail=_detail(error)) from error

    def _store(self) -> "AbstractFileSystem":
        import fsspec

        protocol = urlsplit(self.url).scheme
        try:
            store = fsspec.filesystem(protocol, **(_S3 if protocol == "s3" else {}))
        except ImportError as error:
            raise ReportgenError("E0914", detail=f"须安装 {PROTOCOLS[protocol]}") from error
        if protocol == "s3":
            store.retries = _TRIES
        return store

    def _named(self) -> str:
        """Return the store with its host, and nothing else of an address that may hold a password."""
        given = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
        parts = urlsplit(given)
        port = f":{parts.port}" if parts.port else ""
        return f"{self.url}（{parts.hostname}{port}）" if parts.hostname else self.url


def _code(error: BaseException) -> str:
    """Return the code of the store's own answer, nothing where it gave none."""
    answer = getattr(error.__cause__, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))


def _detail(error: BaseException) -> str:
    names = [_code(error), *(kind.__name__ for kind in type(error).__mro__)]
    return next((_SAID[name] for name in names if name in _SAID), names[0] or names[1])
