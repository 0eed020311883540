"""What a server sent, read with suspicion. Pure: bytes in, text, counts and objects out."""

from __future__ import annotations

import math
import re
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, Field, NonNegativeInt

from digests.llm.failures import Unusable

Shape = TypeVar("Shape", bound=BaseModel)
MOST_CHARACTERS = 60_000
CUT_OFF = "it was cut off"


class Completion(NamedTuple):
    """One completion: its text as it came, why it is of no use or nothing, and its tokens as the server counts them, or
    else as we guess."""

    text: str
    problem: str
    tokens_in: int
    tokens_out: int


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: NonNegativeInt
    completion_tokens: NonNegativeInt


class _Billed(BaseModel):
    usage: _Usage


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


def guessed_tokens(text: str) -> int:
    """About how many tokens a text is, rather too many: a token to each letter of Korean, three letters else."""
    narrow = sum(character < "\u1100" for character in text)
    return len(text) - narrow + math.ceil(narrow / 3)


def completion_of(body: bytes, prompt: str) -> Completion:
    """The body of an answer of status 200."""
    text, problem = _content(body)
    try:
        usage = _Billed.model_validate_json(body).usage
        return Completion(text, problem, usage.prompt_tokens, usage.completion_tokens)
    except ValueError:
        return Completion(text, problem, guessed_tokens(prompt), guessed_tokens(text))


def _content(body: bytes) -> tuple[str, str]:
    """(the text of a completion, why it is not whole or nothing)."""
    try:
        choice = _Completion.model_validate_json(body).choices[0]
    except ValueError:
        return body[:MOST_CHARACTERS].decode("utf-8", "replace"), "it is no completion"
    text = choice.message.content or ""
    if choice.message.refusal:
        return text or choice.message.refusal, "the model refused"
    if choice.finish_reason != "stop":
        return text, CUT_OFF if choice.finish_reason == "length" else "it did not come to its end"
    return text, "" if text else "it is empty"


def read(shape: type[Shape], text: str) -> Shape:
    """The answer as `shape`, out of a code fence, of chatter, or from behind the model's thoughts. Raises Unusable."""
    if len(text) > MOST_CHARACTERS:
        raise Unusable("it is far too long")
    bare = re.sub(r"^.*</think>", "", text, flags=re.DOTALL)
    try:
        return shape.model_validate_json(bare[bare.find("{") : bare.rfind("}") + 1])
    except ValueError as error:
        raise Unusable("it does not fit the schema") from error
