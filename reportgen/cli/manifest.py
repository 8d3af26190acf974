"""`reportgen manifest export`: what a sealed evaluation room needs to check a project's reports."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from reportgen.certify import offline
from reportgen.certify.manifest import Manifest
from reportgen.cli.common import FILE, echo_json, now, office_of
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import at, desk_options, place, press_of
from reportgen.document.issuer import issuer_of
from reportgen.registry.manifest import Scope, exported, manifest
from reportgen.store.people import Action


@click.group("manifest", cls=Group)
def command() -> None:
    """核验清单：供不能上网的评标室核验一个项目的报告；说明见 docs/offline.md。"""


@command.command("export")
@click.option("--project", required=True, metavar="项目", help="项目编号")
@click.option("--round", "round_", type=click.IntRange(min=1), metavar="轮次", help="默认为库内最近一轮")
@click.option("--lot", metavar="标段", help="只列一个标段；不给则列全部标段")
@click.option("-o", "--out", type=FILE, metavar="文件夹", help="写入的文件夹；不给则按时刻命名")
@desk_options
def export(
    project: str,
    round_: int | None,
    lot: str | None,
    out: Path | None,
    office: Path | None,
    login: str,
    as_json: bool,
) -> None:
    """写出可放入 U 盘的文件夹：签名的清单、公钥，与一个不用上网、不用安装的核验页面。

    清单写明谁申请过报告，开标之前任何人（包括出具岗位）都不能写出，退出码 11。
    """
    moment, found = now(), office_of(office)
    with press_of(office, login) as press:
        agency, scope = issuer_of(found).agency, Scope(project, round_, lot)
        listed = press.act(Action.MANIFEST, lambda session: manifest(session, agency, scope, moment))
        folder = out or Path(f"离线核验-{moment:%Y%m%d-%H%M}")
        written = offline.write(listed, found.folder, folder)
        press.store.write(lambda session: exported(session, listed, written.page_sha256, press.desk(moment)))
    if as_json:
        echo_json({"folder": str(folder), "as_of": moment, "reports": len(listed.reports), **asdict(written)})
    else:
        _tell(folder, listed, written, moment)


def _tell(folder: Path, listed: Manifest, written: offline.Written, moment: datetime) -> None:
    project, lots = listed.project, "、".join(listed.lots)
    say(
        f"{folder}　{place(project.id, project.round, lots)}　截至 {at(moment)}　{len(listed.reports)} 份报告"
    )
    for name in (written.page, written.manifest, written.key):
        say(name, 1)
    say(f"公钥指纹　{written.fingerprint}")
    say(f"页面 SHA-256　{written.page_sha256}")
    say("请把公钥指纹与页面 SHA-256 写在交接单上，与 U 盘分开交付；用法见 docs/offline.md")
