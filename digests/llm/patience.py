"""When asking on has no point. Pure bookkeeping: failures and successes in, the end out."""

from __future__ import annotations

from collections import Counter

from digests.llm.failures import CompletionFailed, NotAsked, Remedy

MOST_KINDS = 2  # of questions that a model answers uselessly, before it is asked no more of any kind


class Patience:
    """Counts failures with no success between them, by what may help.

    Answers of no use are counted for each kind of question by itself: a model that cannot write Korean may well write
    English. All other failures are the server's, whatever it was asked.
    """

    def __init__(self) -> None:
        self._failures: Counter[tuple[Remedy, str]] = Counter()
        self._end: NotAsked | None = None
        self._ends: dict[str, NotAsked] = {}

    def end_of(self, kind: str) -> NotAsked | None:
        """Why questions of this kind are not asked any more; None while they are."""
        return self._end or self._ends.get(kind)

    @property
    def ended(self) -> str:
        """Why some or all questions are not asked any more, as sentences for the editor; empty while all are."""
        ends = [self._end] if self._end else self._ends.values()
        return " ".join(dict.fromkeys(map(str, ends)))

    def stop(self, end: NotAsked) -> None:
        """No question is asked any more; the first reason stands."""
        self._end = self._end or end

    def failed(self, failure: CompletionFailed, kind: str) -> None:
        """Count the failure of a question of this kind."""
        counted = (failure.remedy, kind if failure.remedy is Remedy.LESS else "")
        self._failures[counted] += 1
        if self._failures[counted] < failure.remedy.value:
            return
        end = NotAsked(f"The model was not asked again after this: {failure}")
        self._ends.setdefault(kind, end)
        if failure.remedy is not Remedy.LESS or len(self._ends) >= MOST_KINDS:
            self.stop(end)

    def succeeded(self, kind: str) -> None:
        """An answer was of use: what failed before it is forgotten."""
        for counted in list(self._failures):
            if counted[1] in ("", kind):
                del self._failures[counted]
