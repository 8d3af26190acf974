"""How names are compared: one spelling for what may be written in several, and then exact equality, never likeness.

Full-width is half-width, traditional is simplified, punctuation and spaces are out; 有限责任公司 stays another name than
有限公司. Characters are simplified one by one: what stands beside one changes nothing.
"""

import unicodedata
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_KEPT = frozenset("LN")
"""Letters and numerals, by the first letter of their category; all else is punctuation, a mark or a space."""


def name_key(text: str) -> str:
    """Return a name in the spelling by which names are compared; what holds no letter has an empty one."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_COMPARED)


def spelling() -> str:
    """Return which edition of the table of characters makes the keys: those of different editions do not compare."""
    return version("opencc")


class _Compared(dict[int, str]):
    """How a character is compared, by its number, found when it is first asked for; nothing for punctuation."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        kept = unicodedata.category(letter)[0] in _KEPT
        return self.setdefault(code, _simplified(letter) if kept else "")


_COMPARED = _Compared()


def _simplified(letter: str) -> str:
    found: str = letter if letter.isascii() else _converter().convert(letter)
    return found


@cache
def _converter() -> "OpenCC":
    # It takes a while to load, and most commands compare no names.
    from opencc import OpenCC

    return OpenCC("t2s")
