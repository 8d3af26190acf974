"""A picture of an agency's own, a seal or a logo, checked: an SVG of outlines, or a PNG.

It stands in a document that is kept for decades and read by strangers. So it must bring nothing that runs or
fetches, and no text, whose font nobody else has. Every fault is a ValueError that says it in Chinese.
"""

import re
import struct
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 512 * 1024
"""Bytes of a picture's file."""
LARGEST_PIXELS = 3000
SVG = "{http://www.w3.org/2000/svg}"
LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(mm|cm|in|pt|pc|px)?\s*")
_HEAD = 24
"""Bytes of a PNG up to its size."""
_PNG = b"\x89PNG"
_DRAWN = {
    "svg", "g", "defs", "use", "symbol", "clipPath", "path", "circle", "ellipse", "rect", "line", "polyline",
    "polygon", "title", "desc", "style", "linearGradient", "radialGradient", "stop",
}  # fmt: skip
_FOREIGN = re.compile(r"url\(\s*['\"]?\s*(?!['\"#\s])|@|expression|\\", re.I)
"""In a style: an address that is no part of the picture, an import, or an escape that could hide one."""
_WHITE = 250

Box = tuple[float, float, float, float]


def read(path: Path) -> bytes:
    """Return a picture's file; raises OSError, and ValueError where it is too large."""
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"文件超过 {LARGEST // 1024} KiB")
    return content


def is_png(content: bytes) -> bool:
    """Say whether a file is of pixels; anything else must be an SVG."""
    return content[:4] == _PNG


def outlines(content: bytes) -> ElementTree.Element:
    """Return the root of an SVG in which nothing runs, fetches or needs a font."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("SVG 中有文档类型或实体声明")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - without declarations nothing can unfold
    except ElementTree.ParseError as error:
        raise ValueError("既不是 PNG，也不是有效的 SVG") from error
    if root.tag != f"{SVG}svg":
        raise ValueError("既不是 PNG，也不是有效的 SVG")
    for element in list(root.iter()):
        _prune(element)
    for element in root.iter():
        _check(element)
    return root


def view_box(root: ElementTree.Element) -> Box:
    """Return the left, top, breadth and height of what an SVG shows."""
    width, height = (LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height"))
    box = root.get("viewBox") or (f"0 0 {width[1]} {height[1]}" if width and height else "")
    try:
        left, top, across, down = map(float, re.split(r"[\s,]+", box.strip()))
    except ValueError:
        raise ValueError("SVG 没有 viewBox，也没有宽和高") from None
    return left, top, across, down


def drawing(root: ElementTree.Element, box: Box, width: str, height: str) -> str:
    """Return an SVG as text, showing a box of itself in a size."""
    root.set("viewBox", " ".join(f"{length:g}" for length in box))
    root.set("width", width)
    root.set("height", height)
    ElementTree.register_namespace("", SVG[1:-1])
    return ElementTree.tostring(root, encoding="unicode")


def cropped(content: bytes) -> "Image":
    """Return a PNG on white paper without its margins, and without whatever else its file held."""
    from PIL import Image, ImageChops

    # Of the head alone, before anything is unpacked.
    if len(content) < _HEAD or max(struct.unpack_from(">LL", content, 16)) > LARGEST_PIXELS:
        raise ValueError(f"PNG 不完整，或超过 {LARGEST_PIXELS} 像素见方")
    try:
        # WeasyPrint lets truncated pictures be read; a picture is whole or none.
        Image.open(BytesIO(content), formats=["PNG"]).verify()
        with Image.open(BytesIO(content), formats=["PNG"]) as opened:
            picture = Image.new("RGB", opened.size, "white")
            inked = opened.convert("RGBA")
            picture.paste(inked, mask=inked.getchannel("A"))
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError("PNG 文件已损坏") from error
    paper = ImageChops.invert(picture.convert("L")).point(lambda value: value if value > 255 - _WHITE else 0)
    box = paper.getbbox()
    if box is None:
        raise ValueError("PNG 是空白的")
    return picture.crop(box)


def saved(picture: "Image") -> bytes:
    """Return a picture as a PNG."""
    output = BytesIO()
    picture.save(output, "PNG", optimize=True)
    return output.getvalue()


def _prune(element: ElementTree.Element) -> None:
    """Remove what editors keep for themselves."""
    for child in list(element):
        if not child.tag.startswith(SVG) or child.tag == f"{SVG}metadata":
            element.remove(child)


def _check(element: ElementTree.Element) -> None:
    name = element.tag.removeprefix(SVG)
    if name in {"text", "tspan", "textPath"}:
        raise ValueError("SVG 中有文字，须先转为轮廓（路径）")
    if name not in _DRAWN:
        raise ValueError(f"SVG 中有不接受的元素 {name}")
    for key, value in element.attrib.items():
        plain = key.rpartition("}")[2].lower()
        if (
            plain.startswith("on")
            or (plain == "href" and not value.startswith("#"))
            or _FOREIGN.search(value)
        ):
            raise ValueError(f"SVG 的元素 {name} 有脚本或外部引用（{plain}）")
    if name == "style" and _FOREIGN.search(element.text or ""):
        raise ValueError("SVG 的样式有外部引用")
