"""What is safe to print on a terminal."""

from reportgen.errors import printable


def safe(text: str) -> str:
    """Return a text that a terminal prints as it stands, the ideographic space as a space."""
    return printable(text.replace("\u3000", " "))
