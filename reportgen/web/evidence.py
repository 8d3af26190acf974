"""Where the evidence of a judgement is to be seen: the ids that its points name, as links to the facts on their pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from reportgen.assess.wording import mark
from reportgen.subject.model import Subject

_NAMING = frozenset({"证据", "公共来源以外所称", "其中异议中", "公共来源以外所称，异议中", "事实", "经核实"})
"""What stands before the ids of facts in a point."""
_SIGN = "："


@dataclass(frozen=True)
class Evidence:
    """The pages of facts by the word that names them: its id, in a joint venture behind the member's mark."""

    pages: Mapping[str, str]

    @classmethod
    def of(cls, subjects: Sequence[Subject], at: datetime | None = None) -> "Evidence":
        """Return the pages of the facts of an applicant's subjects; as they were known at a moment, where one is given.

        An id without a mark that two members have is no link: nobody can tell whose it is.
        """
        pages, owners = dict[str, str](), dict[str, int]()
        for index, subject in enumerate(subjects):
            for fact in sorted({fact.id for _, fact in subject.facts()}):
                pages[mark(index) + fact] = pages[fact] = page_of(subject.uscc, fact, at)
                owners[fact] = owners.get(fact, 0) + 1
        return cls({word: page for word, page in pages.items() if owners.get(word, 1) == 1})

    def pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the pieces of a point's text, each with the page that it links to, nothing where it links to none."""
        name, sign, words = text.partition(_SIGN)
        if name not in _NAMING:
            yield text, ""
            return
        yield name + sign, ""
        for index, word in enumerate(words.split(" ")):
            if index:
                yield " ", ""
            yield word, self.pages.get(word, "")


def page_of(uscc: str, fact: str, at: datetime | None = None) -> str:
    """Return the address of a fact on its subject's page, which shows it open."""
    asked = {"fact": fact, **({"at": at.isoformat()} if at else {})}
    return f"/agency/subjects/{uscc}?{urlencode(asked)}#{quote(anchor(fact))}"


def anchor(fact: str) -> str:
    """Return what a fact is called within its subject's page."""
    return f"fact-{fact}"
