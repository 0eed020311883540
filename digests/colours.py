"""A category's colour, the same in chart and mail. It marks and never carries meaning alone.

Each has a contrast of at least 3.8 to the mail's light ground, to its dark one, and to the light one when a mail program
turns colours round (WCAG 2.2, 1.4.11 asks for 3). Text is never written in them.
"""

from zlib import crc32

COLOURS = {
    "llm": "#4b7dc3",
    "agents": "#8f6bc2",
    "nlp": "#27889b",
    "computer-vision": "#358d5a",
    "multimodal": "#bc5c9c",
    "audio": "#a562bc",
    "reinforcement-learning": "#b8672e",
    "robotics": "#c85b64",
    "training": "#a0741c",
    "inference": "#288a7a",
    "security": "#d15347",
    "ethics": "#7474c3",
    "science": "#548a2e",
    "data": "#3084c0",
    "other": "#767e8f",
}


def colour_of(slug: str) -> str:
    """The colour of the category `slug`; an editor's own category gets one of these, always the same."""
    known = list(COLOURS.values())
    return COLOURS.get(slug) or known[crc32(slug.encode()) % len(known)]
