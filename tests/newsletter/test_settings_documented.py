"""The documents for operators name every setting, command and make target; the examples name no others."""

import re

import pytest
import yaml

from tests.settings_read import ROOT, settings_read

pytestmark = pytest.mark.once

DOCUMENTS = [ROOT / "README.md", ROOT / "docs" / "operations.md"]
APPS = ("newsletter", "digests", "subscribers")
# docker-compose.yml reads these itself, the product does not.
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "PUBLISHED_PORT", "WORKERS"}


def words_in_documents() -> set[str]:
    text = " ".join(path.read_text(encoding="utf-8") for path in DOCUMENTS if path.exists())
    return set(re.findall(r"[A-Za-z_]\w*", text))


def commands() -> set[str]:
    """The management commands of our own apps."""
    found = (path for app in APPS for path in (ROOT / app / "management" / "commands").glob("*.py"))
    return {path.stem for path in found if not path.stem.startswith("_")}


def make_targets() -> set[str]:
    """The targets that `make` lists."""
    return set(re.findall(r"^([a-z]+):.*  ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def example_settings() -> set[str]:
    """The names in .env.example, those commented out included."""
    return set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))


def is_setting(name: str) -> bool:
    return name.removesuffix("_FILE") in settings_read() or name.startswith("ANYMAIL_")


def test_every_setting_is_documented() -> None:
    assert sorted(settings_read() - words_in_documents()) == []


def test_every_command_is_documented() -> None:
    assert sorted(commands() - words_in_documents()) == []


def test_every_make_target_is_documented() -> None:
    text = " ".join(path.read_text(encoding="utf-8") for path in DOCUMENTS if path.exists())
    assert sorted(target for target in make_targets() if not re.search(rf"\bmake {target}\b", text)) == []


def test_documents_name_no_make_target_that_is_not_there() -> None:
    text = " ".join(path.read_text(encoding="utf-8") for path in DOCUMENTS if path.exists())
    assert sorted(set(re.findall(r"(?m)(?:^|`|\$ )make ([a-z]+)", text)) - make_targets()) == []


def test_example_environment_names_settings_only() -> None:
    assert sorted(name for name in example_settings() - COMPOSE_ONLY if not is_setting(name)) == []


def test_compose_passes_on_settings_only() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    passed = set(compose["x-product"]["environment"])
    assert passed
    assert sorted(name for name in passed if not is_setting(name)) == []


def test_compose_takes_nothing_that_the_example_does_not_explain() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"\$\{([A-Z_]+)", text)) - example_settings()) == []


def test_this_test_sees_settings_of_every_kind() -> None:
    assert {"SECRET_KEY", "DEBUG", "EMAIL_PORT", "ALLOWED_HOSTS", "DATABASE_URL"} <= settings_read()
    assert {"up", "build_digest"} <= commands()
    assert {"run", "demo", "test", "check"} <= make_targets()
