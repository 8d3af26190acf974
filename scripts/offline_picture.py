"""Draw the picture of `docs/offline.md`: sample reports, their manifest, and its page in Chromium without network.

    python -m scripts.offline_picture

The office is a new one, so the fingerprint differs each time.
"""

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import time_machine
from click.testing import CliRunner
from PIL import Image
from playwright.sync_api import sync_playwright

from reportgen.cli import cli
from reportgen.settings import asset_dir

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "offline" / "page.png"
SAMPLES = asset_dir("sample_subjects")
PROJECT, SCHOOL, AGENT = "JCYP-FJ-2026-0233", "129901024KH7058200", "91990103MA9C0B354H"
APPLICANTS = {
    "02-small-housing-builder": SCHOOL,
    "08-repaired-and-disputed": SCHOOL,
    "13-expired-qualification": AGENT,
}
CHROMIUM, QUIET = "/usr/bin/chromium", ["--no-sandbox", "--disable-gpu", "--no-first-run"]
_COLOURS = 64


def main() -> None:
    """Draw the picture."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        page, files = _exported(folder)
        PICTURE.parent.mkdir(exist_ok=True)
        Image.open(io.BytesIO(_shot(page, files))).quantize(_COLOURS).save(PICTURE, optimize=True)


def _exported(folder: Path) -> tuple[Path, list[Path]]:
    """Return the page of a tender's manifest, and files to drop on it: used, usable, revoked, altered."""
    office = folder / "office"
    with time_machine.travel("2026-11-22 09:30:00+08:00"):
        _run("init", office)
        for subject in APPLICANTS:
            _run("subject", "import", SAMPLES / "subjects" / f"{subject}.yaml", "--office", office)
        _run("project", "import", SAMPLES / "projects" / "housing-small.yaml", "--office", office)
        used, usable, revoked = (_issued(office, *item) for item in APPLICANTS.items())
    with time_machine.travel("2026-12-10 10:20:00+08:00"):
        _run("consume", used, "--project", PROJECT, "--by", SCHOOL, "--office", office)
        _run("revoke", revoked.stem, "--reason", "fact-wrong", "--office", office)
    with time_machine.travel("2026-12-10 10:30:00+08:00"):
        _run("manifest", "export", "--project", PROJECT, "-o", folder / "stick", "--office", office)
    altered = folder / usable.name
    altered.write_bytes(usable.read_bytes() + b"\n")
    return folder / "stick" / "离线核验.html", [used, usable, revoked, altered]


def _issued(office: Path, subject: str, recipient: str) -> Path:
    text = (SAMPLES / "subjects" / f"{subject}.yaml").read_text("utf-8")
    uscc = next(line.split()[1] for line in text.splitlines() if line.startswith("uscc:"))
    words = ("--project", PROJECT, "--recipient", recipient, "--authorisation", "样例授〔2026〕1号")
    return Path(json.loads(_run("issue", uscc, *words, "--office", office, "--json"))["file"])


def _run(*words: object) -> str:
    done = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)
    return done.stdout


def _shot(page: Path, files: list[Path]) -> bytes:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context(viewport={"width": 1366, "height": 900})
        context.set_offline(True)
        opened = context.new_page()
        opened.clock.set_fixed_time("2026-12-10T11:05:00+08:00")
        opened.goto(page.as_uri())
        opened.check("#compared")
        opened.set_input_files("#files", files)
        opened.locator("#rows tr").nth(len(files) - 1).wait_for()
        opened.mouse.click(1, 1)
        return opened.screenshot()


if __name__ == "__main__":
    main()
