"""An agency's own seal picture: an SVG of outlines or a PNG, checked and brought to size.

The picture stands on the cover and, cut into slices, along the edges of the pages: beside what is asked of every
picture it must have no margin, or the outer slices would be empty.
"""

from base64 import b64encode
from pathlib import Path
from xml.etree import ElementTree

from reportgen.document import picture
from reportgen.errors import ReportgenError
from reportgen.files import unreadable

_SMALLEST_PIXELS = 500
_LARGEST_MM = 45.0
_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6}


def own_seal(path: Path, diameter_mm: float) -> str:
    """Return the picture in a file as an SVG of `diameter_mm`; raises E0302 (no file), E0704 (unfit)."""
    try:
        content = picture.read(path)
        return _of_png(content, diameter_mm) if picture.is_png(content) else _of_svg(content, diameter_mm)
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:
        raise ReportgenError("E0704", file=path.name, detail=str(error)) from error


def _of_svg(content: bytes, diameter_mm: float) -> str:
    root = picture.outlines(content)
    size = f"{diameter_mm:g}"
    return _inked(picture.drawing(root, _square(root), size, size), diameter_mm)


def _square(root: ElementTree.Element) -> picture.Box:
    """Return the view box of a picture, which must be square and no larger than a seal may be."""
    width = picture.LENGTH.fullmatch(root.get("width", ""))
    if width and (width[2] or "px") in _MM and float(width[1]) * _MM[width[2]] > _LARGEST_MM + 0.01:
        raise ValueError(
            f"图样宽 {float(width[1]) * _MM[width[2]]:.1f} mm，印章直径不得超过 {_LARGEST_MM:g} mm"
        )
    left, top, across, down = picture.view_box(root)
    if not (across > 0 and abs(across / down - 1) < 0.01 if down else False):
        raise ValueError("图样不是正方形，印章须为圆形并撑满画面")
    return left, top, across, down


def _of_png(content: bytes, diameter_mm: float) -> str:
    seal, size = picture.cropped(content), f"{diameter_mm:g}"
    across, down = seal.size
    if abs(across / down - 1) > 0.03:
        raise ValueError(f"PNG 去掉空白后为 {across}×{down} 像素，不是圆形印章")
    if across < _SMALLEST_PIXELS:
        raise ValueError(f"PNG 去掉空白后宽 {across} 像素，印刷至少需要 {_SMALLEST_PIXELS} 像素")
    data = b64encode(picture.saved(seal)).decode()
    return _inked(f'<image width="{size}" height="{size}" href="data:image/png;base64,{data}"/>', diameter_mm)


def _inked(drawing: str, diameter_mm: float) -> str:
    """Return a drawing in red ink on paper: where it lies on print, both show."""
    size = f"{diameter_mm:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}mm" height="{size}mm" viewBox="0 0 {size} {size}">'
        '<defs><filter id="reportgen-ink"><feFlood flood-opacity="0" result="paper"/>'
        '<feBlend in="SourceGraphic" in2="paper" mode="multiply"/></filter></defs>'
        f'<g filter="url(#reportgen-ink)">{drawing}</g></svg>'
    )
