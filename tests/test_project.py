"""The repository keeps its own rules: no machine in its files, locks by hash, a complete wheel."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import reportgen

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
ASSETS = {"templates": "*.html.j2", "fonts": "*.otf", "sample_subjects": "*"}
NOT_OURS = {".git", ".hypothesis", ".venv", "__pycache__", "build", "dist", "out", "node_modules"}
LONGEST_MODULE = 400

# Put together here, or this file would be the first to break its own rule.
REGISTRIES = [
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("anaconda", "org"),
        ("crates", "io"),
        ("mirrors", "aliyun", "com"),
        ("tuna", "tsinghua", "edu", "cn"),
        ("mirrors", "ustc", "edu", "cn"),
    )
]
REGISTRY = re.compile("|".join(map(re.escape, REGISTRIES)).encode())
# A path of one machine: absolute, below one of these folders. `/a/home/b` and `https://x/home/` are none.
MACHINE_PATH = re.compile(rb"(?<![\w.~/:{}*-])/(?:work|root|home|opt|Users)/[\w.-]|[A-Z]:\\Users\\")
REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+?)?(?: --hash=sha256:[0-9a-f]{64})+"
)


@cache
def project_files() -> tuple[Path, ...]:
    """Return every file of the project: what git knows or would add, or all of an unpacked archive."""
    listed = b""
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stdout
    paths = (ROOT / name for name in listed.decode().split("\0") if name) if listed else walk(ROOT)
    return tuple(sorted(path for path in paths if path.is_file()))


def walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in NOT_OURS or entry.name.endswith(("_cache", ".egg-info")):
            continue
        if entry.is_dir():
            yield from walk(entry)
        else:
            yield entry


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def locked(name: str) -> dict[str, Version]:
    """Return the packages of a lock; fails on a line that is no pinned, hashed requirement."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]
    pins: dict[str, Version] = {}
    for line in lines:
        if not line or line.startswith("#"):
            continue
        found = REQUIREMENT.fullmatch(line)
        assert found, f"{name}: not a requirement with version and hashes: {line[:120]}"
        package = canonicalize_name(found["name"])
        assert package not in pins, f"{name}: {package} has two versions; resolve with --fork-strategy fewest"
        pins[package] = Version(found["version"])
    return pins


def requirements(*lists: list[str]) -> list[Requirement]:
    return [Requirement(text) for texts in lists for text in texts]


def test_no_file_names_a_package_registry() -> None:
    naming = [shown(path) for path in project_files() if REGISTRY.search(path.read_bytes())]
    assert naming == []


def test_no_file_names_a_path_of_one_machine() -> None:
    found = {shown(path): MACHINE_PATH.findall(path.read_bytes()) for path in project_files()}
    assert {path: hits for path, hits in found.items() if hits} == {}


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        (b"see /" + b"home/someone/x", True),
        (b'"/' + b'opt/wheels"', True),
        (b"C:" + b"\\Users\\x", True),
        (b"templates/" + b"home/page.html", False),
        (b"https://example.test/" + b"home/x", False),
        (b"~/" + b"work/x", False),
    ],
)
def test_the_search_for_machine_paths_tells_them_from_other_paths(text: bytes, hit: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) is hit


