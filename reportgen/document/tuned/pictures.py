"""Drawings: the same few lengths, inks and turns stand at each of their shapes, and no rule of a style sheet does."""

from functools import lru_cache

from weasyprint import cssselect2
from weasyprint.svg import utils

from reportgen.document.tuned.untyped import Untyped

_MOST = 4096
REMEMBERED = {
    function: lru_cache(_MOST)(function) for function in (utils.normalize, utils.size, utils.transform)
}
"""Functions of nothing but their arguments, each with what remembers its answers."""
Matcher = cssselect2.Matcher
_match = Matcher.match


def match(matcher: Untyped, element: Untyped) -> list[Untyped]:
    """Return the rules of a style sheet that name an element."""
    return list(_match(matcher, element)) if matcher.order else []
