"""The page for sealed rooms, in a real browser, from a file, with the network off."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from reportgen.certify import points
from reportgen.certify.manifest import Beside, Manifest, Named, Place, facts_of, make_manifest
from reportgen.certify.manifest_key import ManifestKey, fingerprint, office_key
from reportgen.certify.offline import page as page_of
from tests.certify.browsing import Heard, altered, checked, file, launched, listened, pdf, result, stopped
from tests.certify.listing import (
    ENDING,
    EXPIRED,
    LAST_DAY,
    OWNER,
    REVOKED,
    SECOND,
    USABLE,
    USED,
    content,
    listed,
    manifest,
)

NOON = "2026-12-10T12:00:00+08:00"
HOSTILE = "</script></template><script>window.owned=1</script><img src=x onerror=owned=1>\"'`${owned=1}\u202egnp.\u2066\n甲"
LACKING = (
    "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })",
    "delete Array.prototype.flatMap",
    "SubtleCrypto.prototype.importKey = async () => { throw new DOMException('', 'NotSupportedError'); }",
)

Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Of the module: its event loop runs as long as it does, and other tests have loops of their own.
    with sync_playwright() as driver:
        browser = launched(driver)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> ManifestKey:
    return office_key(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def heard() -> Heard:
    """Return what the browser asked for or complained of since the test began."""
    return []


@pytest.fixture(scope="module")
def shared(browser: Browser, heard: Heard) -> Iterator[Page]:
    """Return a page with the network off, the same one for all tests that want nothing special of it."""
    with closing(browser.new_context(viewport={"width": 1366, "height": 768})) as context:
        yield listened(context, heard)


@pytest.fixture
def opens(browser: Browser, key: ManifestKey, shared: Page, heard: Heard, tmp_path: Path) -> Iterator[Opens]:
    """Return what opens a manifest's page; in the end nothing was asked of a network, and nothing failed."""
    heard.clear()
    path = tmp_path / "离线核验.html"
    with ExitStack() as stack:

        def opened(
            html: bytes | Manifest | None = None, now: str = NOON, script: str = "", **options: Any
        ) -> Page:
            made = (
                html
                if isinstance(html, bytes)
                else page_of(make_manifest(html or manifest(), key), key.public)
            )
            path.write_bytes(made)
            page = shared
            if script or options:
                page = listened(stack.enter_context(closing(browser.new_context(**options))), heard)
                page.add_init_script(script)
            page.emulate_media(media="screen")
            page.clock.set_fixed_time(now)
            page.goto(path.as_uri())
            return page

        yield opened
    assert {what for what in heard if what != ("request", path.as_uri())} == set()


def test_it_says_whose_manifest_it_is_of_what_and_when(opens: Opens, key: ManifestKey) -> None:
    page = opens(manifest(lots=("A", "B")))
    said = page.locator(".side").inner_text()
    for words in (
        "样例信用服务有限公司（91990102MA9C2K077N）",
        "样本中学综合楼工程（XM-2026-001）第 1 轮，A、B标段",
        "2026-12-10 10:30（北京时间）",
        "5 份",
        "距本机此刻 1 小时。此后的核销、撤销、更正与新出具的报告，本页一概不知。",
    ):
        assert words in said
    assert page.locator("#fingerprint").inner_text().split() == fingerprint(key.key_id).split()
    assert page.locator("#sample").is_visible()
    assert not opens(manifest(sample=False)).locator("#sample").is_visible()


def test_a_genuine_file_is_told_by_its_state(opens: Opens) -> None:
    told = {
        USABLE: ("真实，可使用", f"清单截止时未核销。只供样本市教育局（{OWNER.uscc}）用于本项目一次。"),
        USED: ("真实，已使用", f"2026-12-10 10:20 由样本市教育局（{OWNER.uscc}）核销，用于本项目"),
        REVOKED: ("真实，已撤销", "2026-12-09 16:40 由机构撤销，不得使用。"),
        EXPIRED: ("真实，已过期", "清单截止时已过期（有效期至 2026-12-05），不得使用。"),
    }
    rows = checked(opens(), *(pdf(report.number, "甲.pdf") for report in told))
    for (report, (words, why)), (said, name, says, because) in zip(told.items(), rows, strict=True):
        assert (said.split()[-1], name.splitlines()[0]) == (words, "甲.pdf")
        assert report.number in says
        assert "样本甲建设有限公司（91990102MA0000015T）" in says
        assert because.startswith(why)


