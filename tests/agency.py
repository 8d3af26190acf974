"""An agency's own database, as the example makes it, on SQLite or on the tests' PostgreSQL."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from reportgen.intake.database.mapping import Mapped
from reportgen.intake.database.reading import Database, opened
from tests.factories import Data

if TYPE_CHECKING:
    from tests.postgres import Server

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "database"
VARIABLE = "CREDIT_DATABASE_URL"
FIRST, SECOND, THIRD = "91990102MA8110016R", "91990102MA8110024L", "91990102MA8110032F"
_number = count()


@dataclass(frozen=True)
class Agency:
    """A database of an agency, by its URL; `server` is None for SQLite."""

    url: str
    server: "Server | None"
    name: str

    def run(self, *statements: str) -> None:
        """Change the database, all at once."""
        if self.server is not None:
            self.server.run("; ".join(statements), database=self.name)
            return
        with closing(sqlite3.connect(self.name)) as connection, connection:
            connection.executescript("; ".join(statements))

    def changed(self, table: str, values: str, where: str, at: str) -> None:
        """Change rows of a table at a moment."""
        self.run(f"UPDATE {table} SET {values}, gxsj = '{at}' WHERE {where}")

    def new(self, code: str, name: str, at: str) -> None:
        """Add a subject at a moment."""
        row = f"'{code}', '{name}', NULL, '有限责任公司', '某某', '2015-06-01', '1', '样例路1号', '990102', '样例局', 1, NULL"
        self.run(f"INSERT INTO zt_jbxx VALUES ({row}, '{at}')")

    def penalty(self, number: int, code: str, at: str, **changes: str) -> None:
        """Add a penalty at a moment; `changes` are SQL, by column."""
        columns = {
            "wsh": f"'罚〔2026〕{number}号'",
            "wsmc": "'行政处罚决定书'",
            "jg": "'样例局'",
            "cflb": "'01'",
        }
        columns |= {"cfrq": "'2026-05-20'", "sfyx": "1", "gxsj": f"'{at}'"} | changes
        names, values = ", ".join(columns), ", ".join(columns.values())
        self.run(f"INSERT INTO xzcf (id, tyshxydm, {names}) VALUES ({number}, '{code}', {values})")

    @contextmanager
    def opened(self, **changes: object) -> Iterator[Database]:
        """Open the database by the example's mapping with changes."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, self.url)
            with opened(mapped(**changes), EXAMPLES) as database:
                yield database


def mapping_data(**changes: object) -> Data:
    """Return the example's mapping, as a file holds it, with changes."""
    data: Data = yaml.load((EXAMPLES / "mapping.yaml").read_text("utf-8"), yaml.BaseLoader)
    return data | changes


def mapped(**changes: object) -> Mapped:
    """Return the example's mapping with changes."""
    return Mapped.model_validate(mapping_data(**changes))


@contextmanager
def agency(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Agency]:
    """Make the example's database on a kind of server."""
    script = (EXAMPLES / "agency.sql").read_text("utf-8")
    if kind == "sqlite":
        path = folder / "agency.sqlite3"
        made = Agency(f"sqlite:///{path}", None, str(path))
        made.run(script)
        yield made
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database(f"agency_{os.getpid()}_{next(_number)}", migrated=False) as name:
        made = Agency(server.url(name), server, name)
        made.run(script)
        yield made
