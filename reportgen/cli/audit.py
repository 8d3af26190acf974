"""`reportgen audit …`: the register's chains checked, signed and exported."""

from pathlib import Path

import click

from reportgen.cli.common import (
    FILE,
    echo_json,
    json_option,
    now,
    office_of,
    office_option,
    store_of,
    working,
)
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import say_signed
from reportgen.errors import ReportgenError
from reportgen.files import PRIVATE, unreadable, write_whole
from reportgen.registry.audit import verify, vouch, vouch_today
from reportgen.registry.chain import AuditResult
from reportgen.registry.events import events_key
from reportgen.registry.export import Form, export, verify_export
from reportgen.registry.signer import trusted_keys
from reportgen.settings import find_office

_KEY_BYTES = 32


@click.group("audit", cls=Group)
def command() -> None:
    """核查登记簿的事件链，签署检查点，导出事件；说明见 docs/audit.md。"""


@command.command("verify")
@click.argument("file", type=FILE, required=False, metavar="[导出文件]")
@click.option(
    "--known", default="", metavar="摘要", help="另行保存的检查点摘要；库内没有的，登记簿被整体回退"
)
@click.option("--key", "key_file", type=FILE, metavar="文件", help="核查导出文件用的密钥，无机构文件夹时给出")
@office_option
@json_option
def check(file: Path | None, known: str, key_file: Path | None, office: Path | None, as_json: bool) -> None:
    """核查登记簿，或导出的 JSON Lines 文件；有改动、删除、插入、调换或截断的逐处列出，退出码 5。"""
    result = _register(office, known) if file is None else verify_export(file, _key(key_file, office))
    result.require_sound()
    if as_json:
        echo_json(_summary(result))
    else:
        _tell(result, "登记簿" if file is None else "导出文件")


@command.command("checkpoint")
@click.option("--daily", is_flag=True, help="今日已签署的不再签署")
@office_option
@json_option
def sign(daily: bool, office: Path | None, as_json: bool) -> None:
    """核查登记簿，无误则签署检查点；每日至少一次，歇业时再签一次。"""
    with store_of(office) as store, working("正在核查并签署…"):
        place = office_of(office)
        row = (vouch_today if daily else vouch)(store, now(), events_key(place.secret()), place.folder)
    if row is None:
        echo_json({"signed": False}) if as_json else say("今日已签署")
    elif as_json:
        echo_json({"signed": True, **row.model_dump(mode="json")})
    else:
        say_signed(row)


@command.command("export")
@click.option("-o", "--out", type=FILE, required=True, metavar="文件", help="写入的文件，仅属主可读")
@click.option(
    "--form",
    type=click.Choice([str(form) for form in Form]),
    default=str(Form.JSONL),
    help="格式，默认 jsonl",
)
@click.option("--with-key", type=FILE, metavar="文件", help="另写一份核查用的密钥，交给核查人")
@office_option
@json_option
def write(out: Path, form: str, with_key: Path | None, office: Path | None, as_json: bool) -> None:
    """导出全部事件及其散列值：jsonl 可脱离数据库核查，csv 供阅读。"""
    with store_of(office) as store, working("正在导出…"):
        key = events_key(office_of(office).secret())
        done = export(store, out, Form(form), key)
    if with_key:
        write_whole(with_key, key, PRIVATE)
    if as_json:
        echo_json({"file": str(out), **done._asdict()})
    else:
        say(f"{out}　{done.streams} 条链，{done.events} 个事件")


def _register(folder: Path | None, known: str) -> AuditResult:
    with store_of(folder) as store, working("正在核查…"):
        office = office_of(folder)
        return verify(store, events_key(office.secret()), trusted_keys(office.folder), known)


def _key(file: Path | None, office: Path | None) -> bytes:
    if file is None:
        found = find_office(office)
        if found is None:
            raise ReportgenError("E0357", folder=office or "REPORTGEN_OFFICE 或当前文件夹")
        return events_key(found.secret())
    try:
        key = file.read_bytes()
    except OSError as error:
        raise unreadable(file, error) from error
    if len(key) != _KEY_BYTES:
        raise ReportgenError("E0902", file=str(file), size=len(key), least=_KEY_BYTES)
    return key


def _summary(result: AuditResult) -> dict[str, object]:
    return {
        "sound": result.sound,
        "streams": result.streams,
        "events": result.events,
        "checkpoints": result.checkpoints,
        "digest": result.digest,
        "signed_at": result.signed_at,
    }


def _tell(result: AuditResult, what: str) -> None:
    say(f"{what}完好：{result.streams} 条链，{result.events} 个事件，{result.checkpoints} 个检查点")
    if result.signed_at:
        say(f"最近的检查点签于 {result.signed_at}，摘要 {result.digest}")