def test_a_comparison_that_went_out_with_the_manifest_is_genuine_and_no_report(opens: Opens) -> None:
    data = content("BD-20261210-103000")
    beside = Beside(kind="比对汇总表", number="BD-20261210-103000", sha256=hashlib.sha256(data).hexdigest())
    page = opens(manifest(beside=(beside,)))
    assert result(page, file("比对汇总表.pdf", data)) == (
        "真实，比对汇总表",
        "与机构随清单交付的比对汇总表（编号 BD-20261210-103000）一字节不差。供查对，不是信用报告。",
    )
    assert result(page, file("比对汇总表.pdf", data + b"\n"))[0] == "不在清单中"
    assert page.locator("#tally").inner_text() == "共 2 个文件：随附文件 1，不在清单 1"
    assert result(opens(), file("比对汇总表.pdf", data))[0] == "不在清单中"


def test_three_files_at_once_are_told_apart(opens: Opens) -> None:
    page = opens()
    rows = checked(page, pdf(USABLE.number), pdf(USED.number), file("别的.pdf", b"%PDF-1.7 other"))
    assert [row[0].split()[-1] for row in rows] == ["真实，可使用", "真实，已使用", "不在清单中"]
    assert SECOND.name in rows[1][2]
    assert page.locator("#tally").inner_text() == "共 3 个文件：可使用 1，已使用 1，不在清单 1"
    page.get_by_role("button", name="清空").click()
    assert page.locator("#rows tr").count() == 0
    assert not page.locator("#results").is_visible()


def test_no_bit_of_a_file_may_differ(opens: Opens) -> None:
    page = opens()
    whole = content(USABLE.number)
    for forged in (whole[:-1], whole + b"\n", bytes([whole[0], *whole[1:-1], whole[-1] ^ 1])):
        words, why = result(page, file("报告.pdf", forged))
        assert words == "不在清单中"
        assert why == "不是本机构为本项目出具的原文件，或文件已改动，或出具于清单截止之后。"


def test_an_altered_file_under_its_old_name_is_told_so(opens: Opens) -> None:
    words, why = result(opens(), file(f"副本 {USABLE.number.lower()}.pdf", content(USABLE.number) + b" "))
    assert words == "不在清单中"
    assert f"文件名中的编号 {USABLE.number} 在清单中，但这不是该报告的原文件" in why


def test_what_is_no_pdf_is_told_so(opens: Opens) -> None:
    page = opens()
    for given in (file("扫描件.jpg", b"\xff\xd8\xff\xe0"), file("空.pdf", b"")):
        words, why = result(page, given)
        assert words == "不在清单中"
        assert "这不是 PDF 文件" in why


@pytest.mark.parametrize(
    ("now", "words"),
    [("2026-12-12T23:59:59+08:00", "真实，可使用"), ("2026-12-13T00:00:00+08:00", "真实，已过期")],
)
def test_a_report_ends_with_its_last_day_in_china(opens: Opens, now: str, words: str) -> None:
    said, why = result(opens(now=now, timezone_id="America/New_York"), pdf(ENDING.number))
    assert said == words
    assert ("按本机今天的日期 2026-12-13 已过期" in why) == (words == "真实，已过期")
    assert "出具后变化：需更新（2026-12-01）。只作提示" in why
    assert "XY20261201EEEEEEEE-E" in why


@pytest.mark.parametrize("day", [LAST_DAY, LAST_DAY + timedelta(days=1)])
def test_the_page_judges_as_the_command_does(opens: Opens, day: date) -> None:
    made = manifest()
    rows = checked(opens(now=f"{day}T12:00:00+08:00"), *(pdf(report.number) for report in made.reports))
    shown = [row[0].split()[0] == "✓" for row in rows]
    assert shown == [
        points.state(facts_of(made, report.sha256), day, held=True).ok for report in made.reports
    ]


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-12-10T10:20:00+08:00", "本机时钟早于清单截止时刻"),
        ("2026-12-10T10:31:00+08:00", "距本机此刻不到 1 小时"),
        ("2026-12-20T10:31:00+08:00", "距本机此刻 10 天"),
    ],
)
def test_the_age_of_the_manifest_is_shown(opens: Opens, now: str, words: str) -> None:
    assert words in opens(now=now).locator("#age").inner_text()


