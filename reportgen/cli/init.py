"""`reportgen init`: an office's folder with its settings, its database and a place for its files."""

import shutil
from contextlib import suppress
from pathlib import Path

import click

from reportgen.cli.common import FILE, echo_json, json_option, now
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.errors import ReportgenError
from reportgen.files import write_whole
from reportgen.settings import FILES_FOLDER, OFFICE_FILE, asset_dir, database_url, read_office

_OWN = 0o700
_EXAMPLE = "\n# 签名密钥与时间戳："
"""Where the sample's settings begin to show what a new office has for itself."""
_NEXT = (
    "接下来：",
    "1. 逐项改写 {folder}/reportgen.toml 为本机构的真实信息，并删去 sample，换上机构自己的签名证书"
    "（reportgen key import）；此前的文件都标明样例",
    "2. 导入主体：reportgen subject import 主体文件 --office {folder}",
    "3. 导入项目：reportgen project import 项目文件 --office {folder}",
    "4. 评价：reportgen assess 统一社会信用代码 --project 项目编号 --office {folder}",
)


@click.command("init", cls=Command)
@click.argument("folder", type=FILE, metavar="文件夹")
@json_option
def command(folder: Path, as_json: bool) -> None:
    """建立机构文件夹：样例设置、测试密钥、空的数据库与存放文件的子文件夹；文件夹须是新的或空的。"""
    make_office(folder)
    if as_json:
        echo_json({"office": str(folder), "settings": OFFICE_FILE, "files": FILES_FOLDER})
        return
    say(f"已建立机构文件夹 {folder}（样例、测试）")
    for line in _NEXT:
        say(line.format(folder=folder))


def make_office(folder: Path) -> None:
    """Make a sample office with test keys in a new or empty folder; raises E0358 (not empty), E0901."""
    _claim(folder)
    try:
        _fill(folder)
    except BaseException:
        _clear(folder)
        raise


def _claim(folder: Path) -> None:
    """Make the folder, which nobody else may look into; raises E0358 (not empty), E0901."""
    try:
        folder.mkdir(mode=_OWN, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ReportgenError("E0358", folder=folder)
    except (FileExistsError, NotADirectoryError) as error:
        raise ReportgenError("E0358", folder=folder) from error
    except OSError as error:
        raise ReportgenError("E0901", file=str(folder), detail=error.strerror or str(error)) from error


def _fill(folder: Path) -> None:
    from reportgen.certify.keyring import TEST_SETTINGS, create_test
    from reportgen.document.issuer import issuer_of
    from reportgen.store.engine import open_store
    from reportgen.store.migrate import upgrade

    sample = (asset_dir("sample_subjects") / "office" / OFFICE_FILE).read_text("utf-8")
    settings = sample.partition(_EXAMPLE)[0] + TEST_SETTINGS
    office = read_office(write_whole(folder / OFFICE_FILE, settings.encode()))
    agency = issuer_of(office).agency
    create_test(folder, agency.name, agency.uscc, now())
    (folder / FILES_FOLDER).mkdir(mode=_OWN)
    store = open_store(database_url(office))
    try:
        upgrade(store)
    finally:
        store.close()


def _clear(folder: Path) -> None:
    # It was empty: whatever stands in it now was made here, and half an office is none.
    for path in folder.iterdir():
        with suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
