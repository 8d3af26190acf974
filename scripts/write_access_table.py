"""Write the table of access into docs/security.md: `python -m scripts.write_access_table`."""

from collections.abc import Iterator
from pathlib import Path

from fastapi.routing import APIRoute

from reportgen.store.account_rows import AccountKind
from reportgen.store.tables import ROLES
from reportgen.web import app
from reportgen.web.access import ACCESS, Rule

PAGE = Path(__file__).resolve().parent.parent / "docs" / "security.md"
_BEGIN, _END = "<!-- access -->\n", "<!-- /access -->\n"
_KINDS = {AccountKind.AGENCY: "机构", AccountKind.BIDDER: "申请人", AccountKind.RECIPIENT: "使用单位"}
_ROLES = {"ADMIN": "管理", "CLERK": "经办", "REVIEWER": "复核", "ISSUER": "签发", "AUDITOR": "审计"}


def page(text: str) -> str:
    """Return the page with the table as it is now."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{table()}{_END}{after}"


def table() -> str:
    """Return who may use each route, as Markdown, by path."""
    return "\n".join(["| 地址 | 方法 | 谁可以用 |", "|---|---|---|", *sorted(_lines())]) + "\n"


def _lines() -> Iterator[str]:
    yield "| `/static/…` | GET | 任何人 |"
    for room in app._ROOMS:
        for route in room.router.routes:
            if isinstance(route, APIRoute):
                methods = "、".join(sorted(route.methods or ()))
                yield f"| `{route.path}` | {methods} | {_who(ACCESS[route.name])} |"


def _who(rule: Rule) -> str:
    if rule.kinds is None:
        return "任何人"
    kinds = "、".join(_kind(kind, rule) for kind in AccountKind if kind in rule.kinds)
    waiting = "，待审核的也可" if rule.waiting else ""
    return f"{kinds}{waiting}" + (f"，凭密钥（{rule.scope}）" if rule.scope else "")


def _kind(kind: AccountKind, rule: Rule) -> str:
    if kind is not AccountKind.AGENCY or rule.roles == set(ROLES):
        return _KINDS[kind]
    return f"机构的{'、'.join(_ROLES[role] for role in ROLES if role in rule.roles)}"


def main() -> None:
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
