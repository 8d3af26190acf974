"""Release rule packs: write their SHA-256 into released.json, after which a changed file is refused.

`python -m scripts.release_pack NAME…` takes the names of files without `.yaml`. A pack that is in the
list already stays as it is; what changes is a new file with the same `name` and a later `released`.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from reportgen.errors import ReportgenError
from reportgen.policy.loader import PACKS, RELEASED, load_pack, pack_paths, released


def release(stems: Sequence[str], folder: Path = PACKS) -> dict[str, str]:
    """Return the list with the packs added, and write it; raises E0309 (faulty or changed), E0341 (no such pack)."""
    listed = released(folder)
    known = {path.stem: path for path in pack_paths(folder)}
    for stem in stems:
        if stem not in known:
            raise ReportgenError("E0341", path=stem, name=stem, known="、".join(known))
        listed.setdefault(stem, load_pack(known[stem])[1])
    listed = dict(sorted(listed.items()))
    text = json.dumps(listed, ensure_ascii=False, indent=2) + "\n"
    draft = folder / f"{RELEASED}.new"
    draft.write_text(text, "utf-8")
    draft.replace(folder / RELEASED)
    return listed


def main(arguments: list[str]) -> int:
    """Release the named packs, or say why not."""
    if not arguments:
        print("usage: python -m scripts.release_pack NAME…", file=sys.stderr)
        return 2
    try:
        listed = release(arguments)
    except ReportgenError as error:
        print(error.text(), file=sys.stderr)
        return int(error.exit_code)
    for stem in arguments:
        print(f"{listed[stem]}  {stem}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
