"""Who may ask for what: one table for every route, asked before any page or answer is made.

A route that is not in the table is not served: `require_complete` refuses to start. Whose report or application
it is, is asked in `own`; what takes a role of the office is asked once more where it is done (`Press.act`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reportgen.errors import ReportgenError
from reportgen.registry.api_keys import Scope
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Caller
from reportgen.store.people import PERMITTED, Action
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

    `waiting`: also whoever's account the agency has not admitted yet. `largest`: bytes of what is sent. `scope`: of a
    route of the API, what a key must be for; nothing where it asks for no key.
    """

    kinds: frozenset[AccountKind] | None = None
    roles: frozenset[str] = frozenset(ROLES)
    waiting: bool = False
    largest: int = FORM
    scope: str | None = None

    def admits(self, caller: Caller | None) -> bool:
        """Say whether a caller may use the route."""
        if self.kinds is None:
            return True
        if caller is None or caller.kind not in self.kinds or not (caller.active or self.waiting):
            return False
        return caller.kind is not AccountKind.AGENCY or bool(caller.roles & self.roles)


ANYONE = Rule()
SIGNED_IN = Rule(frozenset(AccountKind), waiting=True)
BIDDER = Rule(frozenset({AccountKind.BIDDER}))
RECIPIENT = Rule(frozenset({AccountKind.RECIPIENT}))
ADMITTED = Rule(frozenset(AccountKind))


def _keyed(scope: Scope, *kinds: AccountKind, largest: int = FORM) -> Rule:
    return Rule(frozenset(kinds or AccountKind), largest=largest, scope=scope)


_HOUSE = frozenset({AccountKind.AGENCY})


def _agency(action: Action, largest: int = FORM) -> Rule:
    return Rule(_HOUSE, PERMITTED[action], largest=largest)


AGENCY = Rule(_HOUSE)
_USERS = _agency(Action.USERS)
_AUDIT = Rule(_HOUSE, frozenset({"ADMIN", "AUDITOR"}))
_CASES = Rule(_HOUSE, frozenset({"CLERK", "REVIEWER", "AUDITOR"}))
_FACTS = Rule(_HOUSE, frozenset({"CLERK", "REVIEWER", "ISSUER", "AUDITOR"}))

