"""A manifest with a report in each state, for the tests of the manifest and of its page."""

import hashlib
from datetime import date, datetime
from typing import Any

from reportgen.certify.manifest import After, Listed, Manifest, Named, Place

AS_OF = datetime(2026, 12, 10, 10, 30)
OWNER = Named(uscc="12990102MA000004XD", name="样本市教育局")
FIRST, SECOND = (
    Named(uscc="91990102MA0000015T", name="样本甲建设有限公司"),
    Named(uscc="91990102MA9C000128", name="样本乙路桥有限公司"),
)
LAST_DAY = date(2026, 12, 12)


def content(number: str) -> bytes:
    """Return the bytes of the file of a number."""
    return b"%PDF-1.7 of " + number.encode()


def listed(number: str, **changes: Any) -> Listed:
    """Return a report that may be used; `changes` are its fields."""
    return Listed(
        **{
            "number": number,
            "kind": "信用报告",
            "sha256": hashlib.sha256(content(number)).hexdigest(),
            "pages": 18,
            "applicant": (FIRST,),
            "lot": "",
            "recipient": OWNER,
            "purpose": "投标",
            "conclusion": "具备信用能力",
            "issued_at": datetime(2026, 11, 22, 9, 30),
            "valid_until": date(2027, 2, 20),
            "state": "有效",
            "usable": True,
            "used_at": None,
            "used_by": None,
            "revoked_at": None,
            "changes": (),
            "later": (),
            **changes,
        }
    )


USABLE = listed("XY20261122AAAAAAAA-A")
USED = listed(
    "XY20261122BBBBBBBB-B",
    applicant=(FIRST, SECOND),
    state="已核销",
    usable=False,
    used_at=datetime(2026, 12, 10, 10, 20),
    used_by=OWNER.uscc,
)
REVOKED = listed(
    "XY20261122CCCCCCCC-C", state="已撤销", usable=False, revoked_at=datetime(2026, 12, 9, 16, 40)
)
ENDING = listed(
    "XY20261122DDDDDDDD-D",
    valid_until=LAST_DAY,
    changes=(After(word="需更新", at=datetime(2026, 12, 1)),),
    later=("XY20261201EEEEEEEE-E",),
)
EXPIRED = listed("XY20261122FFFFFFFF-F", state="已过期", usable=False, valid_until=date(2026, 12, 5))


def manifest(*reports: Listed, **changes: Any) -> Manifest:
    """Return a manifest of the reports, by default one in each state; `changes` are its fields."""
    return Manifest(
        **{
            "sample": True,
            "agency": Named(uscc="91990102MA9C2K077N", name="样例信用服务有限公司"),
            "website": "https://www.example.cn",
            "project": Place(id="XM-2026-001", name="样本中学综合楼工程", round=1),
            "lots": (),
            "as_of": AS_OF,
            "reports": reports or (USABLE, USED, REVOKED, ENDING, EXPIRED),
            **changes,
        }
    )
