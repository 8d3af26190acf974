"""`reportgen db …`: the office's database and its stored files. Its address is never printed."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import (
    FILE,
    database_of,
    echo_json,
    json_option,
    now,
    office_of,
    office_option,
    working,
)
from reportgen.cli.help import Group
from reportgen.cli.register import desk_options
from reportgen.cli.safe import safe
from reportgen.settings import Office

if TYPE_CHECKING:
    from reportgen.registry.events import Tag
    from reportgen.store.backup import Backup
    from reportgen.store.engine import Store

_UNTOLD = (
    "没有记入登记簿：机构密钥 office.secret 不在或不是本登记簿的，或登记簿的结构版本较旧、内容被改动；"
    "放回密钥、升级之后，用 reportgen audit verify 核查"
)


@click.group("db", cls=Group)
def command() -> None:
    """升级、备份与恢复机构的数据库。"""


@command.command("upgrade")
@office_option
@json_option
def upgrade(office: Path | None, as_json: bool) -> None:
    """把数据库升级到本程序的版本；已是最新的不变。"""
    from reportgen.store import migrate

    with database_of(office) as store:
        before = migrate.current(store)
        migrate.upgrade(store)
        after = migrate.current(store)
    if as_json:
        echo_json({"before": before, "after": after})
    else:
        click.echo(f"已是最新版本 {after}" if before == after else f"已从 {before or '空'} 升级到 {after}")


@command.command("backup")
@click.argument("target", type=FILE, metavar="备份文件")
@desk_options
def backup(target: Path, office: Path | None, login: str, as_json: bool) -> None:
    """把数据库与已出具的文件一起备份为一个新文件，备份期间照常工作。"""
    from reportgen.registry.events import Tag
    from reportgen.store import backup as room
    from reportgen.store.files import files_of

    with database_of(office) as store, working("备份中"):
        place = office_of(office)
        done = room.backup(store, files_of(place), target)
        told = _told(place, store, Tag.OFFICE_BACKUP_MAKE, done, login)
    _tell("已备份到", target, done, as_json=as_json, told=told)


@command.command("restore")
@click.argument("source", type=FILE, metavar="备份文件")
@desk_options
def restore(source: Path, office: Path | None, login: str, as_json: bool) -> None:
    """把备份恢复到空的数据库与空的文件夹；先核对每一部分的散列值。"""
    from reportgen.registry.events import Tag
    from reportgen.store import backup as room
    from reportgen.store.files import files_of

    with database_of(office) as store, working("恢复中"):
        place = office_of(office)
        done = room.restore(source, store, files_of(place))
        told = _told(place, store, Tag.OFFICE_BACKUP_RESTORE, done, login)
    _tell("已恢复", source, done, as_json=as_json, told=told)


def _told(office: Office, store: "Store", tag: "Tag", done: "Backup", login: str) -> bool:
    from reportgen.registry.backups import told

    return told(office, store, tag, done, login, now())


def _tell(what: str, path: Path, done: "Backup", *, as_json: bool, told: bool) -> None:
    if as_json:
        echo_json({**asdict(done), "recorded": told})
        return
    click.echo(safe(f"{what} {path}：{done.rows} 行，{done.files} 个文件，结构版本 {done.revision}"))
    click.echo(f"SHA-256：{done.sha256}")
    if not told:
        click.echo(_UNTOLD, err=True)
