"""Anybody verifies: by link, by number and code, by the file; and learns no more than that."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from reportgen.registry.look_rows import LookRow
from reportgen.registry.tables import EventRow
from tests.web.awarded import announced, used
from tests.web.portal import PROJECT, RECIPIENT, SUBJECT, Portal


def test_the_link_of_the_code_says_what_the_paper_must_say(portal: Portal) -> None:
    page = portal.client.get(f"/v/{portal.number}/{portal.code}")
    assert page.status_code == 200
    for word in (
        portal.number,
        SUBJECT,
        PROJECT,
        "具备信用能力",
        "19 页",
        "有效，可用至",
        "https://verify.example.cn",
    ):
        assert word in page.text
    assert RECIPIENT not in page.text


def _wide(typed: str) -> str:
    """Return what a Chinese keyboard types."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in typed)


SPELT: dict[str, Callable[[str], str]] = {
    "small": str.lower,
    "in groups": lambda typed: " ".join(typed[i : i + 4] for i in range(0, 26, 4)),
    "wide": _wide,
    "a Chinese dash": lambda typed: typed.replace("-", "—"),
    "no dash": lambda typed: typed.replace("-", ""),
    "letters no code has": lambda typed: typed.translate(str.maketrans("0125", "OIzs")),
}


@pytest.mark.parametrize("spelt", SPELT.values(), ids=SPELT)
def test_number_and_code_may_be_typed_as_they_are_read(portal: Portal, spelt: Callable[[str], str]) -> None:
    words = {"number": f" {spelt(portal.number)} ", "code": spelt(portal.code)}
    page = portal.post("/verify/paper", words)
    assert page.status_code == 200
    assert "登记簿有这份信用报告" in page.text


def test_what_cannot_be_right_is_told_beside_its_field_and_nothing_is_lost(portal: Portal) -> None:
    wrong = "4" if portal.number[-3] != "4" else "6"
    number = f"{portal.number[:-3]}{wrong}{portal.number[-2:]}"
    for field, words in [
        ("number", {"number": number, "code": portal.code}),
        ("number", {"number": "-", "code": portal.code}),
        ("code", {"number": portal.number, "code": portal.code[:-2]}),
        ("code", {"number": portal.number, "code": ""}),
    ]:
        page = portal.post("/verify/paper", words)
        assert page.status_code == 422
        assert f'id="w-{field}"' in page.text
        assert all(f'value="{word}"' in page.text for word in words.values())


def test_what_was_not_found_can_be_mended_where_it_is_told(portal: Portal) -> None:
    other = "2" * 26
    page = portal.post("/verify/paper", {"number": portal.number.lower(), "code": other})
    assert page.status_code == 404
    assert f'value="{portal.number}"' in page.text
    assert f'value="{other}"' in page.text
    # What came by a link is not put into a form that might be left open.
    assert other not in portal.client.get(f"/v/{portal.number}/{other}").text


def test_a_wrong_code_says_no_more_than_an_unknown_number(portal: Portal) -> None:
    known = portal.client.get(f"/v/{portal.number}/{'2' * 26}")
    unknown = portal.client.get(f"/v/XY20261121AAAAAAAA-3/{'2' * 26}")
    assert known.status_code == unknown.status_code == 404
    same = known.text.replace(portal.number, "N"), unknown.text.replace("XY20261121AAAAAAAA-3", "N")
    assert [line for line in same[0].splitlines() if "请求" not in line] == [
        line for line in same[1].splitlines() if "请求" not in line
    ]


def test_looking_changes_nothing_and_is_counted_without_anybody_s_name(portal: Portal) -> None:
    def events() -> int:
        return len(portal.house.store.read(lambda session: session.exec(select(EventRow.id)).all()))

    before = events()
    for _ in range(3):
        portal.client.get(f"/v/{portal.number}/{portal.code}")
    portal.client.get(f"/v/{portal.number}/{'2' * 26}")
    portal.house.looks.flush()
    portal.client.get(f"/v/{portal.number}/{portal.code}")
    portal.house.looks.flush()
    assert events() == before
    rows = portal.house.store.read(lambda session: session.exec(select(LookRow)).all())
    assert {(row.way, row.number, row.outcome, row.count) for row in rows} == {
        ("LINK", portal.number, "GENUINE", 4),
        ("LINK", "", "UNKNOWN", 1),
    }


def test_a_used_report_says_so_but_not_by_whom(portal: Portal) -> None:
    used(portal)
    announced(portal)
    page = portal.client.get(f"/v/{portal.number}/{portal.code}")
    assert "已经用过一次" in page.text
    assert RECIPIENT not in page.text


def test_the_file_is_checked_point_by_point(portal: Portal) -> None:
    page = portal.post("/verify/file", files={"file": ("报告.pdf", portal.report)})
    assert page.status_code == 200
    assert "真实，可用于所载项目" in page.text
    assert "× 不符" not in page.text
    assert "--" not in page.text.split("<main", 1)[1]


def test_one_changed_byte_is_told(portal: Portal) -> None:
    data = bytearray(portal.report)
    data[len(data) // 2] ^= 1
    page = portal.post("/verify/file", files={"file": ("报告.pdf", bytes(data))})
    assert page.status_code == 200
    assert "不真实" in page.text
    assert "× 不符" in page.text


@pytest.mark.parametrize("data", [b"%PDF-1.7\n" + b"\0" * 2000, b"not a pdf", "报告".encode()])
def test_what_is_no_report_is_told_as_such(portal: Portal, data: bytes) -> None:
    page = portal.post("/verify/file", files={"file": ("x.pdf", data)})
    assert page.status_code == 200
    assert "不真实" in page.text


def test_nothing_chosen_is_told_beside_the_field(portal: Portal) -> None:
    page = portal.post("/verify/file", files={"file": ("", b"")})
    assert page.status_code == 422
    assert "请选择要核验的 PDF 文件" in page.text
    page = portal.post("/verify/paper", {"number": portal.number, "code": " "})
    assert page.status_code == 422
    assert 'id="w-code"' in page.text
    assert portal.number in page.text


def test_more_than_is_taken_is_refused_before_it_is_read(portal: Portal) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Length": str(60 * 1024 * 1024)}
    page = portal.client.post("/verify/file", content=b"", headers=headers)
    assert page.status_code == 413
    assert "E0303" in page.text


def test_who_looks_too_often_waits(portal: Portal) -> None:
    statuses = [portal.client.get(f"/v/{portal.number}/{portal.code}").status_code for _ in range(70)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert portal.client.get(f"/v/{portal.number}/{portal.code}").headers["Retry-After"] == "60"
    portal.clock.shift(120)


def test_what_strangers_type_is_text(portal: Portal) -> None:
    hostile = "<script>alert(1)</script>{{ 7*7 }}"
    page = portal.post("/verify/paper", {"number": hostile, "code": "2" * 26})
    assert "<script>alert" not in page.text
    assert "49" not in page.text.split("<main", 1)[1].split("</main", 1)[0]
