"""reportgen itself: from content to a tagged PDF/A-3a that is PDF/UA-1 as well, its data attached."""

from typing import Self

import psutil

from benchmarks.peers import Work
from benchmarks.samples import NOW, Sample
from reportgen.document.typeset import typesetter


class Ours:
    """The typesetter of this process, with templates, styles and fonts loaded."""

    def __enter__(self) -> Self:
        typesetter()
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held that would have to be given back."""

    def prepare(self, sample: Sample) -> Work:
        """Return the whole of it: template, layout, tags, attachments, finish."""
        given = ("report.html.j2", sample.content, NOW, sample.number, sample.enclosures)
        return lambda: typesetter().document(*given).pdf

    def helpers(self) -> list[psutil.Process]:
        """Return none: it works in its own process."""
        return []
