"""What of a statement is the papers' and what is the built-in writer's own, for search. Pure."""

from __future__ import annotations

from digests.offline.frames import FRAMES
from digests.writing.limits import NOT_SAID

HOLE = "{terms}"
AHEAD = tuple(
    frame.removesuffix(HOLE) for frames in FRAMES.values() for frame in frames.values() if frame.endswith(HOLE)
)
SENTENCES = {frame for frames in FRAMES.values() for frame in frames.values() if "{" not in frame} | {
    *NOT_SAID.values()
}


def without_frame(text: str) -> str:
    """The statement without the words that stand around every paper's: who looks for "model" does not mean each paper whose
    models are named. Empty when nothing else is in it."""
    if text in SENTENCES:
        return ""
    return next((text.removeprefix(ahead) for ahead in AHEAD if text.startswith(ahead)), text)
