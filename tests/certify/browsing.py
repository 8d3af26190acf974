"""The page for sealed rooms in a real browser: what it is given, and what it answers."""

import base64
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from reportgen.certify.manifest import make_manifest
from reportgen.certify.manifest_key import ManifestKey
from tests.certify.listing import content, manifest

CHROMIUM = "/usr/bin/chromium"
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"

File = dict[str, Any]
Heard = list[tuple[str, str]]


def launched(driver: Playwright) -> Browser:
    """Return a browser that asks nothing of its own accord."""
    return driver.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())


def listened(context: BrowserContext, heard: Heard) -> Page:
    """Return a page with the network off; `heard` gets what it asks for and complains of."""
    context.set_offline(True)
    context.on("request", lambda request: heard.append(("request", request.url)))
    page = context.new_page()
    page.on("console", lambda message: heard.append(("console", message.text)))
    page.on("pageerror", lambda error: heard.append(("error", str(error))))
    page.on("dialog", lambda dialog: heard.append(("dialog", dialog.message)))
    return page


def pdf(number: str, name: str = "") -> File:
    return {"name": name or f"{number}.pdf", "mimeType": "application/pdf", "buffer": content(number)}


def file(name: str, content: bytes) -> File:
    return {"name": name, "mimeType": "", "buffer": content}


def checked(page: Page, *files: File) -> list[list[str]]:
    """Return the rows that files give: result, file, what the manifest says, why."""
    before = page.locator("#rows tr").count()
    page.set_input_files("#files", list(files))  # type: ignore[arg-type]
    page.locator("#rows tr").nth(before + len(files) - 1).wait_for()
    cells = page.locator("#rows th, #rows td").all_inner_texts()
    return [cells[at : at + 4] for at in range(4 * before, len(cells), 4)]


def result(page: Page, given: File) -> tuple[str, str]:
    ((words, _, _, why),) = checked(page, given)
    return words.split()[-1], why


def stopped(page: Page) -> str:
    """Return why a page refuses to check."""
    page.locator("#stop").wait_for()
    assert not page.locator("#work").is_visible()
    return page.locator("#stop").inner_text()


def altered(html: bytes, key: ManifestKey, old: str, new: str) -> bytes:
    """Return a page whose manifest says something else under the same seal."""
    data = make_manifest(manifest(), key)
    forged = data.replace(old.encode(), new.encode())
    assert forged != data
    return html.replace(base64.b64encode(data), base64.b64encode(forged))
