"""核销清单 and 核销凭证 from the register to a signed file: made on demand, kept nowhere, told to the office's chain.

Both are documents as reports are: typeset in the agency's look, sealed, signed and read once more before they go out.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from reportgen.certify.facts import USES, VOUCHER
from reportgen.document.used import FILE, UseList
from reportgen.pipeline import Means, certified, means_of
from reportgen.press import Press
from reportgen.registry import use_lists
from reportgen.registry.manifest import Scope
from reportgen.settings import Office


@dataclass(frozen=True)
class Paper:
    """A document as it goes out; `unstamped` says why it bears no time stamp where it should."""

    number: str
    pdf: bytes
    pages: int
    unstamped: str = ""

    @property
    def sha256(self) -> str:
        """Return the hash of the file, by which the register knows it."""
        return hashlib.sha256(self.pdf).hexdigest()


def list_uses(scope: Scope, recipient: str, office: Office, press: Press, now: datetime) -> Paper:
    """Return the 核销清单 of a project for whoever takes reports for it, and record that it left the house.

    Whoever does not run the tender is told of his own reports alone. Raises E0351, E0306, E1106 (before 开标), E0701,
    E0801–E0809.
    """
    means = means_of(office, now)
    agency = means.issuer.agency
    found = press.store.read(lambda s: use_lists.gather(s, agency, scope, recipient, now))
    made = printed(found, means, now)
    press.store.write(lambda s: use_lists.exported(s, found, made.sha256, press.desk(now)))
    return made


def vouch(number: str, recipient: str, office: Office, press: Press, now: datetime) -> Paper:
    """Return the 核销凭证 of a report that its recipient has used, and record that it left the house.

    Raises E0502 (none of his), E0605 (not used), E1106, E0701, E0801–E0809.
    """
    from reportgen.document.typeset import typesetter
    from reportgen.document.use_list import letter

    means = means_of(office, now)
    issuer = means.issuer
    found = press.store.read(lambda s: use_lists.voucher(s, issuer.agency, number, recipient, now))
    done = typesetter(issuer.own_look).document("letter.html.j2", letter(found, issuer), now, found.number)
    finished = certified(done, means, f"出具{VOUCHER} {found.number}", now)
    made = Paper(found.number, finished.made.pdf, finished.made.pages, finished.unstamped)
    press.store.write(lambda s: use_lists.vouched(s, found, made.sha256, press.desk(now)))
    return made


def printed(found: UseList, means: Means, now: datetime) -> Paper:
    """Return a 核销清单 typeset, with its data attached, and certified where the office has a key."""
    from reportgen.document.typeset import Enclosure, typesetter
    from reportgen.document.use_list import sheet

    data, content = Enclosure(FILE, found.data(), "本清单内容的机器可读数据"), sheet(found, means.issuer)
    # Landscape and lot by lot, as a comparison is laid out.
    done = typesetter(means.issuer.own_look).document(
        "comparison.html.j2", content, now, found.number, [data]
    )
    finished = certified(done, means, f"出具{USES} {found.number}", now)
    return Paper(found.number, finished.made.pdf, finished.made.pages, finished.unstamped)
