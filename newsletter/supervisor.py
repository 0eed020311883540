"""Keeps a few programs running side by side: starts them, restarts what dies, stops all of them together.

    start in order, each when the one before is ready → watch: restart, or give up → stop, foundations last

`after_death` decides; `Supervisor` does.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

QUICK_SECONDS = 10.0  # who dies younger than this is likely to die of the same cause again
WAITS = (0.5, 1.0, 2.0, 4.0)  # seconds before the first, second, … restart in a row
READY_SECONDS = 30.0
STOP_SECONDS = 7.0  # to finish what is in hand; the foundations get the rest of ten
LOOK_SECONDS = 0.1

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class GaveUp(Exception):
    """A service cannot be kept running; the text says which and why."""


@dataclass(frozen=True)
class Service:
    """A program to keep running.

    `ready` is awaited before the next one starts. A foundation is stopped after all others. An errand is no service: it
    runs beside them, once, when all are ready. `log` is where it writes, for people to look.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] | None = None
    foundation: bool = False
    errand: bool = False
    log: str = "the lines above"


def after_death(lived: float, quick_deaths: int) -> tuple[int, float | None]:
    """What follows the death of a service that lived so many seconds, after so many quick deaths in a row.

    Returns the new count of quick deaths and the seconds to wait before the next start, None for giving up.
    """
    if lived >= QUICK_SECONDS:
        return 0, WAITS[0]
    if quick_deaths >= len(WAITS):
        return quick_deaths + 1, None
    return quick_deaths + 1, WAITS[quick_deaths]


def tied_to_this_process() -> Callable[[], None]:
    """For `preexec_fn`: the started program is killed when this process ends, however it ends (on Linux).

    It runs between fork and exec, which is safe only while this process has one thread.
    """
    parent = os.getpid()

    def tie() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the signal was set
            os._exit(1)

    return tie


def spawn(command: Sequence[str], cwd: Path | None = None, keep_open: Sequence[int] = ()) -> "subprocess.Popen[bytes]":
    """Start a program that does not outlive this process, in a session of its own.

    Its own session, because Ctrl-C in a terminal reaches a whole process group, and who stops when is ours to say.
    """
    return subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=tied_to_this_process(),  # noqa: PLW1509 - one thread, see there
        pass_fds=keep_open,
    )


class Child:
    """One service and the process that runs it now."""

    def __init__(self, service: Service, cwd: Path | None, keep_open: Sequence[int]) -> None:
        self.service = service
        self.cwd = cwd
        self.keep_open = keep_open
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.quick_deaths = 0
        self.start_at: float | None = None
        """When to start again, by the monotonic clock; None when there is no need."""

    def start(self) -> None:
        """Start the process."""
        self.process = spawn(self.service.command, self.cwd, self.keep_open)
        self.started = time.monotonic()
        self.start_at = None

    def signal_group(self, number: signal.Signals) -> None:
        """Signal the process and all that it started; nothing when all of them are gone."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass


class Supervisor:
    """Runs services until it is told to stop, or until one of them cannot be kept running."""

    def __init__(
        self,
        services: Sequence[Service],
        say: Callable[[str], None],
        cwd: Path | None = None,
        keep_open: Sequence[int] = (),
    ) -> None:
        self.children = [Child(service, cwd, keep_open) for service in services]
        self.say = say
        self.stop_signals = 0

    def run(self, greeting: str) -> None:
        """Start all, say the greeting, watch; return after SIGINT, SIGTERM or SIGHUP, with nothing left behind.

        Raises GaveUp.
        """
        with self.listening():
            try:
                self.start([child for child in self.children if not child.service.errand])
                if not self.stop_signals:
                    self.say(greeting)
                self.start([child for child in self.children if child.service.errand])
                while not self.stop_signals:
                    for child in self.children:
                        self.look_after(child)
                    time.sleep(LOOK_SECONDS)
            finally:
                self.stop()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Count the signals that ask to stop instead of dying of them; a plain count, as a lock could deadlock here."""

        def note(number: int, frame: FrameType | None) -> None:
            self.stop_signals += 1

        before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(self, children: Sequence[Child]) -> None:
        """Start them in order, each when the one before is ready; no more of them when told to stop. Raises GaveUp."""
        for child in children:
            if not self.stop_signals:
                child.start()
                self.wait_until_ready(child)

    def wait_until_ready(self, child: Child) -> None:
        """Return when it answers, or when told to stop. Raises GaveUp when it ends or stays silent."""
        ready, name = child.service.ready, child.service.name
        while ready is not None and not ready() and not self.stop_signals:
            if child.process is None or child.process.poll() is not None:
                raise GaveUp(f"{name} ended while it was starting: see {child.service.log}.")
            if time.monotonic() - child.started > READY_SECONDS:
                raise GaveUp(f"{name} did not answer within {READY_SECONDS:.0f} seconds: see {child.service.log}.")
            time.sleep(0.02)

    def look_after(self, child: Child) -> None:
        """Notice a death, say it, and start again when the wait is over. Raises GaveUp after too many quick deaths."""
        now = time.monotonic()
        if child.start_at is not None and now >= child.start_at:
            child.start()
        elif child.process is not None and child.start_at is None and child.process.poll() is not None:
            self.bury(child, child.process.returncode, now)

    def bury(self, child: Child, code: int, now: float) -> None:
        """Decide what follows a death, and say it."""
        name = child.service.name
        child.signal_group(signal.SIGKILL)  # what it had started must not work beside its successor
        child.process = None
        if child.service.errand:
            if code:
                self.say(f"{name} failed ({ending(code)}): see {child.service.log}. All else goes on.")
            return
        child.quick_deaths, wait = after_death(now - child.started, child.quick_deaths)
        if wait is None:
            raise GaveUp(
                f"{name} ended {child.quick_deaths} times in a row within {QUICK_SECONDS:.0f} seconds of its start "
                f"({ending(code)}): see {child.service.log}."
            )
        self.say(f"{name} ended ({ending(code)}); starting it again in {wait:g} s.")
        child.start_at = now + wait

    def stop(self) -> None:
        """Ask all to end, foundations last, and end by force what stays; a second signal means at once."""
        for foundation, patience in ((False, STOP_SECONDS), (True, 2.0)):
            leaving = [child for child in self.children if child.service.foundation is foundation]
            for child in leaving:
                if child.process is not None and child.process.poll() is None:
                    child.process.terminate()
            end = time.monotonic() + patience
            while any(child.process is not None and child.process.poll() is None for child in leaving):
                if time.monotonic() > end or self.stop_signals > 1:
                    break
                time.sleep(0.05)
            for child in leaving:
                self.force_out(child)

    def force_out(self, child: Child) -> None:
        """Kill what is left of the child, and say so when the child itself was still there."""
        if child.process is None:
            return
        if child.process.poll() is None:
            self.say(f"{child.service.name} did not end when asked; it was killed.")
        child.signal_group(signal.SIGKILL)
        child.process.wait()


def ending(code: int) -> str:
    """How a process ended, for people: `exit code 3` or `SIGKILL`."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
