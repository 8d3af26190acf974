"""An agency's own look: logo, inks, a line for the page head, fonts, declarations and templates of its folder.

What it may change is how a report looks and what the agency says of itself. It changes no statement of law, no
colour that warns, and nothing that the report has to say. Its SHA-256 stands for all of it.
"""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from reportgen.document import picture
from reportgen.document.glyphs import HEI, KAI, SONG, css_family
from reportgen.document.inks import contrast, difference
from reportgen.document.look import tokens
from reportgen.document.own_fonts import OwnFace, own_face
from reportgen.errors import Fault, ReportgenError
from reportgen.faults import Misfits
from reportgen.subject.base import Model, Text

TEMPLATES = "templates"
"""Under this name an office folder holds templates of its own."""
BASIS = "本机构设定"
"""What stands behind a declaration of the agency's own, in place of a citation."""
LEAST_CONTRAST = 4.5
_APART = 25.0
_WIDEST_MM, _HIGHEST_MM, _LOWEST_MM = 60.0, 12.0, 4.0
_LEAST_PIXELS = 200
_LARGEST_TEMPLATE, _MOST_TEMPLATES = 256 * 1024, 40
_ENDING = ".j2"
_STACKS = {"song": SONG, "hei": HEI, "kai": KAI}
_FILES = {
    "song": ("song", 400),
    "song_bold": ("song", 700),
    "hei": ("hei", 400),
    "hei_bold": ("hei", 700),
    "kai": ("kai", 400),
}
_READ = (
    ("deep", "paper"),
    ("deep", "tint"),
    ("tint", "deep"),
    ("tint", "ink"),
    ("tint", "note"),
    ("tint", "soft"),
)
"""Of each pair one ink is set upon the other."""
_WARNINGS = ("alarm", "amber")
_NAMES = {
    "ink": "正文",
    "note": "注",
    "soft": "名称",
    "deep": "标题",
    "paper": "纸面",
    "tint": "底色",
    "alarm": "不满足",
    "amber": "一般",
}
_LAW = re.compile(r"《|第[〇零一二三四五六七八九十百千\d]+条")
_CONCLUSION = re.compile("具备信用能力|信用能力一般")
T = TypeVar("T")

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]


class LookFonts(Model):
    """Font files in the office folder; 宋 and 黑 come with their bold."""

    song: Text | None = None
    song_bold: Text | None = None
    hei: Text | None = None
    hei_bold: Text | None = None
    kai: Text | None = None

    @model_validator(mode="after")
    def _whole_styles(self) -> Self:
        for regular, bold in (("song", "song_bold"), ("hei", "hei_bold")):
            given = [name for name in (regular, bold) if getattr(self, name)]
            if len(given) == 1:
                lacking = bold if given == [regular] else regular
                raise Misfits([(lacking, f"与 {given[0]} 须一并给出，标题与强调用粗体")])
        return self


class LookSettings(Model):
    """The table [look] of an office's settings."""

    logo: Text | None = None
    deep: Colour | None = None
    tint: Colour | None = None
    header: Annotated[Text, Field(max_length=40)] | None = None
    declaration: Annotated[tuple[Annotated[Text, Field(max_length=120)], ...], Field(max_length=3)] = ()
    fonts: LookFonts = LookFonts()

    @property
    def inks(self) -> dict[str, str]:
        """Return the tokens that the agency sets itself."""
        return {name: value for name in ("deep", "tint") if (value := getattr(self, name))}

    @model_validator(mode="after")
    def _legible_and_honest(self) -> Self:
        if faults := [*self._inks_that_fail(), *self._words_that_mislead()]:
            raise Misfits(faults)
        return self

    def _inks_that_fail(self) -> Iterator[tuple[str, str]]:
        inks = {**tokens(), **self.inks}
        for own, other in _READ:
            ratio = contrast(inks[own], inks[other])
            # Of two colours of the agency's own the first is told.
            if own in self.inks and ratio < LEAST_CONTRAST and not (own == "tint" and other in self.inks):
                place = f"{inks[own]} 与{_NAMES[other]}（{inks[other]}）"
                yield own, f"{place}的对比度为 {ratio:.2f}，不足 {LEAST_CONTRAST}"
        for warning in _WARNINGS if self.deep else ():
            far = difference(inks["deep"], inks[warning])
            if far < _APART:
                place = f"{inks['deep']} 与表示{_NAMES[warning]}的颜色 {inks[warning]}"
                yield "deep", f"{place} 色差为 {far:.1f}，不足 {_APART:g}"

    def _words_that_mislead(self) -> Iterator[tuple[str, str]]:
        words = {f"declaration[{place}]": text for place, text in enumerate(self.declaration)}
        for path, text in {**words, "header": self.header or ""}.items():
            if _LAW.search(text):
                yield path, "不得引述法规条文：声明中的法律表述只取自核对过的规则包"
            if _CONCLUSION.search(text):
                yield path, "不得含有结论的用语：结论只由评价得出"


