"""The supervisor with real processes: small programs that die, linger, or ask it to stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter import supervisor
from newsletter.supervisor import GaveUp, Service, Supervisor, after_death

pytestmark = pytest.mark.once

STOP_PARENT = "import os, signal; os.kill(os.getppid(), signal.SIGTERM)"
LINGER = "import time; time.sleep(600)"


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "WAITS", (0.01, 0.01))
    monkeypatch.setattr(supervisor, "LOOK_SECONDS", 0.01)


def program(name: str, code: str, **options) -> Service:
    return Service(name, [sys.executable, "-c", code], **options)


def supervise(*services: Service) -> list[str]:
    """Run until one of the services asks to stop; return what the operator was told."""
    told: list[str] = []
    Supervisor(services, told.append).run("all is up")
    return told


def says_when_told_to_go(word: str, diary: Path) -> str:
    """A program that writes a word when it starts, and the word in capitals when it is asked to end."""
    return f"""
import signal, sys, time
def write(word): open({str(diary)!r}, "a").write(word + " ")
def go(number, frame):
    write({word.upper()!r})
    sys.exit()
signal.signal(signal.SIGTERM, go)
write({word!r})
time.sleep(600)
"""


def is_gone(pid: int) -> bool:
    """Whether no such process runs; one that only waits to be buried by its parent counts as gone."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # the latter when it is buried between opening and reading
        return True
    return status.rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize(
    ("lived", "quick_deaths", "follows"),
    [
        (0.1, 0, (1, 0.5)),
        (0.1, 1, (2, 1.0)),
        (9.9, 3, (4, 4.0)),
        (0.1, 4, (5, None)),
        (10.0, 4, (0, 0.5)),
        (86_400.0, 0, (0, 0.5)),
    ],
)
def test_restarts_come_slower_after_quick_deaths_and_end_after_five(
    lived: float, quick_deaths: int, follows: tuple[int, float | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "WAITS", (0.5, 1.0, 2.0, 4.0))
    assert after_death(lived, quick_deaths) == follows


def test_service_that_dies_is_started_again(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = f"""
import os, signal, sys
if os.path.exists({str(seen)!r}):
    os.kill(os.getppid(), signal.SIGTERM)
    signal.pause()
open({str(seen)!r}, "w")
sys.exit(3)
"""
    told = supervise(program("worker", code))
    assert told == ["all is up", "worker ended (exit code 3); starting it again in 0.01 s."]


def test_service_that_keeps_dying_stops_everything(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    lingering = program("web", f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    with pytest.raises(GaveUp, match="worker ended 3 times in a row.*exit code 1.*see worker.log"):
        Supervisor([lingering, program("worker", "import sys; sys.exit(1)", log="worker.log")], print).run("up")
    assert not pid.exists() or not pid.read_text() or is_gone(int(pid.read_text()))


def test_foundation_starts_first_and_ends_last(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    diary.touch()

    def wrote(word: str) -> Callable[[], bool]:
        return lambda: word in diary.read_text()

    supervise(
        program("broker", says_when_told_to_go("broker", diary), ready=wrote("broker"), foundation=True),
        program("web", says_when_told_to_go("web", diary), ready=wrote("web")),
        program("errand", STOP_PARENT, errand=True),
    )
    assert diary.read_text() == "broker web WEB BROKER "


def test_service_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.1)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + STOP_PARENT + "; signal.pause()"
    told = supervise(program("worker", deaf))
    assert told[-1] == "worker did not end when asked; it was killed."


def test_what_a_service_started_goes_with_it(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {LINGER!r}])
open({str(pid)!r}, "w").write(str(child.pid))
{STOP_PARENT}
signal.pause()
"""
    supervise(program("worker", code))
    while not is_gone(int(pid.read_text())):
        time.sleep(0.01)


def test_errand_that_fails_is_reported_and_all_else_goes_on() -> None:
    wait_for_word = "import sys; sys.exit(2)"
    told: list[str] = []

    def say(line: str) -> None:
        told.append(line)
        if line.startswith("demo failed"):
            os.kill(os.getpid(), signal.SIGTERM)

    Supervisor([program("web", LINGER), program("demo", wait_for_word, errand=True)], say).run("all is up")
    assert told == ["all is up", "demo failed (exit code 2): see the lines above. All else goes on."]


def test_errand_that_succeeds_is_not_repeated(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    errand = f"open({str(diary)!r}, 'a').write('once ')"
    stop_later = (
        f"import time\nwhile not __import__('os').path.exists({str(diary)!r}): time.sleep(0.01)\ntime.sleep(0.2)\n"
    )
    told = supervise(
        program("web", stop_later + STOP_PARENT + "; signal.pause()"), program("demo", errand, errand=True)
    )
    assert diary.read_text() == "once "
    assert told == ["all is up"]


def test_foundation_that_dies_before_it_answers_is_named() -> None:
    with pytest.raises(GaveUp, match="broker ended while it was starting: see broker.log"):
        supervise(program("broker", "pass", ready=lambda: False, foundation=True, log="broker.log"))


def test_foundation_that_never_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "READY_SECONDS", 0.1)
    with pytest.raises(GaveUp, match="broker did not answer within"):
        supervise(program("broker", LINGER, ready=lambda: False, foundation=True))


def test_signal_handlers_are_given_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    supervise(program("errand", STOP_PARENT, errand=True))
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a child ask to be told of its parent's end")
def test_nothing_outlives_a_killed_supervisor() -> None:
    code = f"""
from newsletter.supervisor import spawn
import signal, sys
print(spawn([sys.executable, "-c", {LINGER!r}]).pid, flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not is_gone(child)
        parent.kill()
    while not is_gone(child):
        time.sleep(0.01)
