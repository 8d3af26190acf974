"""What a 核销清单 and a 核销凭证 say, as data: which reports of a project were used, and where the register stood.

No person is named: whoever uses a report does so for a legal entity. The list prints it, and carries it as `uses.json`.
"""

from typing import Literal

from reportgen.document.compared import Party, Place
from reportgen.subject.base import Model, Moment

FILE = "uses.json"
"""Under this name the list carries its data."""
FORM: Literal["reportgen uses v1"] = "reportgen uses v1"


class Checkpoint(Model):
    """The register's last signed checkpoint: whoever has its digest can tell whether the register was taken back."""

    id: int
    at: Moment
    digest: str


class Line(Model):
    """An issued report with its use, None where it was not used; `used_by` is a USCC.

    `state` is the register's own word and `usable` what follows from it. `events` and `head` are the length and the
    end of the report's own chain of events.
    """

    number: str
    applicant: tuple[Party, ...]
    lot: str
    recipient: Party
    purpose: str
    conclusion: str
    state: str
    usable: bool
    used_at: Moment | None
    used_by: str | None
    revoked_at: Moment | None
    sha256: str
    events: int
    head: str


class UseList(Model):
    """A 核销清单 as of a moment local to Asia/Shanghai; `lots` are those it covers, by id and name.

    `recipient` is the one whose reports alone are listed; None: all of the project.
    """

    form: Literal["reportgen uses v1"] = FORM
    number: str
    sample: bool
    agency: Party
    project: Place
    lots: tuple[tuple[str, str], ...]
    recipient: Party | None
    as_of: Moment
    checkpoint: Checkpoint | None
    reports: tuple[Line, ...]

    def data(self) -> bytes:
        """Return the list as JSON."""
        return self.model_dump_json(indent=1).encode()


class Voucher(Model):
    """A 核销凭证: one use of one report as of a moment local to Asia/Shanghai."""

    number: str
    sample: bool
    agency: Party
    project: Place
    as_of: Moment
    checkpoint: Checkpoint | None
    report: Line