def test_modules_stay_short() -> None:
    folders = ("reportgen", "scripts", "benchmarks")
    modules = [
        path for path in project_files() if path.suffix == ".py" and shown(path).split("/")[0] in folders
    ]
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert lengths, "no module found"
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_decision_records_are_numbered_without_gaps_and_dated() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(record.name[:4]) for record in records]
    assert numbers == list(range(1, len(records) + 1))
    undated = [
        shown(r)
        for r in records
        if not re.search(r"^Date: \d{4}-\d\d-\d\d · Status: \w+", r.read_text("utf-8"), re.M)
    ]
    assert undated == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_to_download_from(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|^-|\s@\s|--(?:extra-)?index-url|--find-links|--trusted-host", text, re.M)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_requirement_of_the_program_and_of_its_build(name: str) -> None:
    pins = locked(name)
    for needed in requirements(PROJECT["project"]["dependencies"], PROJECT["build-system"]["requires"]):
        assert pins[canonicalize_name(needed.name)] in needed.specifier, f"{needed}: run make lock"


def test_the_second_lock_pins_every_tool_of_the_tests() -> None:
    pins = locked("requirements-dev.lock")
    for needed in requirements(PROJECT["project"]["optional-dependencies"]["test"]):
        assert pins[canonicalize_name(needed.name)] in needed.specifier, f"{needed}: run make lock"


def test_both_locks_agree() -> None:
    run, dev = (locked(name) for name in LOCKS)
    assert run.items() <= dev.items()


def test_the_build_group_is_the_build_system() -> None:
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]


def build(target: Path, kind: str) -> zipfile.ZipFile:
    if kind == "editable":
        code = "import sys; from hatchling.build import build_editable; build_editable(sys.argv[1])"
        command = [sys.executable, "-c", code, str(target)]
    else:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = target.glob("*.whl")
    return zipfile.ZipFile(wheel)


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    with build(tmp_path_factory.mktemp("wheel"), "wheel") as wheel:
        return set(wheel.namelist())


@pytest.mark.parametrize("folder", ASSETS)
def test_the_wheel_carries_the_assets(folder: str, wheel_names: set[str]) -> None:
    ours = [
        path.relative_to(ROOT / folder).as_posix()
        for path in project_files()
        if (ROOT / folder) in path.parents
    ]
    if not ours:
        pytest.skip(f"{folder}/ is still empty")
    assert any(Path(name).match(ASSETS[folder]) for name in ours), f"no {ASSETS[folder]} in {folder}/"
    assert {f"reportgen/_assets/{folder}/{name}" for name in ours} <= wheel_names


def test_the_wheel_carries_the_whole_package_and_nothing_else(wheel_names: set[str]) -> None:
    package = {shown(path) for path in project_files() if (ROOT / "reportgen") in path.parents}
    assert package <= wheel_names
    assert {name.split("/")[0] for name in wheel_names} == {
        "reportgen",
        f"reportgen-{reportgen.__version__}.dist-info",
    }


def test_an_editable_installation_copies_no_asset(tmp_path: Path) -> None:
    """A copy would hide the templates somebody is editing."""
    with build(tmp_path, "editable") as wheel:
        names = wheel.namelist()
        assert [name for name in names if ".dist-info/" not in name] == ["_reportgen.pth"]
        assert wheel.read("_reportgen.pth").decode().strip() == str(ROOT)


def test_the_version_is_the_same_in_both_places() -> None:
    assert PROJECT["project"]["version"] == reportgen.__version__


def test_make_offers_every_target_the_documents_name() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([a-z]+):.*## \S", makefile, re.M))
    assert {"help", "demo", "test", "lint", "soak", "bench", "lock", "fonts", "clean"} <= explained


@pytest.mark.parametrize(("script", "shell"), [("scripts/setup.sh", "sh"), (".ci/run", "bash")])
def test_a_script_can_be_run(script: str, shell: str) -> None:
    subprocess.run([shell, "-n", str(ROOT / script)], check=True)
    assert os.access(ROOT / script, os.X_OK)


def test_setup_explains_itself_when_called_wrongly() -> None:
    called = subprocess.run(
        ["sh", str(ROOT / "scripts/setup.sh"), "all"], capture_output=True, text=True, check=False
    )
    assert called.returncode == 2
    assert "run|dev|fonts" in called.stderr


def test_ci_runs_what_a_developer_runs() -> None:
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert "make test" in lines
    assert [line for line in lines if line.startswith("make audit")] == ["make audit || audited=$?"]
    assert lines[-1] == 'exit "$audited"'