ACCESS: Mapping[str, Rule] = {
    "home": ANYONE,
    "look_by_link": ANYONE,
    "look_by_paper": ANYONE,
    "look_by_file": Rule(largest=REPORT),
    "sign_in_form": ANYONE,
    "sign_in": ANYONE,
    "sign_out": SIGNED_IN,
    "desk": SIGNED_IN,
    "register_form": ANYONE,
    "register": Rule(largest=LETTER),
    "register_sent": ANYONE,
    "password_form": SIGNED_IN,
    "password": SIGNED_IN,
    "password_by_code_form": ANYONE,
    "password_by_code": ANYONE,
    "bidder": BIDDER,
    "bidder_application": BIDDER,
    "bidder_progress": BIDDER,
    "bidder_withdraw_form": BIDDER,
    "bidder_withdraw": BIDDER,
    "bidder_report": BIDDER,
    "bidder_notice": BIDDER,
    "bidder_apply": BIDDER,
    "bidder_facts": BIDDER,
    "bidder_submit": Rule(frozenset({AccountKind.BIDDER}), largest=LETTER),
    "bidder_template": BIDDER,
    "bidder_uploads": BIDDER,
    "bidder_upload": Rule(frozenset({AccountKind.BIDDER}), largest=LETTER),
    "bidder_paper": Rule(frozenset({AccountKind.BIDDER}), largest=LETTER),
    "bidder_upload_shown": BIDDER,
    "bidder_upload_marked": BIDDER,
    "bidder_records": BIDDER,
    "bidder_objection_form": BIDDER,
    "bidder_objection": BIDDER,
    "bidder_statement": BIDDER,
    "committee": RECIPIENT,
    "committee_project": RECIPIENT,
    "committee_use": RECIPIENT,
    "committee_report": RECIPIENT,
    "committee_notice": RECIPIENT,
    "committee_award": RECIPIENT,
    "committee_verify": Rule(frozenset({AccountKind.RECIPIENT}), largest=REPORT),
    "committee_certificate": RECIPIENT,
    "committee_bundle": RECIPIENT,
    "committee_uses": RECIPIENT,
    "committee_voucher": RECIPIENT,
    "account_keys": ADMITTED,
    "account_key_new": ADMITTED,
    "account_key_revoke": ADMITTED,
    "account_webhooks": ADMITTED,
    "account_webhook_new": ADMITTED,
    "account_webhook": ADMITTED,
    "account_webhook_secret": ADMITTED,
    "account_webhook_on": ADMITTED,
    "account_webhook_remove": ADMITTED,
    "account_webhook_again": ADMITTED,
    "api_openapi": Rule(scope=""),
    "api_applications": _keyed(Scope.APPLICATIONS_READ, AccountKind.BIDDER, AccountKind.AGENCY),
    "api_application": _keyed(Scope.APPLICATIONS_READ, AccountKind.BIDDER, AccountKind.AGENCY),
    "api_application_new": _keyed(Scope.APPLICATIONS_WRITE, AccountKind.BIDDER),
    "api_application_withdraw": _keyed(Scope.APPLICATIONS_WRITE, AccountKind.BIDDER),
    "api_reports": _keyed(Scope.REPORTS_READ),
    "api_report": _keyed(Scope.REPORTS_READ),
    "api_report_file": _keyed(Scope.REPORTS_READ),
    "api_subject": _keyed(Scope.SUBJECTS_READ, AccountKind.BIDDER),
    "api_projects": _keyed(Scope.PROJECTS_READ),
    "api_verify_paper": _keyed(Scope.VERIFICATIONS),
    "api_verify_file": _keyed(Scope.VERIFICATIONS, largest=REPORT),
    "api_consume": _keyed(Scope.CONSUMPTIONS, AccountKind.RECIPIENT),
    "api_usage": Rule(
        frozenset({AccountKind.RECIPIENT, AccountKind.AGENCY}),
        PERMITTED[Action.USAGE],
        scope=Scope.USAGE_READ,
    ),
    "agency": AGENCY,
    "agency_application": AGENCY,
    "agency_application_letter": AGENCY,
    "agency_application_draft": AGENCY,
    "agency_application_progress": AGENCY,
    "agency_application_report": AGENCY,
    "agency_application_screen": _agency(Action.SCREEN),
    "agency_application_prepare": _agency(Action.PREPARE),
    "agency_application_review": _agency(Action.REVIEW),
    "agency_application_send": _agency(Action.ISSUE),
    "agency_application_send_back": Rule(_HOUSE, PERMITTED[Action.REVIEW] | PERMITTED[Action.ISSUE]),
    "agency_application_return": _agency(Action.PREPARE),
    "agency_accounts": _USERS,
    "agency_account": _USERS,
    "agency_letter": _USERS,
    "agency_account_decide": _USERS,
    "agency_account_code": _USERS,
    "agency_uploads": _CASES,
    "agency_upload": _CASES,
    "agency_upload_file": _CASES,
    "agency_upload_take": _agency(Action.IMPORT),
    "agency_upload_refuse": _agency(Action.IMPORT),
    "agency_reports": AGENCY,
    "agency_report": AGENCY,
    "agency_report_file": AGENCY,
    "agency_report_revoke": _agency(Action.REVOKE),
    "agency_report_annul": _agency(Action.ANNUL),
    "agency_report_archive": _agency(Action.ARCHIVE),
    "agency_report_correct": _agency(Action.CORRECT),
    "agency_report_notice": AGENCY,
    "agency_report_supersede": _agency(Action.SUPERSEDE),
    "agency_list_form": _agency(Action.LIST),
    "agency_list_import": _agency(Action.LIST, LETTER),
    "agency_hits": _CASES,
    "agency_hit_decide": _agency(Action.HIT),
    "agency_objections": _CASES,
    "agency_objection": _CASES,
    "agency_objection_close": _agency(Action.DISPUTE),
    "agency_subjects": _FACTS,
    "agency_subject": _FACTS,
    "agency_subject_form": _agency(Action.IMPORT),
    "agency_subject_import": _agency(Action.IMPORT, LETTER),
    "agency_projects": AGENCY,
    "agency_project": AGENCY,
    "agency_project_form": _agency(Action.IMPORT),
    "agency_project_import": _agency(Action.IMPORT, LETTER),
    "agency_project_award": _agency(Action.IMPORT),
    "agency_blank": _agency(Action.IMPORT),
    "agency_usage": _agency(Action.USAGE),
    "agency_usage_file": _agency(Action.USAGE),
    "agency_audit": _AUDIT,
    "agency_audit_verify": _AUDIT,
    "agency_users": _AUDIT,
    "agency_user_add": _USERS,
    "agency_user_role": _USERS,
    "agency_user_close": _USERS,
    "agency_user_code": _USERS,
    "agency_staff": _AUDIT,
    "agency_staff_member": _AUDIT,
    "agency_staff_add": _agency(Action.OFFICE),
    "agency_staff_leave": _agency(Action.OFFICE),
    "agency_staff_record": _agency(Action.OFFICE),
    "agency_standing": AGENCY,
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
    if rule.admits(caller):
        return
    if caller is None:
        raise ReportgenError("E1110")
    raise ReportgenError("E1111")
