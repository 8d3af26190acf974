"""The whole judgement as a tree for a terminal.

Texts of records come from files of strangers; each is put into the tree as plain text with its control
characters escaped.
"""

from rich.tree import Tree

from reportgen.assess.case import Case
from reportgen.assess.model import Assessment
from reportgen.cli.paragraph import Paragraph
from reportgen.cli.safe import safe
from reportgen.document.explained import Node, Tone, explained

_STYLES = {
    Tone.PLAIN: "",
    Tone.HEAD: "bold",
    Tone.GOOD: "green",
    Tone.OPEN: "yellow",
    Tone.BAD: "red",
}


def explain(case: Case, assessment: Assessment) -> Tree:
    """Return the judgement from the conclusion down to the sources of the facts."""
    found = explained(case, assessment)
    tree = Tree(Paragraph(safe(found.text), _STYLES[found.tone]), guide_style="dim")
    _hang(tree, found)
    return tree


def branch(tree: Tree, text: str, style: str = "") -> Tree:
    """Hang a text on a tree, safe to print, and return its node."""
    return tree.add(Paragraph(safe(text), style))


def _hang(tree: Tree, found: Node) -> None:
    for node in found.nodes:
        _hang(branch(tree, node.text, _STYLES[node.tone]), node)
