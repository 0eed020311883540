"""Which category wins when a paper speaks the language of two, and what arXiv's own category hints at."""

from typing import NamedTuple


class Precedence(NamedTuple):
    """Where `winner` is clearly present, each of `losers` keeps only the share `keep` of its score."""

    winner: str
    losers: tuple[str, ...]
    keep: float


# An attack on a robot is security, a chest X-ray is science, a quantised detector is inference: what a paper is for
# beats what it is made of.
PRECEDENCE: tuple[Precedence, ...] = (
    Precedence(
        "security",
        ("llm", "agents", "nlp", "computer-vision", "multimodal", "audio", "reinforcement-learning", "robotics")
        + ("training", "inference", "science", "data", "other"),
        0.6,
    ),
    Precedence("ethics", ("llm", "agents", "nlp", "multimodal", "training", "security", "data", "other"), 0.7),
    Precedence("science", ("llm", "agents", "nlp", "computer-vision", "multimodal", "training", "data", "other"), 0.5),
    Precedence("inference", ("llm", "computer-vision", "multimodal", "robotics", "training"), 0.7),
    Precedence(
        "robotics", ("llm", "agents", "computer-vision", "multimodal", "reinforcement-learning", "training"), 0.7
    ),
    Precedence("audio", ("llm", "nlp", "computer-vision", "multimodal", "training", "inference"), 0.6),
    Precedence(
        "agents", ("llm", "nlp", "computer-vision", "multimodal", "reinforcement-learning", "training", "other"), 0.7
    ),
    Precedence("multimodal", ("llm", "nlp", "computer-vision", "training"), 0.7),
    Precedence("data", ("llm", "nlp", "training", "other"), 0.7),
    Precedence("nlp", ("llm", "training"), 0.7),
    Precedence("llm", ("reinforcement-learning", "other"), 0.6),
    Precedence("computer-vision", ("llm", "nlp", "training"), 0.7),
    Precedence("reinforcement-learning", ("training",), 0.6),
)

# Points for a paper's first arXiv category; its other categories give a third. The longest key that fits counts:
# "cs.CV" before "cs". cs.AI and cs.LG say too little to count.
ARXIV_PRIOR: dict[str, dict[str, float]] = {
    "cs.CL": {"llm": 2, "nlp": 2},
    "cs.CV": {"computer-vision": 4, "multimodal": 2},
    "cs.GR": {"computer-vision": 5},
    "cs.MM": {"multimodal": 3, "computer-vision": 2, "audio": 1},
    "cs.SD": {"audio": 8},
    "eess.AS": {"audio": 8},
    "eess.IV": {"science": 4, "computer-vision": 3},
    "cs.RO": {"robotics": 8},
    "cs.MA": {"agents": 3},
    "cs.CR": {"security": 8},
    "cs.CY": {"ethics": 6},
    "cs.IR": {"nlp": 4, "data": 4},
    "cs.DB": {"data": 8},
    "cs.SI": {"data": 4},
    "cs.DC": {"inference": 3, "training": 1},
    "cs.AR": {"inference": 5},
    "cs.NE": {"training": 4},
    "cs.LG": {"training": 1},
    "stat.ML": {"training": 4},
    "cs.CE": {"science": 4},
    "cs.SE": {"other": 5, "agents": 1},
    "cs.HC": {"other": 4},
    "cs.GT": {"other": 6},
    "cs.IT": {"other": 8},
    "cs.NI": {"other": 6},
    "cs.LO": {"other": 4},
    "cs.DS": {"other": 4},
    "eess.SP": {"other": 3, "science": 3},
    "eess.SY": {"other": 3, "reinforcement-learning": 1},
    "econ": {"other": 4, "data": 2},
    "q-fin": {"data": 5, "other": 2},
    "q-bio": {"science": 8},
    "physics": {"science": 8},
    "astro-ph": {"science": 8},
    "cond-mat": {"science": 8},
    "quant-ph": {"science": 8},
    "math": {"other": 4, "science": 2},
    "stat": {"data": 3, "other": 2},
}
