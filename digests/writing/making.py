"""How a summary came about, as it is stored beside it and told to readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Short(StrEnum):
    """What kept the model from writing all of it."""

    NO = ""
    THRIFT = "thrift"  # much of the day's budget is spent: it was asked short questions
    BUDGET = "budget"  # none of the day's budget is left
    MODEL = "model"  # the model failed, or its text did not hold


@dataclass(frozen=True)
class Making:
    """`quoted` names the papers whose key point is a sentence of their abstract though a model was asked. `found` counts
    the statements of a model whose sentences had to be found by overlap, since it named none. `numbers` is (found in
    the abstracts, all there are) of the numbers in the text, None when too few can be looked up to say anything. `prompts`
    is the version of the instructions, where a model wrote."""

    short: Short = Short.NO
    quoted: list[str] = field(default_factory=list)
    found: int = 0
    numbers: tuple[int, int] | None = None
    prompts: str = ""

    def as_json(self) -> dict[str, Any]:
        """As `Summary.making` stores it."""
        return asdict(self) | {"numbers": list(self.numbers) if self.numbers else None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Making:
        """The reverse of `as_json`; nothing stored is nothing known."""
        numbers = stored.get("numbers")
        return cls(
            Short(stored.get("short", "")),
            list(stored.get("quoted", [])),
            int(stored.get("found", 0)),
            (int(numbers[0]), int(numbers[1])) if numbers else None,
            str(stored.get("prompts", "")),
        )
