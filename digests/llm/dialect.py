"""What servers that call themselves OpenAI-compatible take of a request, and what to leave out when they refuse."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from pydantic import BaseModel

FOR_THOUGHTS = 6000  # tokens that a reasoning model may use before it answers
FORMATS = ("json_schema", "json_object", "prompt_only")
OPTIONAL = ("max_tokens", "temperature")  # newer models of OpenAI's own refuse both
UNSUPPORTED = {"minLength", "maxLength"}  # strict mode refuses these; answers are measured here anyway


@dataclass(frozen=True)
class Dialect:
    """How to put a question. `form` is one of FORMATS, `omitted` those of OPTIONAL that the server refused."""

    form: str = FORMATS[0]
    omitted: frozenset[str] = frozenset()

    def request(self, shape: type[BaseModel], instructions: str, question: str, most_tokens: int) -> dict[str, Any]:
        """The arguments of a chat completion whose answer has at most `most_tokens`."""
        schema = _strict(shape.model_json_schema())
        request: dict[str, Any] = {"model": settings.OPENAI_MODEL}
        if self.form == "json_schema":
            named = {"name": shape.__name__, "schema": schema, "strict": True}
            request["response_format"] = {"type": "json_schema", "json_schema": named}
        else:
            shown = json.dumps(schema, ensure_ascii=False)
            instructions += f"\n\nAnswer with one JSON object that fits this schema, and nothing else:\n{shown}"
        if self.form == "json_object":
            request["response_format"] = {"type": "json_object"}
        if "max_tokens" in self.omitted:
            request["max_completion_tokens"] = self.allowance(most_tokens)
        else:
            request["max_tokens"] = self.allowance(most_tokens)
        if "temperature" not in self.omitted:
            request["temperature"] = 0.2
        request["messages"] = [
            {"role": "system", "content": instructions},
            {"role": "user", "content": question},
        ]
        return request

    def allowance(self, most_tokens: int) -> int:
        """The tokens to be paid for an answer of at most `most_tokens`."""
        return most_tokens + FOR_THOUGHTS if "max_tokens" in self.omitted else most_tokens

    def without(self, refused: str | None) -> Dialect | None:
        """The next simpler dialect after status 400 about the parameter `refused`; None when there is none left."""
        if refused in OPTIONAL and refused not in self.omitted:
            return replace(self, omitted=self.omitted | {refused})
        step = FORMATS.index(self.form) + 1
        return replace(self, form=FORMATS[step]) if step < len(FORMATS) else None


def _strict(schema: Any) -> Any:
    """The schema without the bounds that strict mode does not know."""
    if isinstance(schema, dict):
        return {key: _strict(value) for key, value in schema.items() if key not in UNSUPPORTED}
    return [_strict(value) for value in schema] if isinstance(schema, list) else schema
