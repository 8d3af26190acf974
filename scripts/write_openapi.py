"""Write docs/openapi.json from the routes of the API; `--check` only says whether the file is current."""

import json
import sys
from pathlib import Path

from reportgen.web.api.document import document

_TARGET = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def page() -> str:
    """Return the file."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` return 1 where it is out of date."""
    if "--check" in arguments:
        return 0 if _TARGET.read_text("utf-8") == page() else 1
    _TARGET.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
