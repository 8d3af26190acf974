"""The way through the desks: what is named at the top of a page, to whoever may go there."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.store.accounts import Caller
from reportgen.web.access import ACCESS


@dataclass(frozen=True)
class Place:
    """A desk: the name of its route, where it is, what it is called."""

    route: str
    path: str
    name: str


_PLACES = (
    Place("agency", "/agency", "申请"),
    Place("agency_accounts", "/agency/accounts", "门户账号"),
    Place("agency_uploads", "/agency/uploads", "上传的资料"),
    Place("agency_reports", "/agency/reports", "报告"),
    Place("agency_hits", "/agency/hits", "名单命中"),
    Place("agency_objections", "/agency/objections", "异议"),
    Place("agency_subjects", "/agency/subjects", "主体"),
    Place("agency_projects", "/agency/projects", "项目"),
    Place("agency_usage", "/agency/usage", "使用统计"),
    Place("agency_audit", "/agency/audit", "审计"),
    Place("agency_users", "/agency/users", "用户"),
    Place("agency_staff", "/agency/staff", "署名人员"),
    Place("agency_standing", "/agency/standing", "密钥与备案"),
    Place("bidder", "/bidder", "我的申请"),
    Place("bidder_apply", "/bidder/apply", "申请报告"),
    Place("bidder_uploads", "/bidder/uploads", "上传资料"),
    Place("bidder_records", "/bidder/records", "我的信息"),
    Place("committee", "/committee", "我的项目"),
    Place("account_keys", "/account/keys", "接口密钥"),
    Place("account_webhooks", "/account/webhooks", "回调"),
)


def places(caller: Caller | None) -> Sequence[Place]:
    """Return the desks that somebody may go to; nobody who is not signed in has any of them."""
    return [place for place in _PLACES if ACCESS[place.route].admits(caller)]
