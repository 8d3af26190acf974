"""Who may ask for what: one table for every route, asked before any page or answer is made.

A route that is not in the table is not served: `require_complete` refuses to start. Whose report or application
it is, is asked in `own`; what takes a role of the office is asked once more where it is done (`Press.act`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reportgen.errors import ReportgenError
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Caller
from reportgen.store.tables import ROLES

FORM = 64 * 1024
"""Bytes of an ordinary form."""
LETTER = 10 * 1024 * 1024 + FORM
"""Bytes of a form with a letter of authority."""
REPORT = 50 * 1024 * 1024 + FORM
"""Bytes of a form with a report that is to be checked."""


@dataclass(frozen=True)
class Rule:
    """Who may use a route: nobody signed in need be where `kinds` is None; `roles` are those of the agency.

    `waiting`: also whoever's account the agency has not admitted yet. `largest`: bytes of what is sent.
    """

    kinds: frozenset[AccountKind] | None = None
    roles: frozenset[str] = frozenset(ROLES)
    waiting: bool = False
    largest: int = FORM

    def admits(self, caller: Caller | None) -> bool:
        """Say whether a caller may use the route."""
        if self.kinds is None:
            return True
        if caller is None or caller.kind not in self.kinds or not (caller.active or self.waiting):
            return False
        return caller.kind is not AccountKind.AGENCY or bool(caller.roles & self.roles)


ANYONE = Rule()
SIGNED_IN = Rule(frozenset(AccountKind), waiting=True)
RECIPIENT = Rule(frozenset({AccountKind.RECIPIENT}))

ACCESS: Mapping[str, Rule] = {
    "home": ANYONE,
    "look_by_link": ANYONE,
    "look_by_paper": ANYONE,
    "look_by_file": Rule(largest=REPORT),
    "sign_in_form": ANYONE,
    "sign_in": ANYONE,
    "sign_out": SIGNED_IN,
    "desk": SIGNED_IN,
    "committee": RECIPIENT,
    "committee_project": RECIPIENT,
    "committee_use": RECIPIENT,
    "committee_report": RECIPIENT,
    "committee_certificate": RECIPIENT,
    "committee_bundle": RECIPIENT,
    "static": ANYONE,
    "healthz": ANYONE,
    "readyz": ANYONE,
    "metrics": ANYONE,
}
"""By the route's name; docs/security.md prints the same table."""


def require_complete(names: Iterable[str]) -> None:
    """Raise RuntimeError where the table does not name exactly the routes that are served."""
    served = set(names)
    wrong = served ^ set(ACCESS)
    if wrong:
        raise RuntimeError(f"routes and their table of access differ: {sorted(wrong)}")


def refuse(rule: Rule, caller: Caller | None) -> None:
    """Raise E1110 (nobody is signed in), E1111 (not for this account) where a rule does not admit a caller."""
    if not rule.admits(caller):
        raise ReportgenError("E1110" if caller is None else "E1111")
