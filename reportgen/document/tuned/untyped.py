"""The name for what WeasyPrint, pydyf and Pango hand about: none of them says of what type."""

from typing import Any

Untyped = Any
