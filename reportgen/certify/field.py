"""The signature field and its value with room for a signature, which is put in when the rest of the file stands.

The value is written with the file and not as a later revision: the file has one revision, its metadata stay as
they are, and nobody has to read it again to sign it. The field is invisible and part of the structure, so that
the file stays PDF/A-3a and PDF/UA-1.
"""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, String

FIELD = "ReportSignature"
"""Name of the signature field."""
_TITLE = "出具机构的电子签名"
_LANGUAGE = "zh-CN"
_PRINTED_LOCKED = 132
_NO_CHANGES = 1
_LATER = 9_999_999_999
"""Stands for an offset that is not known yet, and is as wide as any."""


@dataclass(frozen=True)
class Said:
    """What the signature says beside itself: why, where, when (local to Asia/Shanghai)."""

    reason: str
    place: str
    at: datetime


@dataclass(frozen=True)
class Room:
    """A file with room for a signature: the offsets of `<` and behind `>` in it."""

    file: bytes
    start: int
    end: int

    @property
    def signed(self) -> tuple[memoryview, memoryview]:
        """Return what a signature covers: the whole file but its own digits."""
        view = memoryview(self.file)
        return view[: self.start], view[self.end :]

    def filled(self, signature: bytes) -> bytes:
        """Return the file with the signature in its place; raises ValueError where it is too long."""
        digits = signature.hex().encode().ljust(self.end - self.start - 2, b"0")
        if len(digits) > self.end - self.start - 2:
            raise ValueError(f"{len(signature)} bytes do not fit")
        before, after = self.signed
        return b"".join((before, b"<", digits, b">", after))


def write_with_room(document: Pdf, said: Said, size: int) -> Room:
    """Write a tagged document with a certification signature to come of at most `size` bytes.

    Equal input gives equal bytes.
    """
    value = document.make_indirect(_value(said, size))
    document.Root.AcroForm = Dictionary(Fields=Array([_add_field(document, value)]), SigFlags=3)
    document.Root.Perms = Dictionary(DocMDP=value)
    # ETSI EN 319 142-1, 5.2: PAdES is an extension of PDF 1.7.
    document.Root.Extensions = Dictionary(
        ESIC=Dictionary(Type=Name.DeveloperExtensions, BaseVersion=Name("/1.7"), ExtensionLevel=1)
    )
    output = BytesIO()
    # Left to itself, pikepdf writes its own name into the metadata.
    document.save(
        output,
        deterministic_id=True,
        fix_metadata_version=False,
        object_stream_mode=ObjectStreamMode.generate,
    )
    return _with_range(output.getvalue(), size)


def _value(said: Said, size: int) -> Dictionary:
    permitted = Dictionary(Type=Name.TransformParams, P=_NO_CHANGES, V=Name("/1.2"))
    return Dictionary(
        Type=Name.Sig,
        Filter=Name("/Adobe.PPKLite"),
        SubFilter=Name("/ETSI.CAdES.detached"),
        M=String(f"D:{said.at:%Y%m%d%H%M%S}+08'00'"),
        Reason=String(said.reason),
        Location=String(said.place),
        Reference=Array(
            [Dictionary(Type=Name.SigRef, TransformMethod=Name.DocMDP, TransformParams=permitted)]
        ),
        ByteRange=Array([0, _LATER, _LATER, _LATER]),
        Contents=String(bytes(size)),
    )


def _add_field(document: Pdf, value: pikepdf.Object) -> pikepdf.Object:
    """Add the field to the first page and to the end of the structure, and return it."""
    page, structure = document.pages[0].obj, document.Root.StructTreeRoot
    tree = pikepdf.NumberTree(structure.ParentTree)
    key = max(tree.keys(), default=-1) + 1
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String(FIELD), TU=String(_TITLE), V=value,
            F=_PRINTED_LOCKED, Rect=Array([0, 0, 0, 0]), P=page, StructParent=key, Lang=String(_LANGUAGE),
        )
    )  # fmt: skip
    whole = structure.K[0] if isinstance(structure.K, Array) else structure.K
    element = document.make_indirect(
        Dictionary(
            Type=Name.StructElem, S=Name.Form, P=whole, Lang=String(_LANGUAGE), Alt=String(_TITLE),
            K=Dictionary(Type=Name.OBJR, Obj=field, Pg=page),
        )
    )  # fmt: skip
    whole.K.append(element)
    tree[key] = element
    page.Annots = Array([*page.get(Name.Annots, Array()), field])
    page.Tabs = Name.S
    return field


def _with_range(file: bytes, size: int) -> Room:
    """Return the file with the range its signature covers written in."""
    start = file.rindex(b"<" + b"0" * (2 * size) + b">")
    end = start + 2 * size + 2
    later = f"0 {_LATER} {_LATER} {_LATER}".encode()
    place = file.rindex(later)
    found = f"0 {start} {end} {len(file) - end}".encode().ljust(len(later))
    return Room(file[:place] + found + file[place + len(later) :], start, end)