@dataclass(frozen=True)
class Logo:
    """The agency's logo as SVG, and its size in mm."""

    svg: str = field(repr=False)
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class OwnLook:
    """A look as the typesetter needs it; without any field it is the packaged one, whose SHA-256 is empty."""

    sha256: str = ""
    inks: Mapping[str, str] = field(default_factory=dict, compare=False)
    header: str = field(default="", compare=False)
    logo: Logo | None = field(default=None, compare=False)
    faces: tuple[OwnFace, ...] = field(default=(), compare=False)
    templates: Mapping[str, str] = field(default_factory=dict, compare=False)

    def tokens(self) -> dict[str, str]:
        """Return the value of every token under this look."""
        own = {face.style: face.family for face in self.faces}
        stacks = {style: css_family((own[style], *_STACKS[style])) for style in own}
        return {**tokens(), **self.inks, **stacks}

    def css(self, fonts: str) -> str:
        """Return what this look adds to the style sheet; `fonts` is the URL of its fonts' folder."""
        faces = "".join(
            f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; src: url("{fonts}/{face.file}") }}\n'
            for face in self.faces
        )
        # As generated text it stands on the pages of every document, whatever its template.
        line = json.dumps(self.header, ensure_ascii=False)
        return faces + (
            f".running-number::before {{ content: {line}; display: block; }}\n" if self.header else ""
        )

    def dyed(self, svg: str) -> str:
        """Return a chart in the inks and the font of this look; what warns keeps its colour."""
        packaged = tokens()
        for name, ink in self.inks.items():
            svg = svg.replace(packaged[name], ink)
        return svg.replace(packaged["hei"], self.tokens()["hei"])


PACKAGED = OwnLook()


def own_look(folder: Path, settings: LookSettings) -> OwnLook:
    """Return the look of an office folder; raises E0311 with every file that is missing or unfit, by its path."""
    faults: list[Fault] = []
    logo = _tried("look.logo", settings.logo, lambda path: _logo(picture.read(path)), folder, faults)
    faces = [
        _tried(f"look.fonts.{name}", getattr(settings.fonts, name), _face(name), folder, faults)
        for name in _FILES
    ]
    templates = dict(_templates(folder / TEMPLATES, faults))
    if faults:
        raise ReportgenError("E0311", path=str(folder), faults=faults)
    held = tuple(face for face in faces if face)
    sha256 = _sha256(settings, logo, held, templates)
    return OwnLook(sha256, settings.inks, settings.header or "", logo, held, templates)


def _face(name: str) -> Callable[[Path], OwnFace]:
    return lambda path: own_face(path, *_FILES[name])


def _tried(
    where: str, file: str | None, work: Callable[[Path], T], folder: Path, faults: list[Fault]
) -> T | None:
    if file is None:
        return None
    try:
        return work(folder / file)
    except OSError:
        faults.append(Fault("E0311", where, f"{file} 不存在或不可读"))
    except ValueError as error:
        faults.append(Fault("E0311", where, f"{file}：{error}"))
    return None


def _logo(content: bytes) -> Logo:
    return _pixels(content) if picture.is_png(content) else _outlines(content)


def _outlines(content: bytes) -> Logo:
    root = picture.outlines(content)
    box = picture.view_box(root)
    width, height = _fitted(box[2], box[3])
    return Logo(picture.drawing(root, box, f"{width:g}mm", f"{height:g}mm"), width, height)


def _pixels(content: bytes) -> Logo:
    logo = picture.cropped(content)
    width, height = _fitted(*logo.size)
    if max(logo.size) < _LEAST_PIXELS:
        raise ValueError(
            f"PNG 去掉空白后为 {logo.width}×{logo.height} 像素，长边至少需要 {_LEAST_PIXELS} 像素"
        )
    size = f'width="{width:g}mm" height="{height:g}mm"'
    data = b64encode(picture.saved(logo)).decode()
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    return Logo(f'{head}<image {size} href="data:image/png;base64,{data}"/></svg>', width, height)


def _fitted(across: float, down: float) -> tuple[float, float]:
    """Return breadth and height in mm of a logo that fills its place."""
    if across <= 0 or down <= 0:
        raise ValueError("图样没有宽或高")
    scale = min(_WIDEST_MM / across, _HIGHEST_MM / down)
    if down * scale < _LOWEST_MM or across * scale < _LOWEST_MM:
        raise ValueError(f"图样过于狭长：放入 {_WIDEST_MM:g}×{_HIGHEST_MM:g} mm 后不足 {_LOWEST_MM:g} mm")
    return round(across * scale, 2), round(down * scale, 2)


def _templates(folder: Path, faults: list[Fault]) -> Iterator[tuple[str, str]]:
    files = sorted(path for path in folder.glob(f"*{_ENDING}") if path.is_file())
    if len(files) > _MOST_TEMPLATES:
        faults.append(Fault("E0311", TEMPLATES, f"共 {len(files)} 个模板，至多 {_MOST_TEMPLATES} 个"))
        return
    for path in files:
        try:
            if path.stat().st_size > _LARGEST_TEMPLATE:
                raise ValueError(f"文件超过 {_LARGEST_TEMPLATE // 1024} KiB")
            yield path.name, path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            faults.append(Fault("E0311", f"{TEMPLATES}/{path.name}", "不可读，或不是 UTF-8"))
        except ValueError as error:
            faults.append(Fault("E0311", f"{TEMPLATES}/{path.name}", str(error)))


def _sha256(
    settings: LookSettings, logo: Logo | None, faces: tuple[OwnFace, ...], templates: Mapping[str, str]
) -> str:
    held = {
        "inks": settings.inks,
        "header": settings.header or "",
        "declaration": settings.declaration,
        "logo": _hash(logo.svg.encode()) if logo else "",
        "fonts": {face.file: _hash(face.data) for face in faces},
        "templates": {name: _hash(text.encode()) for name, text in templates.items()},
    }
    return _hash(json.dumps(held, ensure_ascii=False, sort_keys=True).encode()) if any(held.values()) else ""


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
