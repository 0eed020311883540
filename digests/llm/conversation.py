"""One build's dealings with the model: what is asked again, what is given up, and when asking stops."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Generic, Self

from django.conf import settings

from digests.llm import answers, budget, wire
from digests.llm.failures import CompletionFailed, NotAsked, OverBudget, Remedy, Unusable
from digests.llm.model import is_configured
from digests.llm.patience import Patience
from digests.llm.reading import Completion, Shape, read
from digests.models import Answer, Digest

logger = logging.getLogger(__name__)

BUILD_SECONDS = 900.0  # all questions of one build together
TRIES = 2  # of a question whose answer came but cannot be used


@dataclass(frozen=True)
class Question(Generic[Shape]):
    """What is asked: `about` is the matter, an answer is an instance of `shape` of at most `most_tokens`.

    `objection` says what is wrong with an answer, or nothing; the words are our own, for the model is told them. What
    `doubt` says is worth asking once more, but no more than that. Questions of one `kind` stand or fall together, see
    `Patience`.
    """

    shape: type[Shape]
    instructions: str
    about: str
    most_tokens: int
    objection: Callable[[Shape], str] = lambda answer: ""
    doubt: Callable[[Shape], str] = lambda answer: ""
    kind: str = ""

    @property
    def key(self) -> str:
        """What its answer is kept under."""
        return answers.key_of(self.shape, self.instructions, self.about)

    def read(self, text: str) -> Shape:
        """The answer in `text`. Raises Unusable."""
        answer = read(self.shape, text)
        if problem := self.objection(answer):
            raise Unusable(problem)
        return answer


@dataclass
class _Attempt(Generic[Shape]):
    """A question on its way, what was wrong with its last answer, and an answer that will do if none better comes."""

    place: int
    question: Question[Shape]
    key: str
    tries_left: int
    problem: str = ""
    row: Answer | None = None
    spare: tuple[Shape, Answer] | None = None

    @property
    def words(self) -> str:
        """The question as it goes out now."""
        reason = f"\n\nYour last answer could not be used: {self.problem}. Answer again." if self.problem else ""
        return self.question.about + reason


class Conversation:
    """One build's dealings with the model: bounded in time, and over as soon as asking on has no point.

    `seconds` bound the time spent waiting for answers, all questions together; what is asked is put down to `digest`. With `answers_since`,
    older answers are not given again: who asks for new words is not told the old ones.
    Use it in a `with` statement.
    """

    def __init__(
        self, seconds: float = BUILD_SECONDS, digest: Digest | None = None, answers_since: datetime | None = None
    ) -> None:
        self._digest = digest
        self._answers_since = answers_since
        self._seconds_left = seconds
        self._patience = Patience()
        self._is_answered = False
        self._wire = wire.Wire()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()

    @property
    def ended(self) -> str:
        """Why the model is not asked any more, as sentences for the editor; empty while it is."""
        return self._patience.ended

    def ask(self, question: Question[Shape]) -> Shape:
        """The model's answer to one question. Raises CompletionFailed."""
        [answer] = self.ask_all([question])
        if isinstance(answer, CompletionFailed):
            raise answer
        return answer

    def kept(self, questions: Sequence[Question[Shape]]) -> list[Shape | None]:
        """The answers that were of use when the same was asked before, and still are; None for each other question."""
        return [_kept(question, self._answers_since) for question in questions]

    def ask_all(self, questions: Sequence[Question[Shape]]) -> list[Shape | CompletionFailed]:
        """The answers in the questions' order, with a CompletionFailed in place of each that was not to be had.

        What was asked before is answered from the rows, also when the model is asked no more. An answer that cannot be
        used is asked for once more, with the reason. Until the server has answered, one question goes out at a time:
        a wrong key is met once.
        """
        found: dict[int, Shape | CompletionFailed] = {}
        waiting: list[_Attempt[Shape]] = []
        for place, (question, kept) in enumerate(zip(questions, self.kept(questions), strict=True)):
            if kept is None:
                waiting.append(_Attempt(place, question, question.key, TRIES))
            else:
                found[place] = kept
        while waiting := self._still_open(waiting, found):
            wave = self._opened(waiting[: settings.LLM_AT_ONCE if self._is_answered else 1])
            waiting = waiting[len(wave) :]
            again = []
            for attempt, outcome in zip(wave, self._complete(wave), strict=True):
                answer = self._taken(attempt, outcome)
                if answer is None:
                    again.append(attempt)
                else:
                    found[attempt.place] = answer
            waiting = again + waiting
        return [found[place] for place in range(len(questions))]

    def _still_open(
        self, waiting: Sequence[_Attempt[Shape]], found: dict[int, Shape | CompletionFailed]
    ) -> list[_Attempt[Shape]]:
        """The attempts that may still be made; what comes of the others goes into `found`."""
        if not is_configured():
            self._patience.stop(NotAsked("No language model is configured."))
        if self._seconds_left <= 0:
            self._patience.stop(NotAsked("The time that one digest may take of the model was used up."))
        for attempt in waiting:
            if end := self._patience.end_of(attempt.question.kind):
                found[attempt.place] = self._used(attempt, *attempt.spare) if attempt.spare else end
        return [attempt for attempt in waiting if attempt.place not in found]

    def _opened(self, attempts: Sequence[_Attempt[Shape]]) -> list[_Attempt[Shape]]:
        """Those of the attempts, from the first on, that can be paid for now; without any, there is no money left."""
        ready: list[_Attempt[Shape]] = []
        for attempt in attempts:
            question = attempt.question
            try:
                attempt.row = budget.reserve(
                    attempt.key, self._digest, [question.instructions, attempt.words], question.most_tokens
                )
            except OverBudget as error:
                if not ready:  # nothing is on its way whose end could make room
                    self._patience.stop(error)
                break
            ready.append(attempt)
        return ready

    def _complete(self, wave: Sequence[_Attempt[Shape]]) -> list[Completion | CompletionFailed]:
        started = time.monotonic()
        seconds = min(wire.CALL_SECONDS, self._seconds_left)
        try:
            return self._wire.complete(
                [
                    wire.Call(a.question.shape, a.question.instructions, a.words, a.question.most_tokens, seconds)
                    for a in wave
                ]
            )
        finally:
            self._seconds_left -= time.monotonic() - started

    def _taken(
        self, attempt: _Attempt[Shape], outcome: Completion | CompletionFailed
    ) -> Shape | CompletionFailed | None:
        """The answer, or why there is none; None when it is to be asked for again."""
        row = attempt.row
        assert row is not None, "every attempt that goes out has its row"
        if isinstance(outcome, CompletionFailed):
            row.cost = row.cost if outcome.may_cost else 0
            answers.close_answer(row, Answer.Outcome.FAILED, str(outcome))
            return self._spare_or(attempt, outcome)
        self._is_answered = True
        answers.note(row, outcome, budget.price()[0].of(outcome.tokens_in, outcome.tokens_out))
        attempt.tries_left -= 1
        try:
            answer = self._read(attempt, outcome)
        except Unusable as error:
            attempt.problem = str(error)
            answers.close_answer(row, Answer.Outcome.UNUSABLE, attempt.problem)
            then = "it is asked again" if attempt.tries_left else "that was the last try"
            logger.warning("The model's answer %s cannot be used, %s: %s", row.pk, then, attempt.problem)
            if attempt.tries_left:
                return None
            failure = CompletionFailed(f"The model's answers could not be used: {attempt.problem}.", Remedy.LESS)
            return self._spare_or(attempt, failure)
        return self._used(attempt, answer, row)

    def _read(self, attempt: _Attempt[Shape], outcome: Completion) -> Shape:
        """The answer of one completion. Raises Unusable, also for a doubtful one while it can be asked for again."""
        if outcome.problem:
            raise Unusable(outcome.problem)
        answer = attempt.question.read(outcome.text)
        if attempt.tries_left and attempt.row and (problem := attempt.question.doubt(answer)):
            attempt.spare = answer, attempt.row
            raise Unusable(problem)
        return answer

    def _spare_or(self, attempt: _Attempt[Shape], failure: CompletionFailed) -> Shape | CompletionFailed:
        """The doubtful answer that was put aside, or the failure."""
        if attempt.spare:
            return self._used(attempt, *attempt.spare)
        self._patience.failed(failure, attempt.question.kind)
        return failure

    def _used(self, attempt: _Attempt[Shape], answer: Shape, row: Answer) -> Shape:
        answers.close_answer(row, Answer.Outcome.USED)
        self._patience.succeeded(attempt.question.kind)
        return answer


def _kept(question: Question[Shape], since: datetime | None) -> Shape | None:
    text = answers.given(question.key, since)
    try:
        return question.read(text) if text is not None else None
    except Unusable:
        return None
