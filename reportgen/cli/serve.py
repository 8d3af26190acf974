"""`reportgen serve`: the portal."""

import logging
import os
from pathlib import Path

import click

from reportgen.cli.common import FILE
from reportgen.cli.help import Command
from reportgen.errors import ReportgenError
from reportgen.settings import find_office

_OFFICE = "REPORTGEN_OFFICE"


@click.command("serve", cls=Command)
@click.option("--host", metavar="地址", help="监听的地址，默认为设置 [web] 的 host")
@click.option("--port", type=click.IntRange(1, 65535), metavar="端口", help="监听的端口，默认为设置的 port")
@click.option(
    "--office", type=FILE, metavar="文件夹", help="机构文件夹，默认为 REPORTGEN_OFFICE 或当前文件夹"
)
def command(host: str | None, port: int | None, office: Path | None) -> None:
    """开启门户：申请人申请，机构出具，评标委员会核验与核销，任何人核验。

    前面应有终止 HTTPS 的反向代理；设置见 docs/portal.md。收到 SIGTERM 后办完手上的请求再退出。
    """
    from reportgen.web.serving import serve

    place = find_office(office)
    if place is None:
        raise ReportgenError("E0357", folder=office or f"{_OFFICE} 或当前文件夹")
    os.environ[_OFFICE] = str(place.folder.resolve())
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    serve(place, host, port)
