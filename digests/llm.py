"""The one door to a language model: any OpenAI-compatible server. An answer is checked before anyone sees it.

"Accepted" never means "enforced": servers take a JSON schema and ignore it, so every answer is parsed and validated
here, whatever was promised. Order of checks: status, refusal, finish reason, JSON, schema, then the caller's objection.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import Counter
from collections.abc import Callable
from enum import Enum
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from pydantic import BaseModel, Field

from digests.llm_dialect import Dialect

if TYPE_CHECKING:
    from openai import AsyncOpenAI

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer", bound=BaseModel)

BUILD_SECONDS = 900.0  # all questions of one build together
QUESTION_SECONDS = 120.0  # one question with its repeats, from connecting to the last byte
CONNECT_SECONDS = 10.0
RETRIES = 5  # of a call that failed on the way; the client backs off between them, or as long as Retry-After asks
TRIES = 2  # of a question whose answer came but cannot be used
MOST_CHARACTERS = 60_000
PERMANENT = {
    401: "does not accept our key",
    402: "says that our credit is used up",
    403: "does not let us in",
    404: "does not know the model or the address",
}
LONGEST_NAME = 80  # what the columns for an author's name hold

_format_of: dict[tuple[str, str], Dialect] = {}  # per server and model, the dialect that it last understood


class Remedy(Enum):
    """What may help after a failure. The value is how many failures of the kind, with no success between them, end a
    conversation."""

    NOTHING = 1  # wrong key, no credit, no such model
    TIME = 3  # the server is away, busy or slow
    LESS = 6  # a smaller question may do: an answer was cut off, was refused, or was of no use


class CompletionFailed(Exception):
    """The model gave nothing usable; the text is a sentence for the editor."""

    def __init__(self, sentence: str, remedy: Remedy) -> None:
        super().__init__(sentence)
        self.remedy = remedy


def is_configured() -> bool:
    """Whether a model may be asked; without one the built-in writer and classifier work."""
    return bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL)


def name() -> str:
    """The model's name as it is stored beside what it wrote."""
    return str(settings.OPENAI_MODEL)[:LONGEST_NAME]


