"""Offices to measure in: a folder with test keys and the office's own time stamps, on SQLite or on PostgreSQL.

Nothing here asks a network. The clock is that of the samples: an office, its keys and its reports are of one
day, whenever they are measured.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from unittest.mock import patch

import psutil

from benchmarks.samples import NOW
from reportgen.batch.sources import Sources, Words
from reportgen.certify.keyring import TEST_SETTINGS, create_test
from reportgen.document.issuer import issuer_of
from reportgen.files import write_whole
from reportgen.pipeline import Means, means_of
from reportgen.press import Press, open_press
from reportgen.registry.changes import learn
from reportgen.registry.requests import Request
from reportgen.settings import OFFICE_FILE, Office, asset_dir, database_url, read_office
from reportgen.store.engine import open_store
from reportgen.store.migrate import upgrade
from reportgen.store.projects import import_project
from tests.postgres import APPLICATION, OWNER, Server, make_folder, remove_folder, serve

Kind = Literal["SQLite", "PostgreSQL"]
KINDS: tuple[Kind, ...] = ("SQLite", "PostgreSQL")
_KEYS_FOLLOW = "\n# 签名密钥与时间戳："
_URL = "REPORTGEN_DATABASE_URL"


@dataclass(frozen=True)
class Opened:
    """An office at work: what it signs with, its press, and where requests find their facts."""

    office: Office
    means: Means
    press: Press

    def request(self, words: Words) -> Request:
        """Return a request with its facts from the database."""
        # What one request looked up no other finds held: each is to pull its own.
        return Sources(self.press.store).request(words)

    def learn(self, *asked: Request) -> None:
        """Bring the facts of requests into the database."""
        desk = self.press.desk(NOW)
        for request in asked:
            for subject in request.applicant.subjects:
                self.press.store.write(lambda session, s=subject: learn(session, s, desk))  # type: ignore[misc]
            self.press.store.write(lambda session, p=request.project: import_project(session, p, NOW))  # type: ignore[misc]


def words_of(asked: Request) -> Words:
    """Return a request as a row of a list."""
    binding = asked.binding
    return Words(
        applicant=asked.applicant.lead.uscc,
        project=asked.project.id,
        recipient=binding.recipient.uscc,
        authorisation=binding.authorisation,
        purpose=binding.purpose,
        payer=binding.payer,
    )


def make_office(folder: Path, url: str = "") -> None:
    """Make an office as `reportgen init` does, on the day of the samples; `url` is that of a database with tables."""
    sample = (asset_dir("sample_subjects") / "office" / OFFICE_FILE).read_text("utf-8")
    settings = sample.partition(_KEYS_FOLLOW)[0] + TEST_SETTINGS
    office = read_office(write_whole(folder / OFFICE_FILE, settings.encode()))
    agency = issuer_of(office).agency
    create_test(folder, agency.name, agency.uscc, NOW)
    if not url:
        with _on(""):
            store = open_store(database_url(office))
        upgrade(store)
        store.close()


@contextmanager
def opened(folder: Path, url: str = "") -> Iterator[Opened]:
    """Yield the office of a folder at work."""
    office = read_office(folder / OFFICE_FILE)
    with _on(url):
        press = open_press(office, "office")
    try:
        yield Opened(office, means_of(office, NOW), press)
    finally:
        press.store.close()


@contextmanager
def postgres() -> Iterator[Server]:
    """Yield a server with its usual durability, in a folder of its own."""
    folder, pipe = make_folder()
    try:
        yield serve(folder, settings=())
    finally:
        remove_folder(folder, pipe)


def database(server: Server, name: str = "office") -> str:
    """Make a database with tables on a server; returns its URL with the application's rights."""
    server.run(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE migrated")
    return server.url(name, APPLICATION)


def processes(server: Server) -> list[psutil.Process]:
    """Return the processes of a server."""
    pid = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    main = psutil.Process(pid)
    return [main, *main.children(recursive=True)]


@contextmanager
def _on(url: str) -> Iterator[None]:
    # Whatever the environment says of somebody's own office has no say here.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REPORTGEN_")}
    with patch.dict(os.environ, kept | ({_URL: url} if url else {}), clear=True):
        yield
