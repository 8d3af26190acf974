"""What is found out about a style is kept with it: a style is asked by every box that has it.

Not with a copy of one: that may be changed between two questions, as the style of a flexible box's child is.
"""

from collections.abc import Callable
from typing import TypeVar

from reportgen.document.tuned.untyped import Untyped

T = TypeVar("T")
COPIED = "_copied"
"""The attribute by which a copied style is known."""


def kept(find: Callable[[Untyped], T]) -> Callable[[Untyped], T]:
    """Return a function of a style that finds its answer once."""
    name = f"_{find.__module__}.{find.__name__}"

    def found(style: Untyped) -> T:
        held = style.__dict__
        try:
            return held[name]  # type: ignore[no-any-return]
        except KeyError:
            answer = find(style)
        if COPIED not in held:
            held[name] = answer
        return answer

    return found