class Conversation:
    """One build's dealings with the model: bounded in time, and over as soon as asking on has no point.

    `seconds` bound the time spent waiting for answers, all questions together. Use it in a `with` statement.
    """

    def __init__(self, seconds: float = BUILD_SECONDS) -> None:
        self.ended = ""
        """Why the model is not asked any more, as a sentence for the editor; empty while it is."""
        self._seconds_left = seconds
        self._failures: Counter[Remedy] = Counter()
        self._runner = asyncio.Runner()
        self._client: AsyncOpenAI | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._runner.run(self._client.close())
        self._runner.close()

    @property
    def is_open(self) -> bool:
        """Whether there is a model, and asking it has a point."""
        return is_configured() and not self.ended

    def ask(
        self,
        shape: type[Answer],
        instructions: str,
        question: str,
        objection: Callable[[Answer], str] | None = None,
    ) -> Answer:
        """The model's answer to `question` as an instance of `shape`. Raises CompletionFailed.

        `objection` says what is wrong with an answer, or nothing. An answer that cannot be used is asked for once more,
        with the reason; the reason is our own words, never the model's.
        """
        if self.ended:
            raise CompletionFailed(self.ended, Remedy.NOTHING)
        started = time.monotonic()
        until = started + min(QUESTION_SECONDS, self._seconds_left)
        try:
            answer = self._ask(shape, instructions, question, objection, until)
        except CompletionFailed as error:
            self._failures[error.remedy] += 1
            if self._failures[error.remedy] >= error.remedy.value:
                self.ended = f"The model was not asked again after this: {error}"
            raise
        finally:
            self._seconds_left -= time.monotonic() - started
            if self._seconds_left <= 0 and not self.ended:
                self.ended = "The time that one digest may take of the model was used up."
        self._failures.clear()
        return answer

    def _ask(
        self,
        shape: type[Answer],
        instructions: str,
        question: str,
        objection: Callable[[Answer], str] | None,
        until: float,
    ) -> Answer:
        problem = ""
        for _ in range(TRIES):
            reason = f"\n\nYour last answer could not be used: {problem}. Answer again." if problem else ""
            try:
                answer = _read(shape, self._call(shape, instructions, question + reason, until))
                problem = objection(answer) if objection else ""
                if not problem:
                    return answer
            except _Unusable as error:
                problem = str(error)
            logger.warning("The model's answer cannot be used: %s", problem)
        raise CompletionFailed(f"The model's answers could not be used: {problem}.", Remedy.LESS)

    def _call(self, shape: type[BaseModel], instructions: str, question: str, until: float) -> str:
        """One completion's text. Steps down from schema to plain prompt as far as the server makes us."""
        import openai  # half a second and 40 MB, which the web never needs

        server = (settings.OPENAI_BASE_URL, settings.OPENAI_MODEL)
        dialect: Dialect | None = _format_of.get(server, Dialect())
        while dialect:
            seconds = until - time.monotonic()
            try:
                body = self._runner.run(
                    asyncio.wait_for(self._post(dialect.request(shape, instructions, question)), seconds)
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                dialect, refused = dialect.without(error.param), error
                continue
            except Exception as error:
                # Whatever a foreign library raises, one bad server must not cost the day its digest.
                raise _failure(error) from error
            _format_of[server] = dialect  # only what worked: a question too long is refused in every dialect
            return _content(body)
        raise CompletionFailed("The model's server refuses our question.", Remedy.LESS) from refused

    async def _post(self, request: dict[str, Any]) -> bytes:
        """The body of one completion, unread: the client would take anything under status 200 for an answer."""
        from openai import AsyncOpenAI, Timeout

        if self._client is None:
            self._client = AsyncOpenAI(
                api_key=settings.OPENAI_API_KEY or "none",  # servers without keys want one all the same
                base_url=settings.OPENAI_BASE_URL or None,
                timeout=Timeout(QUESTION_SECONDS, connect=CONNECT_SECONDS),
                max_retries=RETRIES,
            )
        answer = await self._client.chat.completions.with_raw_response.create(**request)
        return answer.content


class _Unusable(Exception):
    """This one answer is of no use; another may be."""


def _failure(error: Exception) -> CompletionFailed:
    """What to tell the editor, and what may help, when a call brought no answer."""
    import openai

    if isinstance(error, TimeoutError | openai.APIConnectionError):
        return CompletionFailed("The model's server could not be reached or did not answer in time.", Remedy.TIME)
    if isinstance(error, openai.APIStatusError):
        # Without credit, OpenAI answers 429 as if the next minute could help.
        status = 402 if error.code == "insufficient_quota" else error.status_code
        if status in PERMANENT:
            return CompletionFailed(f"The model's server {PERMANENT[status]} (status {status}).", Remedy.NOTHING)
        remedy = Remedy.LESS if status == 413 else Remedy.TIME
        return CompletionFailed(f"The model's server answered with status {status}.", remedy)
    logger.error("The model cannot be asked", exc_info=error)
    return CompletionFailed(f"The model cannot be asked ({type(error).__name__}).", Remedy.NOTHING)


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


def _content(body: bytes) -> str:
    """The text of a completion that is whole. Raises _Unusable."""
    try:
        choice = _Completion.model_validate_json(body).choices[0]
    except ValueError as error:
        raise _Unusable("it is no completion") from error
    if choice.message.refusal:
        raise _Unusable("the model refused")
    if choice.finish_reason != "stop":
        raise _Unusable("it was cut off" if choice.finish_reason == "length" else "it did not come to its end")
    if not choice.message.content:
        raise _Unusable("it is empty")
    return choice.message.content


def _read(shape: type[Answer], text: str) -> Answer:
    """The answer as `shape`, out of a code fence, of chatter, or from behind the model's thoughts. Raises _Unusable."""
    if len(text) > MOST_CHARACTERS:
        raise _Unusable("it is far too long")
    bare = re.sub(r"^.*</think>", "", text, flags=re.DOTALL)
    try:
        return shape.model_validate_json(bare[bare.find("{") : bare.rfind("}") + 1])
    except ValueError as error:
        raise _Unusable("it does not fit the schema") from error
