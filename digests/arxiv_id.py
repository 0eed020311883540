"""arXiv identifiers (https://info.arxiv.org/help/arxiv_identifier.html)."""

import re

# YYMM.NNNN from April 2007, YYMM.NNNNN from 2015. Before: archive[.SC]/YYMMNNN. A version may follow. One id in another
# form would make arXiv refuse a whole question.
MONTH = r"(?:0[1-9]|1[0-2])"
NEW = rf"(?:0[7-9]|1[0-4]){MONTH}\.\d{{4}}|(?:1[5-9]|[2-9]\d){MONTH}\.\d{{5}}"
OLD = rf"[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{{2}})?/(?:9\d|0[0-7]){MONTH}\d{{3}}"
ID = re.compile(rf"({NEW}|{OLD})(?:v([1-9]\d{{0,2}}))?", re.ASCII)
PLACES = re.compile(
    r"^(?:arxiv:|oai:arxiv\.org:|https?://(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html|src)/"
    r"|https?://(?:huggingface\.co/papers|(?:www\.)?alphaxiv\.org/abs)/)",
    re.IGNORECASE | re.ASCII,
)


def split_id(text: str) -> tuple[str, int | None] | None:
    """(canonical id without version, version or None) of an id or of a known address of one; None for anything else.

    The subject class of an old id is dropped: `math.GT/0309136` and `math/0309136` are the same paper.
    """
    bare = PLACES.sub("", text.strip()).removesuffix(".pdf")
    found = ID.fullmatch(bare)
    if not found:
        return None
    canonical = re.sub(r"\.[A-Z]{2}/", "/", found[1])
    return canonical, int(found[2]) if found[2] else None


def month_of(arxiv_id: str) -> str:
    """The month in which a canonical id was given, as "2024-11": the paper was announced then, never before."""
    digits = arxiv_id.rpartition("/")[2]
    century = "19" if digits.startswith("9") else "20"
    return f"{century}{digits[:2]}-{digits[2:4]}"