def test_a_lot_is_named_with_its_report(opens: Opens) -> None:
    report = listed(USABLE.number, lot="B")
    ((_, _, says, why),) = checked(opens(manifest(report, lots=("A", "B"))), pdf(report.number))
    assert "B标段" in says
    assert "用于本项目B标段一次" in why


def test_a_file_is_dropped_anywhere_on_the_page(opens: Opens) -> None:
    page = opens()
    dropped = page.evaluate_handle(
        "text => { const all = new DataTransfer(); all.items.add(new File([text], '甲.pdf')); return all; }",
        content(USABLE.number).decode(),
    )
    for kind in ("dragover", "drop"):
        page.dispatch_event(".limits", kind, {"dataTransfer": dropped})
        assert ("over" in (page.get_attribute("#drop", "class") or "")) == (kind == "dragover")
    page.locator("#rows tr").wait_for()
    assert "真实，可使用" in page.locator("#rows").inner_text()


def test_it_is_worked_by_the_keyboard_alone(opens: Opens) -> None:
    page = opens()
    # The click that opens the chooser is heard and stopped: a chooser in a headless browser is a matter of luck.
    page.evaluate(
        "() => document.getElementById('files').addEventListener('click', event => {"
        " event.preventDefault(); window.chosen = true; })"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.is_checked("#compared")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("window.chosen")
    checked(page, pdf(USABLE.number))
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type(USED.number.lower())
    page.keyboard.press("Enter")
    assert USED.number in page.locator("#found").inner_text()


def test_a_result_says_whether_the_fingerprint_was_compared(opens: Opens) -> None:
    page = opens()
    checked(page, pdf(USABLE.number))
    stamp = page.locator("#stamped")
    assert (
        "核验于 2026-12-10 12:00（本机时钟），清单截至 2026-12-10 10:30，公钥指纹尚未比对"
        in stamp.inner_text()
    )
    assert page.locator("#uncompared").is_visible()
    page.check("#compared")
    assert "公钥指纹已比对" in stamp.inner_text()
    assert not page.locator("#uncompared").is_visible()


def test_what_is_printed_is_the_result_and_not_the_tools(opens: Opens) -> None:
    page = opens()
    checked(page, pdf(USABLE.number))
    page.emulate_media(media="print")
    for name, shown in {
        "#rows": True,
        "#stamped": True,
        "#fingerprint": True,
        "#drop": False,
        "#ask": False,
    }.items():
        assert page.locator(name).is_visible() == shown


def test_a_photocopy_is_compared_by_its_number(opens: Opens) -> None:
    page = opens()
    listed = (USED.number, SECOND.name, OWNER.uscc, "具备信用能力", "18 页", "2027-02-20", "真实，已使用")
    for typed in (USED.number.lower(), " ＸＹ20261122 BBBBBBBB B ", USED.number):
        page.fill("#number", typed)
        page.get_by_role("button", name="查清单").click()
        said = page.locator("#found").inner_text()
        for words in (*listed, "各项相同不等于纸面是真的"):
            assert words in said


def test_a_number_that_is_not_listed_is_told_so(opens: Opens) -> None:
    page = opens()
    for typed, words in (
        ("XY20261122ZZZZZZZZ-Z", "清单中没有编号 XY20261122ZZZZZZZZ-Z"),
        ("　", "请输入报告编号"),
    ):
        page.fill("#number", typed)
        page.keyboard.press("Enter")
        assert words in page.locator("#found").inner_text()


@pytest.mark.parametrize(
    ("old", "new"), [("已撤销", "有效"), ("2026-12-12", "2036-12-12"), ("样例信用", "某某信用")]
)
def test_a_manifest_that_was_changed_checks_nothing(
    opens: Opens, key: ManifestKey, old: str, new: str
) -> None:
    html = altered(page_of(make_manifest(manifest(), key), key.public), key, old, new)
    assert "清单不可信" in stopped(opens(html))


def test_a_manifest_of_another_key_checks_nothing_under_this_one(
    opens: Opens, key: ManifestKey, tmp_path: Path
) -> None:
    other = office_key(tmp_path)
    theirs, ours = (make_manifest(manifest(), signer) for signer in (other, key))
    their, our = other.key_id.encode(), key.key_id.encode()
    for forged in (
        theirs,
        theirs.replace(their, our),
        ours.replace(our, their),
        ours.replace(b"SHA-256", b"SHA-1"),
    ):
        assert forged != ours
        assert "清单不可信" in stopped(opens(page_of(forged, key.public)))


def test_with_manifest_and_key_both_exchanged_the_fingerprint_differs(
    opens: Opens, key: ManifestKey, tmp_path: Path
) -> None:
    other = office_key(tmp_path)
    page = opens(page_of(make_manifest(manifest(), other), other.public))
    shown = page.locator("#fingerprint").inner_text().split()
    assert shown == fingerprint(other.key_id).split()
    assert shown != fingerprint(key.key_id).split()
    assert "公钥指纹尚未比对" in page.locator("#uncompared").inner_text()


@pytest.mark.parametrize(
    "options", [*({"script": script} for script in LACKING), {"java_script_enabled": False}]
)
def test_without_the_means_it_says_that_it_cannot_check(opens: Opens, options: dict[str, Any]) -> None:
    said = stopped(opens(**options))
    assert "本浏览器不能核验" in said
    assert "这不说明任何报告的真伪" in said


def test_what_is_broken_beyond_reading_checks_nothing(opens: Opens, key: ManifestKey) -> None:
    later = make_manifest(manifest().model_copy(update={"form": "reportgen manifest v2"}), key)
    for broken in (later, b"", b"{}\n", b"[]\n[]\n", make_manifest(manifest(), key)[:-40]):
        assert "清单不可信" in stopped(opens(page_of(broken, key.public)))


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("FileReader.prototype.readAsArrayBuffer = function () { this.onerror(); }", "读不出这个文件"),
        ("Object.defineProperty(Blob.prototype, 'size', { get: () => 2 ** 30 })", "文件超过 100 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_not_judged(opens: Opens, script: str, why: str) -> None:
    words, because = result(opens(script=script), pdf(USABLE.number))
    assert words == "未能核验"
    assert why in because


def test_hostile_names_are_shown_and_never_run(opens: Opens) -> None:
    named = Named(uscc="91990102MA9C2K077N", name=HOSTILE)
    report = listed(USABLE.number, applicant=(named,), recipient=named, purpose=HOSTILE, conclusion=HOSTILE)
    page = opens(
        manifest(report, agency=named, website=HOSTILE, project=Place(id=HOSTILE, name=HOSTILE, round=1))
    )
    rows = checked(page, pdf(report.number, HOSTILE.replace("\n", "")), file(HOSTILE.replace("/", ""), b"x"))
    page.fill("#number", report.number)
    page.keyboard.press("Enter")
    for said in (
        page.locator("#about").inner_text(),
        rows[0][1],
        rows[0][2],
        page.locator("#found").inner_text(),
    ):
        assert (
            "<script>window.owned=1</script><img src=x onerror=owned=1>\"'`${owned=1}‹U+202E›gnp.‹U+2066›"
            in said
        )
        assert "\u202e" not in said
    assert page.evaluate("[window.owned, document.images.length, document.scripts.length]") == [None, 0, 1]


def test_its_own_policy_lets_no_other_script_run(opens: Opens, heard: Heard) -> None:
    page = opens()
    page.evaluate(
        "() => { const made = document.createElement('script'); made.textContent = 'window.owned = 1';"
        " document.body.append(made); }"
    )
    assert page.evaluate("window.owned") is None
    ((kind, text),) = [what for what in heard if what[0] != "request"]
    assert "violates the following Content Security Policy" in text
    heard.remove((kind, text))
