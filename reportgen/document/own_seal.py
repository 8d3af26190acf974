"""An agency's own seal picture: an SVG of outlines or a PNG, checked and brought to size.

The picture stands on the cover and, cut into slices, along the edges of the pages. So it must bring nothing that
runs or fetches, no text (whose font nobody else has), and no margin (the outer slices would be empty).
"""

import re
import struct
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

from reportgen.errors import ReportgenError

LARGEST = 512 * 1024
"""Bytes of a picture's file."""
_SMALLEST_PIXELS, _LARGEST_PIXELS = 500, 3000
_HEAD = 24
"""Bytes of a PNG up to its size."""
_LARGEST_MM = 45.0
_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = {
    "svg", "g", "defs", "use", "symbol", "clipPath", "path", "circle", "ellipse", "rect", "line", "polyline",
    "polygon", "title", "desc", "style", "linearGradient", "radialGradient", "stop",
}  # fmt: skip
_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6}
_LENGTH = re.compile(r"\s*([0-9.]+)\s*(mm|cm|in|pt|pc|px)?\s*")
_FOREIGN = re.compile(r"url\(\s*['\"]?\s*(?!['\"#\s])|@|expression|\\", re.I)
"""In a style: an address that is no part of the picture, an import, or an escape that could hide one."""
_WHITE = 250


def own_seal(path: Path, diameter_mm: float) -> str:
    """Return the picture in a file as an SVG of `diameter_mm`; raises E0302 (no file), E0704 (unfit)."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ReportgenError("E0302", path=str(path), file=path.name) from error
    try:
        if len(content) > LARGEST:
            raise ValueError(f"文件超过 {LARGEST // 1024} KiB")
        return _of_png(content, diameter_mm) if content[:4] == b"\x89PNG" else _of_svg(content, diameter_mm)
    except ValueError as error:
        raise ReportgenError("E0704", file=path.name, detail=str(error)) from error


def _of_svg(content: bytes, diameter_mm: float) -> str:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("SVG 中有文档类型或实体声明")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - without declarations nothing can unfold
    except ElementTree.ParseError as error:
        raise ValueError("既不是 PNG，也不是有效的 SVG") from error
    if root.tag != f"{_SVG}svg":
        raise ValueError("既不是 PNG，也不是有效的 SVG")
    for element in list(root.iter()):
        _prune(element)
    for element in root.iter():
        _check(element)
    root.set("viewBox", _view_box(root))
    root.set("width", f"{diameter_mm:g}")
    root.set("height", f"{diameter_mm:g}")
    ElementTree.register_namespace("", _SVG[1:-1])
    return _inked(ElementTree.tostring(root, encoding="unicode"), diameter_mm)


def _prune(element: ElementTree.Element) -> None:
    """Remove what editors keep for themselves."""
    for child in list(element):
        if not child.tag.startswith(_SVG) or child.tag == f"{_SVG}metadata":
            element.remove(child)


def _check(element: ElementTree.Element) -> None:
    name = element.tag.removeprefix(_SVG)
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


def _view_box(root: ElementTree.Element) -> str:
    """Return the view box of a picture, which must be square and no larger than a seal may be."""
    width, height = (_LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height"))
    if width and (width[2] or "px") in _MM and float(width[1]) * _MM[width[2]] > _LARGEST_MM + 0.01:
        raise ValueError(
            f"图样宽 {float(width[1]) * _MM[width[2]]:.1f} mm，印章直径不得超过 {_LARGEST_MM:g} mm"
        )
    box = root.get("viewBox") or (f"0 0 {width[1]} {height[1]}" if width and height else "")
    try:
        _, _, across, down = map(float, re.split(r"[\s,]+", box.strip()))
    except ValueError:
        raise ValueError("SVG 没有 viewBox，也没有宽和高") from None
    if not (across > 0 and abs(across / down - 1) < 0.01 if down else False):
        raise ValueError("图样不是正方形，印章须为圆形并撑满画面")
    return box


def _of_png(content: bytes, diameter_mm: float) -> str:
    picture, size = b64encode(_cropped(content)).decode(), f"{diameter_mm:g}"
    return _inked(
        f'<image width="{size}" height="{size}" href="data:image/png;base64,{picture}"/>', diameter_mm
    )


def _inked(drawing: str, diameter_mm: float) -> str:
    """Return a drawing in red ink on paper: where it lies on print, both show."""
    size = f"{diameter_mm:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}mm" height="{size}mm" viewBox="0 0 {size} {size}">'
        '<defs><filter id="reportgen-ink"><feFlood flood-opacity="0" result="paper"/>'
        '<feBlend in="SourceGraphic" in2="paper" mode="multiply"/></filter></defs>'
        f'<g filter="url(#reportgen-ink)">{drawing}</g></svg>'
    )


def _cropped(content: bytes) -> bytes:
    """Return a PNG without its margins and without whatever else its file held."""
    from PIL import Image, ImageChops

    # Of the head alone, before anything is unpacked.
    if len(content) < _HEAD or max(struct.unpack_from(">LL", content, 16)) > _LARGEST_PIXELS:
        raise ValueError(f"PNG 不完整，或超过 {_LARGEST_PIXELS} 像素见方")
    try:
        # WeasyPrint lets truncated pictures be read; a seal is whole or none.
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
    across, down = box[2] - box[0], box[3] - box[1]
    if abs(across / down - 1) > 0.03:
        raise ValueError(f"PNG 去掉空白后为 {across}×{down} 像素，不是圆形印章")
    if across < _SMALLEST_PIXELS:
        raise ValueError(f"PNG 去掉空白后宽 {across} 像素，印刷至少需要 {_SMALLEST_PIXELS} 像素")
    output = BytesIO()
    picture.crop(box).save(output, "PNG", optimize=True)
    return output.getvalue()
