"""Settings are read strictly: a typing error stops the start and never weakens a protection."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsletter.env import (
    amount,
    flag,
    folder,
    kept_secret,
    number,
    prices,
    proxies,
    rate,
    text,
    words,
)
from tests.settings_read import ROOT

pytestmark = pytest.mark.once


@pytest.mark.parametrize("given", ["True", "true", "TRUE", "1", " true "])
def test_true_may_be_written_in_these_ways(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAG", given)
    assert flag("FLAG", False) is True


@pytest.mark.parametrize("given", ["False", "false", "0"])
def test_false_may_be_written_in_these_ways(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAG", given)
    assert flag("FLAG", True) is False


@pytest.mark.parametrize("given", ["yes", "on", "Flase", "2", "-"])
def test_any_other_word_for_yes_or_no_stops_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAG", given)
    with pytest.raises(ImproperlyConfigured, match="FLAG must be True or False"):
        flag("FLAG", False)


def test_empty_setting_means_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "")
    assert text("SETTING", "default") == "default"
    assert flag("SETTING", True) is True
    assert number("SETTING", 7, 1, 9) == 7
    assert words("SETTING", "a,b") == ["a", "b"]


def test_number_is_accepted_up_to_both_ends_and_refused_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    for given in ("1", "9"):
        monkeypatch.setenv("NUMBER", given)
        assert number("NUMBER", 5, 1, 9) == int(given)
    for given in ("0", "10", "-1"):
        monkeypatch.setenv("NUMBER", given)
        with pytest.raises(ImproperlyConfigured, match="NUMBER must be between 1 and 9"):
            number("NUMBER", 5, 1, 9)


@pytest.mark.parametrize("given", ["5.5", "five", "0x5"])
def test_number_that_is_none_stops_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBER", given)
    with pytest.raises(ImproperlyConfigured, match="NUMBER must be a whole number"):
        number("NUMBER", 5, 1, 9)


@pytest.mark.parametrize(
    ("given", "number_of_proxies"), [("", 0), ("False", 0), ("0", 0), ("True", 1), ("1", 1), ("2", 2)]
)
def test_proxies_are_counted_and_true_is_one(
    given: str, number_of_proxies: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEHIND", given)
    assert proxies("BEHIND") == number_of_proxies


@pytest.mark.parametrize("given", ["yes", "-1", "6"])
def test_no_number_of_proxies_stops_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEHIND", given)
    with pytest.raises(ImproperlyConfigured, match="BEHIND must be"):
        proxies("BEHIND")


def test_a_limit_is_a_number_in_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rate("LIMIT", "5/h") == (5, 3600)
    monkeypatch.setenv("LIMIT", "5/week")
    with pytest.raises(ImproperlyConfigured, match="LIMIT must be limits such as"):
        rate("LIMIT", "5/h")


def test_words_lose_their_blanks_and_empty_ones_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORDS", " ko , en,, ")
    assert words("WORDS", "") == ["ko", "en"]


def test_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("SECRET_FILE", str(tmp_path / "secret"))
    assert text("SECRET") == "from the file"


def test_secret_file_that_cannot_be_read_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_FILE", str(tmp_path / "missing"))
    with pytest.raises((ImproperlyConfigured, OSError)):
        text("SECRET")


def test_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret"
    made = kept_secret("NO_SUCH_SETTING", path)
    assert len(made) >= 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept_secret("NO_SUCH_SETTING", path) == made


def test_given_secret_is_used_and_none_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIVEN_SECRET", "given")
    assert kept_secret("GIVEN_SECRET", tmp_path / "secret") == "given"
    assert os.listdir(tmp_path) == []


def test_an_amount_of_money_is_read_and_unset_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert amount("BUDGET") is None
    monkeypatch.setenv("BUDGET", " 0.50 ")
    assert amount("BUDGET") == Decimal("0.5")


@pytest.mark.parametrize("given", ["much", "-1", "nan", "inf", "1,5"])
def test_an_amount_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("BUDGET", given)
    with pytest.raises(ImproperlyConfigured, match="BUDGET"):
        amount("BUDGET")


def test_prices_are_read_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRICES", "small=0.15/0.60, org/large=v2=2/8")
    assert prices("PRICES", "") == {
        "small": (Decimal("0.15"), Decimal("0.60")),
        "org/large=v2": (Decimal(2), Decimal(8)),
    }


@pytest.mark.parametrize("given", ["small", "small=1", "=1/2", "small=1/much", "small=-1/2"])
def test_prices_that_are_none_stop_the_start(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PRICES", given)
    with pytest.raises(ImproperlyConfigured, match="PRICES"):
        prices("PRICES", "")


def test_key_that_can_neither_be_read_nor_made_stops_the_start_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ImproperlyConfigured, match="set SECRET_KEY, or let VAR_DIR"):
        kept_secret("SECRET_KEY", tmp_path / "file" / "secret_key")


def test_wrong_setting_ends_a_command_with_one_sentence(tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "newsletter.settings",
        "SEND_CHUNK": "many",
        "VAR_DIR": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "check"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "SEND_CHUNK must be a whole number, not 'many'.\n"


def test_folder_that_is_made_belongs_to_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "new" / "var"))
    made = folder("VAR_DIR", tmp_path)
    assert made.is_dir() and made.stat().st_mode & 0o777 == 0o700


def test_folder_that_cannot_be_made_stops_the_start_with_its_name(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "file" / "var"))
    with pytest.raises(ImproperlyConfigured, match="VAR_DIR is .*/file/var, which cannot be made"):
        folder("VAR_DIR", tmp_path)
