"""What documents say of the code is so."""

import re

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
