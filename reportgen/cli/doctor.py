"""`reportgen doctor`: whether this machine can typeset, and what to install where it cannot."""

import ctypes.util
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from reportgen import __version__
from reportgen.cli.common import echo_json, json_option
from reportgen.cli.help import Command
from reportgen.errors import ReportgenError

_LIBRARIES = {
    "pango-1.0": ("libpango-1.0-0", "排版"),
    "pangoft2-1.0": ("libpangoft2-1.0-0", "排版"),
    "harfbuzz-subset": ("libharfbuzz-subset0", "字体子集，缺少时每份报告慢二十余秒"),
    "fontconfig": ("fontconfig", "查找字体"),
}


@dataclass(frozen=True)
class Check:
    """One thing checked: its name, whether it is in order, what was found, and what to do."""

    name: str
    ok: bool
    found: str
    fix: str = ""


@click.command("doctor", cls=Command)
@json_option
def command(as_json: bool) -> None:
    """检查系统库、字体与机构设置；有缺失时说明如何安装，退出码 7。"""
    checks = [*_versions(), *_libraries(), *_fonts(), *_office()]
    if as_json:
        echo_json([asdict(check) for check in checks])
    else:
        for check in checks:
            click.echo(
                f"{'✓' if check.ok else '✗'} {check.name}：{check.found}"
                + (f"　{check.fix}" if check.fix else "")
            )
    missing = [check.name for check in checks if not check.ok]
    if missing:
        raise ReportgenError("E0703", detail="缺少或有误：" + "、".join(missing))


def _versions() -> Iterator[Check]:
    yield Check("reportgen", True, __version__)
    yield Check("Python", sys.version_info >= (3, 11), sys.version.split()[0])


def _libraries() -> Iterator[Check]:
    for library, (package, purpose) in _LIBRARIES.items():
        found = ctypes.util.find_library(library)
        fix = "" if found else f"apt-get install {package}"
        yield Check(package, bool(found), f"{purpose}：{found or '未找到'}", fix)


def _fonts() -> Iterator[Check]:
    from reportgen.document.glyphs import survey

    for font in survey():
        ok = font.path is not None
        fix = "" if ok else f"安装 {font.package}"
        yield Check(
            f"字体 {font.family} {font.weight}", ok, f"{font.code_points} 字" if ok else "未找到", fix
        )


def _office() -> Iterator[Check]:
    from reportgen.document.issuer import issuer_of
    from reportgen.settings import find_office

    office = find_office()
    if office is None:
        yield Check("机构", True, "未设机构文件夹，使用样例机构")
        return
    try:
        yield Check("机构", True, issuer_of(office).agency.name)
    except ReportgenError as error:
        yield Check("机构", False, "；".join(map(str, error.faults)), "改正 reportgen.toml")
