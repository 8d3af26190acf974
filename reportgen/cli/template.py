"""`reportgen template …`: an office's own look and templates, begun and checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.check import Check, show_checks, tried
from reportgen.cli.common import FILE, echo_json, json_option, now, office_option, working
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.errors import Fault, ReportgenError
from reportgen.files import write_whole
from reportgen.settings import Office, asset_dir, find_office

if TYPE_CHECKING:
    from reportgen.document.own_look import OwnLook
    from reportgen.pipeline import Judged, Means

_PROOFS = {"报告": "housing-disputed", "缺件清单": "housing-gaps"}
"""What the templates are tried on, by the sample cases: a draft with an objection, and a letter."""
_NO_SECRET = bytes(32)


@click.group("template", cls=Group)
def command() -> None:
    """机构自己的版面：写出可以改的模板，检查模板与 [look] 设置；写法见 docs/look.md。"""


@command.command("eject")
@click.argument("names", nargs=-1, metavar="[模板…]")
@office_option
@json_option
def eject(names: tuple[str, ...], office: Path | None, as_json: bool) -> None:
    """在机构文件夹的 templates/ 里写出带说明的模板，从自带的版面出发；不给名称的全部写出，已有的不动。

    自带的模板与样式另存在 templates/packaged/，供改写时查阅，改动它们没有作用。
    """
    from reportgen.document.look import style_sheet
    from reportgen.document.own_look import TEMPLATES
    from reportgen.document.own_templates import PREFIX, documents, sources, starting_file

    known = documents(asset_dir("templates"))
    if unknown := [name for name in names if name not in known]:
        raise click.UsageError(f"没有可以改的模板 {'、'.join(unknown)}，可用：{'、'.join(known)}")
    folder = _office(office).folder / TEMPLATES
    written = {name: not (folder / name).exists() for name in names or known}
    for name in (name for name, new in written.items() if new):
        write_whole(folder / name, starting_file(name, known[name]).encode())
    for name, text in {**sources(asset_dir("templates")), "style.css": style_sheet()}.items():
        write_whole(folder / PREFIX / name, text.encode())
    if as_json:
        echo_json([{"file": str(folder / name), "written": new} for name, new in written.items()])
        return
    for name, new in written.items():
        say(f"{folder / name}　{'已写出' if new else '已有，未改动'}")


@command.command("check")
@click.option("-o", "--output", type=FILE, metavar="文件夹", help="把校样存到哪里")
@office_option
@json_option
def check(output: Path | None, office: Path | None, as_json: bool) -> None:
    """用样例内容试排机构的版面，检查设置、必备内容与文件；有误的逐项列出，退出码 3 或 7。"""
    from reportgen.document.issuer import dressed, issuer_of
    from reportgen.pipeline import Means

    place = _office(office)
    issuer = dressed(issuer_of(place), place.folder)
    found = list(checks(place))
    with working("正在试排"):
        found += [_proof(name, case, Means(issuer.as_sample()), output) for name, case in _PROOFS.items()]
    show_checks(found, as_json)


def checks(office: Office) -> Iterator[Check]:
    """Yield what the look of an office is, or what is wrong with it."""
    from reportgen.document.issuer import dressed, issuer_of
    from reportgen.document.own_look import OwnLook
    from reportgen.document.own_templates import environment

    found: list[OwnLook] = []

    def read() -> str:
        look = dressed(issuer_of(office), office.folder).own_look
        environment(asset_dir("templates"), look.templates)
        found.append(look)
        return f"机构自备，SHA-256 {look.sha256}" if look.sha256 else "自带"

    yield tried("版面", read)
    yield from (check for look in found for check in _told(look))


def _told(look: "OwnLook") -> Iterator[Check]:
    from reportgen.document.inks import contrast
    from reportgen.document.look import tokens

    if look.logo:
        yield Check("标志", True, f"{look.logo.width_mm:g}×{look.logo.height_mm:g} mm")
    for name, ink in look.inks.items():
        other = "deep" if name == "tint" else "paper"
        ratio = contrast(ink, {**tokens(), **look.inks}[other])
        yield Check(f"颜色 {name}", True, f"{ink}，与 {other} 的对比度 {ratio:.2f}")
    for face in look.faces:
        rest = f"，其余 {face.of - face.covered} 字用自带字体" if face.covered < face.of else ""
        yield Check(f"字体 {face.file}", True, f"有 {face.covered}/{face.of} 字{rest}")
    if look.templates:
        yield Check("模板", True, "、".join(look.templates))


def _proof(name: str, case: str, means: "Means", output: Path | None) -> Check:
    """Typeset a sample case in an office's look; raises E0705, E0706 with all that the templates lack."""
    from reportgen.document.soundness import unsound

    pdf, pages = _typeset(_judged(case, means))
    if faults := unsound(pdf):
        raise ReportgenError("E0706", faults=[Fault("E0706", name, what) for what in faults])
    where = f"，见 {write_whole(output / f'{case}.pdf', pdf)}" if output else ""
    return Check(f"试排 {name}", True, f"{pages} 页{where}")


def _judged(case: str, means: "Means") -> "Judged":
    from reportgen.cli.demo import request_of
    from reportgen.pipeline import Judged, judge
    from reportgen.plain import read_plain

    samples = asset_dir("sample_subjects")
    cases = {item["id"]: item for item in read_plain(samples / "cases.yaml").data["cases"]}
    request = request_of(cases[case], samples)
    return Judged(request, *judge(request.applicant, request.project), means)


def _typeset(judged: "Judged") -> tuple[bytes, int]:
    from reportgen.document.issuer import Stage
    from reportgen.pipeline import identify, letter_of, typeset

    identity = identify(judged, _NO_SECRET, now())
    if judged.assessment.conclusion is None:
        letter = letter_of(judged, identity)
        return letter.pdf, letter.pages
    # What is issued has seal and code; what is written out is a draft, which has to say so on every page instead.
    typeset(judged, identity)
    made = typeset(judged, identity.model_copy(update={"stage": Stage.DRAFT}))
    return made.pdf, made.pages


def _office(folder: Path | None) -> Office:
    office = find_office(folder)
    if office is None:
        raise ReportgenError("E0357", folder=folder or "REPORTGEN_OFFICE 或当前文件夹")
    return office
