"""`reportgen doctor`: whether this machine can typeset, and what to install where it cannot."""

import ctypes.util
import sys
from collections.abc import Iterator

import click

from reportgen import __version__
from reportgen.cli.check import Check, failed, show_checks, tried
from reportgen.cli.common import json_option, now
from reportgen.cli.help import Command
from reportgen.errors import ReportgenError
from reportgen.settings import Office

_LIBRARIES = {
    "pango-1.0": ("libpango-1.0-0", "排版"),
    "pangoft2-1.0": ("libpangoft2-1.0-0", "排版"),
    "harfbuzz-subset": ("libharfbuzz-subset0", "字体子集，缺少时每份报告慢二十余秒"),
    "fontconfig": ("fontconfig", "查找字体"),
}


@click.command("doctor", cls=Command)
@json_option
def command(as_json: bool) -> None:
    """检查系统库、字体、机构设置与签名密钥；有缺失时说明如何安装，退出码 7。"""
    checks = [*_versions(), *_libraries(), *_fonts(), *_office()]
    show_checks(checks, as_json)
    if missing := failed(checks):
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
    from reportgen.cli import key, template
    from reportgen.document.issuer import issuer_of
    from reportgen.settings import find_office

    office = find_office()
    if office is None:
        yield Check("机构", True, "未设机构文件夹，使用样例机构")
        return
    yield tried("机构", lambda: issuer_of(office).agency.name)
    yield tried("文件", lambda: _files(office))
    yield from template.checks(office)
    yield from key.checks(office, now())


def _files(office: Office) -> str:
    """Return where the office's files lie, once its store has answered; raises E0901, E0913, E0914."""
    from reportgen.store.files import files_of

    files = files_of(office)
    files.answer()
    return files.where()
