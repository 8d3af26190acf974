"""`reportgen db …`: the office's database and its stored files. Its address is never printed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import FILE, echo_json, json_option, office_of, office_option, store_of, working
from reportgen.cli.help import Group
from reportgen.cli.workings import safe
from reportgen.settings import files_dir

if TYPE_CHECKING:
    from reportgen.store.backup import Backup
    from reportgen.store.engine import Store


@click.group("db", cls=Group)
def command() -> None:
    """升级、备份与恢复机构的数据库。"""


@command.command("upgrade")
@office_option
@json_option
def upgrade(office: Path | None, as_json: bool) -> None:
    """把数据库升级到本程序的版本；已是最新的不变。"""
    from reportgen.store import migrate

    with store_of(office) as store:
        before = migrate.current(store)
        migrate.upgrade(store)
        after = migrate.current(store)
    if as_json:
        echo_json({"before": before, "after": after})
    else:
        click.echo(f"已是最新版本 {after}" if before == after else f"已从 {before or '空'} 升级到 {after}")


@command.command("backup")
@click.argument("target", type=FILE, metavar="备份文件")
@office_option
@json_option
def backup(target: Path, office: Path | None, as_json: bool) -> None:
    """把数据库与已出具的文件一起备份为一个新文件，备份期间照常工作。"""
    from reportgen.store import backup as room

    with _place(office) as (store, files), working("备份中"):
        done = room.backup(store, files, target)
    _tell("已备份到", target, done, as_json)


@command.command("restore")
@click.argument("source", type=FILE, metavar="备份文件")
@office_option
@json_option
def restore(source: Path, office: Path | None, as_json: bool) -> None:
    """把备份恢复到空的数据库与空的文件夹；先核对每一部分的散列值。"""
    from reportgen.store import backup as room

    with _place(office) as (store, files), working("恢复中"):
        done = room.restore(source, store, files)
    _tell("已恢复", source, done, as_json)


@contextmanager
def _place(office: Path | None) -> Iterator[tuple["Store", Path]]:
    with store_of(office) as store:
        yield store, files_dir(office_of(office))


def _tell(what: str, path: Path, done: "Backup", as_json: bool) -> None:
    if as_json:
        echo_json(asdict(done))
        return
    click.echo(safe(f"{what} {path}：{done.rows} 行，{done.files} 个文件，结构版本 {done.revision}"))
    click.echo(f"SHA-256：{done.sha256}")
