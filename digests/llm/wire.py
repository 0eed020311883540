"""Calls to the model's server: several at once, each bounded in time, in the dialect that the server understands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from pydantic import BaseModel

from digests.llm.dialect import Dialect
from digests.llm.failures import CompletionFailed, Remedy, failure_of
from digests.llm.reading import Completion, completion_of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

CALL_SECONDS = 120.0  # one call with its repeats, from connecting to the last byte
CONNECT_SECONDS = 10.0
MAX_BYTES = 1_000_000  # of a completion
RETRIES = 5  # of a call that failed on the way; the client backs off between them, or as long as Retry-After asks

format_of: dict[tuple[str, str], Dialect] = {}
"""Per server and model, the dialect that it last understood."""


def dialect_now() -> Dialect:
    """The dialect that the server in the settings understands, as far as we know."""
    return format_of.get((settings.OPENAI_BASE_URL, settings.OPENAI_MODEL), Dialect())


@dataclass(frozen=True)
class Call:
    """One call to make: `seconds` bound it, its repeats and the waits between them included."""

    shape: type[BaseModel]
    instructions: str
    question: str
    most_tokens: int
    seconds: float


class Wire:
    """A connection to the model's server. Close it when done."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._client: AsyncOpenAI | None = None

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._runner.run(self._client.close())
        self._runner.close()

    def complete(self, calls: Sequence[Call]) -> list[Completion | CompletionFailed]:
        """What came of the calls, made all at once, in their order."""
        return self._runner.run(self._all(calls))

    async def _all(self, calls: Sequence[Call]) -> list[Completion | CompletionFailed]:
        return await asyncio.gather(*(self._complete(call) for call in calls))

    async def _complete(self, call: Call) -> Completion | CompletionFailed:
        """One completion. Steps down from schema to plain prompt as far as the server makes us."""
        import openai  # half a second and 40 MB, which the web never needs

        server = (settings.OPENAI_BASE_URL, settings.OPENAI_MODEL)
        until = time.monotonic() + call.seconds
        dialect: Dialect | None = dialect_now()
        while dialect:
            request = dialect.request(call.shape, call.instructions, call.question, call.most_tokens)
            try:
                body = await asyncio.wait_for(self._post(request), until - time.monotonic())
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                dialect = dialect.without(error.param)
                continue
            except Exception as error:  # noqa: BLE001
                # Whatever a foreign library raises, one bad server must not cost the day its digest.
                return failure_of(error)
            format_of[server] = dialect  # only what worked: a question too long is refused in every dialect
            return completion_of(body, call.instructions + call.question)
        return CompletionFailed("The model's server refuses our question.", Remedy.LESS)

    async def _post(self, request: dict[str, Any]) -> bytes:
        """The body of one completion as it came: the client would take anything under status 200 for an answer. Of a
        body longer than MAX_BYTES its beginning, which is then no completion."""
        from openai import AsyncOpenAI, Timeout

        if self._client is None:
            self._client = AsyncOpenAI(
                api_key=settings.OPENAI_API_KEY or "none",  # servers without keys want one all the same
                base_url=settings.OPENAI_BASE_URL or None,
                timeout=Timeout(CALL_SECONDS, connect=CONNECT_SECONDS),
                max_retries=RETRIES,
            )
        body = b""
        async with self._client.chat.completions.with_streaming_response.create(**request) as answer:
            async for piece in answer.iter_bytes():
                body += piece
                if len(body) > MAX_BYTES:
                    break
        return body
