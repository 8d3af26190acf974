"""Whether a finished PDF is one that everybody can read: tagged, described, with its fonts, leading nowhere.

What office templates can spoil is looked for again here, in the file itself, without the tools of our tests.
Sources: ISO 19005-3 (6.2.11.4, 6.7), ISO 14289-1 (7.1, 7.3, 7.4.2).
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

import pikepdf

_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_HEADS = {"/H1": 1, "/H2": 2, "/H3": 3}
_CLAIMS = {
    b'pdfaid:part="3"': "文件没有声明 PDF/A-3",
    b"<pdfuaid:part>1</pdfuaid:part>": "文件没有声明 PDF/UA-1",
    b"<dc:title>": "文件没有标题",
}


def unsound(pdf: bytes) -> list[str]:
    """Return what is wrong with a PDF, in Chinese; nothing for one that is sound."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        held = [item for item in opened.objects if isinstance(item, pikepdf.Dictionary)]
        return [*_untagged(opened), *_undescribed(held), *_out_of_order(opened), *_fontless(held)]


def _untagged(opened: pikepdf.Pdf) -> Iterator[str]:
    if "/MarkInfo" not in opened.Root or "/StructTreeRoot" not in opened.Root:
        yield "文件没有结构标签"
    if "/Lang" not in opened.Root:
        yield "文件没有写明语言"
    metadata = opened.Root.Metadata.read_bytes() if "/Metadata" in opened.Root else b""
    yield from (lacking for claim, lacking in _CLAIMS.items() if claim not in metadata)


def _undescribed(held: list[pikepdf.Dictionary]) -> Iterator[str]:
    bare = sum(item.get("/S") == "/Figure" and not str(item.get("/Alt", "")) for item in held)
    if bare:
        yield f"{bare} 个图没有替代文字"


def _out_of_order(opened: pikepdf.Pdf) -> Iterator[str]:
    root = opened.Root.get("/StructTreeRoot")
    levels = [0, *(_levels(root) if root is not None else ())]
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"标题从 {before} 级跳到 {after} 级"


def _levels(element: pikepdf.Object) -> Iterator[int]:
    kids = element.K if "/K" in element else pikepdf.Array()
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            if level := _HEADS.get(str(kid.get("/S"))):
                yield level
            yield from _levels(kid)


def _fontless(held: list[pikepdf.Dictionary]) -> Iterator[str]:
    for item in held:
        if item.get("/Type") == "/FontDescriptor" and not any(name in item for name in _FILES):
            yield f"字体 {item.get('/FontName')} 没有嵌入"
