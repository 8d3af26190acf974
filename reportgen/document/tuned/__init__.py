"""WeasyPrint's work on our pages, done with less: the same bytes in a third of the time.

What is replaced here gives what it replaces, and a test sets documents with and without it and compares every
byte. It reads what WeasyPrint keeps private, as the finisher does: the lock pins its version. Each module says
what it spares: styles that only repeat what is initial, lengths that hold no percentage, texts set before.
"""

import sys
from collections.abc import Mapping
from functools import cache
from types import FunctionType, ModuleType

from weasyprint import css
from weasyprint.formatting_structure.boxes import Box
from weasyprint.text import line_break

from reportgen.document.tuned import (
    boxes,
    cascade,
    drawing,
    lengths,
    lines,
    pictures,
    rules,
    styles,
    texts,
    writing,
)

_REPLACED = {
    line_break.split_first_line: texts.split_first_line,
    line_break.strut: texts.strut,
    lengths.original: lengths.resolve_percentages,
    boxes.backgrounds: boxes.layout_box_backgrounds,
    boxes.collisions: boxes.avoid_collisions,
    boxes.margins: boxes.collapse_margin,
    lines.next_line: lines.get_next_linebox,
    lines.container: lines.block_container_layout,
    drawing.original: drawing.draw_first_line,
    **pictures.REMEMBERED,
}
"""What gives the same bytes as what it replaces."""
_RULES = {rules.original: rules.draw_border, rules.original_table: rules.draw_table}
"""What paints the same in fewer strokes."""


@cache
def tune() -> None:
    """Put the replacements in place, once for the process."""
    styles.tune()
    writing.tune()
    css.StyleFor = cascade.StyleFor
    pictures.Matcher.match = pictures.match
    Box.is_in_normal_flow = boxes.is_in_normal_flow
    _replace(_REPLACED)
    _replace(_RULES)


def _replace(functions: Mapping[FunctionType, object]) -> None:
    """Let every module of WeasyPrint that names a function name what replaces it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("weasyprint") and isinstance(module, ModuleType):
            for word, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and value in functions:
                    setattr(module, word, functions[value])
