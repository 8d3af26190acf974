"""What all tests share: how hypothesis runs, and the office's database on SQLite and on PostgreSQL.

A test that asks for `store` runs twice. On PostgreSQL `store` works with the application's role and so
with its rights; `owner` is the same database with the rights of whoever owns the tables. Making a database
costs five times as much as emptying one: a test that asks for `store` alone, and so can change no table,
gets the one of its process, emptied.
"""

import gc
import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from reportgen.store.engine import Store
    from tests.once import Once
    from tests.postgres import Server

# A run starts hundreds of processes; without bytecode each would compile all the libraries for itself.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A slow machine is no failure, and a build that fails must fail again on the next run.
settings.register_profile("house", deadline=None)
settings.register_profile("house-ci", deadline=None, derandomize=True)
settings.load_profile("house-ci" if os.environ.get("CI") else "house")

# A worker holds a gigabyte that never goes: looking it through for garbage as often as usual takes a sixth of the run.
gc.set_threshold(100_000, 20, 50)

KINDS = ("sqlite", "postgresql")
_FOLDER = pytest.StashKey[str]()
_PIPE = pytest.StashKey[int]()
_count = itertools.count()


@dataclass(frozen=True)
class Database:
    """A database: its kind and name, and its URL for the application and for the owner."""

    kind: str
    name: str
    url: str
    owner_url: str


def pytest_configure(config: pytest.Config) -> None:
    """Make a folder for the one PostgreSQL of this run; nothing is started until a test asks."""
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[_FOLDER] = worker["postgres"]
        return
    from tests.postgres import make_folder

    folder, config.stash[_PIPE] = make_folder()
    config.stash[_FOLDER] = str(folder)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the server is."""
    node.workerinput["postgres"] = node.config.stash[_FOLDER]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the server go."""
    if _PIPE in config.stash:
        from tests.postgres import remove_folder

        remove_folder(Path(config.stash[_FOLDER]), config.stash[_PIPE])


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Let passwords be hashed with little work, as their real one costs a tenth of a second and 64 MB each time."""
    from argon2 import PasswordHasher

    from reportgen.store import accounts

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def once(pytestconfig: pytest.Config) -> "Once":
    """Return what makes a thing once for all processes of this run."""
    from tests.once import once as made_once

    folder = Path(pytestconfig.stash[_FOLDER]) / "once"
    folder.mkdir(exist_ok=True)
    return partial(made_once, folder)


@pytest.fixture(scope="session")
def batch_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an office that knows a few generated subjects and projects, to be copied."""
    import time_machine

    from tests.batching import MOMENT, make_sample

    folder = tmp_path_factory.mktemp("sample") / "office"
    with time_machine.travel(MOMENT, tick=True):
        make_sample(folder)
    return folder


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> "Server":
    from tests.postgres import serve

    return serve(Path(pytestconfig.stash[_FOLDER]))


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Return the address of a server of the S3 protocol, one a process."""
    from tests.s3 import serving

    with serving() as address:
        yield address


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL of a place of its own in a bucket, which the environment gives the keys to."""
    from tests.s3 import BUCKET, CREDENTIALS

    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": s3_server}.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{os.getpid()}-{next(_count)}"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file as the migrations leave it."""
    from reportgen.store.migrate import upgrade

    path = tmp_path_factory.mktemp("migrated") / "office.db"
    with _opened(f"sqlite:///{path}") as store:
        upgrade(store)
    return path


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Return the kind of database a test runs on."""
    return str(request.param)


@pytest.fixture
def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a database with all tables and no rows."""
    with _database(kind, request, tmp_path, migrated=True) as made:
        yield made


@pytest.fixture
def postgres_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a PostgreSQL database with all tables and no rows."""
    with _database("postgresql", request, tmp_path, migrated=True) as made:
        yield made


@pytest.fixture
def blank(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a database without tables."""
    with _database(kind, request, tmp_path, migrated=False) as made:
        yield made


@pytest.fixture(scope="session")
def shared(postgres: "Server") -> Iterator[Database]:
    """Return the PostgreSQL database that the tests of a process use one after another."""
    with postgres.database(f"shared_{os.getpid()}", migrated=True) as name:
        yield _of_server(postgres, name)


@pytest.fixture
def store(kind: str, request: pytest.FixtureRequest) -> Iterator["Store"]:
    """Return the office's database, with the application's rights."""
    alone = kind == "sqlite" or "database" in request.fixturenames
    used: Database = request.getfixturevalue("database" if alone else "shared")
    if not alone:
        request.getfixturevalue("postgres").empty(used.name)
    with _opened(used.url) as opened:
        yield opened


@pytest.fixture
def owner(database: Database) -> Iterator["Store"]:
    """Return the same database as `store`, with the rights of the owner of the tables."""
    with _opened(database.owner_url) as opened:
        yield opened


@contextmanager
def _opened(url: str) -> Iterator["Store"]:
    from reportgen.store.engine import open_store

    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _database(
    kind: str, request: pytest.FixtureRequest, folder: Path, *, migrated: bool
) -> Iterator[Database]:
    if kind == "sqlite":
        yield _sqlite(folder / "office.db", request.getfixturevalue("migrated_file") if migrated else None)
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database(f"test_{os.getpid()}_{next(_count)}", migrated=migrated) as name:
        yield _of_server(server, name)


def _of_server(server: "Server", name: str) -> Database:
    return Database(
        "postgresql", name, server.url(name, "reportgen_app"), server.url(name, "reportgen_owner")
    )


def _sqlite(path: Path, template: Path | None) -> Database:
    if template is not None:
        shutil.copy(template, path)
    return Database("sqlite", path.name, f"sqlite:///{path}", f"sqlite:///{path}")
