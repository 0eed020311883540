"""What documents say of the code is so."""

import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.settings_read import ROOT

pytestmark = pytest.mark.once

SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def names_of_tests() -> set[str]:
    """The name of every test."""
    return {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def test_every_test_that_the_security_page_names_is_there() -> None:
    assert sorted(set(re.findall(r"`(test_\w+)`", SECURITY)) - names_of_tests()) == []


def test_every_attack_case_has_a_line_with_a_test_or_a_limit() -> None:
    lines = {int(number): line for number, line in re.findall(r"^\| (\d+) (\|.*)$", SECURITY, re.MULTILINE)}
    assert sorted(set(range(1, 89)) - set(lines)) == []
    assert [number for number, line in lines.items() if "`test_" not in line and "*limit:*" not in line] == []


FOLDERS = ("newsletter", "digests", "subscribers", "templates", "tests", "deploy", "docs")
FILE = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./@-]+|[\w./-]+\.(?:py|html|css|js))`")


@pytest.mark.parametrize("page", sorted(each.name for each in (ROOT / "docs").glob("*.md")))
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    files = {str(path.relative_to(ROOT)) for path in [*ROOT.glob("*"), *inside]}
    named = {name.rstrip("/") for name in FILE.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))}
    assert sorted(name for name in named if not any(f"/{file}".endswith(f"/{name}") for file in files)) == []


def test_every_program_that_a_page_starts_by_its_module_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    named = {name for page in pages for name in re.findall(r"python -m ([\w.]+)", page.read_text(encoding="utf-8"))}
    ours = {name for name in named if name.partition(".")[0] in FOLDERS or not find_spec(name.partition(".")[0])}
    assert {"tests.pictures", "digests.offline.training"} <= ours
    files = [ROOT / name.replace(".", "/") for name in ours]
    assert [file for file in files if not (file.with_suffix(".py").exists() or (file / "__main__.py").exists())] == []


def anchors(page: Path) -> set[str]:
    """What a page's headings can be reached by, as GitHub and others name them."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"(?m)^#+ (.+)$", re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


def links_that_lead_nowhere(page: Path) -> list[str]:
    """Links of a page to files or headings that are not there; those to other sites are not followed."""
    lost = []
    for link in re.findall(r'\]\(([^)\s]+)\)|src="([^"]+)"', page.read_text(encoding="utf-8")):
        address = link[0] or link[1]
        if "://" in address:
            continue
        file, _hash, anchor = address.partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(address)
    return lost


@pytest.mark.parametrize("page", ["README.md", *sorted(f"docs/{each.name}" for each in (ROOT / "docs").glob("*.md"))])
def test_links_between_documents_lead_somewhere(page: str) -> None:
    assert links_that_lead_nowhere(ROOT / page) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One & two\n## Two\n## Two\n[a](#one--two) [b](#two-1) [c](#three) [d](no.md) ![e](no.png)", "utf-8"
    )
    assert links_that_lead_nowhere(page) == ["#three", "no.md", "no.png"]
