"""What independent validators find wrong with a file, after the known false alarms have been looked into.

A finding is set aside only where the file itself shows that it is false, each kind by a check of its own:

- `page` takes a stream whose data end in 0x0D for one byte shorter than its /Length says (about one stream in
  256). Set aside where `endstream` follows the bytes that /Length counts in every stream of the file, and the
  data of one of them do end in 0x0D.
- `outloud` FIG-012 wants half of an alternative text to be letters, as Latin words are; a Chinese character
  is a word, and a chart's figures weigh more beside it. Set aside where every text it may mean is made of
  Chinese sentences.
- `outloud` PAG-001 takes a line that stands near the edge of three pages for a page head. Set aside where every
  line it names is a heading, or the head of a table that runs on over the pages.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import outloud
import page
import pikepdf
from outloud.model import Document
from outloud.rules._common import element_text

_LENGTH = "PDFA3A-STREAM-LENGTH-001"
_STREAM = re.compile(
    rb"\d obj\s*<<(?:(?!endobj).)*?/Length (\d+)(?! \d)(?:(?!endobj).)*?>>\s*stream\r?\n", re.S
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LEAST_HAN = 12


def faults(path: Path) -> list[str]:
    """Return what is wrong with a file as PDF/A-3a, as PDF/UA-1 and as PDF; 0.3 s for twenty pages."""
    return [*_invalid(path, "3a"), *_invalid(path, "ua1"), *_broken(path)]


def heard(path: Path) -> list[str]:
    """Return what a second opinion hears wrong, errors and warnings; one to two seconds for twenty pages."""
    result = outloud.check(str(path))
    found = [f"{item.rule}: {item.message}" for item in result.findings if not _false_alarm(item, path)]
    return [*([result.error] if result.error else []), *found]


def _invalid(path: Path, profile: str) -> Iterator[str]:
    for failure in page.validate_pdf(str(path), profile=profile).failures:
        if not (failure.rule_id == _LENGTH and _one_ends_in_return(path.read_bytes())):
            yield f"{profile} {failure.rule_id}: {failure.message}"


def _one_ends_in_return(data: bytes) -> bool:
    ends = [start.end() + int(start[1]) for start in _STREAM.finditer(data)]
    whole = all(re.match(rb"\r?\n?endstream", data[end : end + 11]) for end in ends)
    return whole and any(data[end - 1 : end] == b"\r" for end in ends)


def _broken(path: Path) -> Iterator[str]:
    done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=False, text=True)
    if done.returncode:
        yield f"qpdf: {done.stdout}{done.stderr}"


def _false_alarm(finding: Any, path: Path) -> bool:
    if finding.rule == "FIG-012":
        return all(is_chinese(alt) for alt in figures(path) if letters(alt) < len(alt) / 2)
    if finding.rule == "PAG-001":
        named = [_bare(text) for text in (finding.evidence or "").split("; ")]
        heads = _heads(path)
        return finding.count == len(named) and all(any(map(_starts(text), heads)) for text in named)
    return False


def aloud(path: Path) -> str:
    """Return what a reader who listens hears, in order and without white space."""
    document = Document(str(path))
    try:
        return _bare(element_text(document, document.elements[0]))
    finally:
        document.close()


def figures(path: Path) -> list[str]:
    """Return the alternative text of every figure, empty where there is none."""
    with pikepdf.open(path) as pdf:
        elements = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        return [str(item.get("/Alt", "")) for item in elements if item.get("/S") == "/Figure"]


def letters(text: str) -> int:
    """Return how many characters are letters of any script."""
    return sum(character.isalpha() for character in text)


def is_chinese(text: str) -> bool:
    """Say whether a text is Chinese sentences: a good many characters, no Latin words, a full stop."""
    return (
        len(_HAN.findall(text)) >= _LEAST_HAN and not re.search("[A-Za-z]{2}", text) and text.endswith("。")
    )


def _heads(path: Path) -> list[str]:
    document = Document(str(path))
    try:
        kinds = (document.elements_of(kind) for kind in ("H1", "H2", "THead"))
        return [_bare(element_text(document, element)) for kind in kinds for element in kind]
    finally:
        document.close()


def _starts(text: str) -> Any:
    return lambda head: head.startswith(text.removesuffix("…")) if text.endswith("…") else head == text


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
