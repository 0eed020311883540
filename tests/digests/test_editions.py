"""Editions: which sections a reader's choice comes to."""

import pytest

from digests.editions import EditionKey, wanted_sections

pytestmark = pytest.mark.once
BITS = {"vision": 3, "llm": 0, "newest": 61}
CONTENT = {"sections": [{"slug": slug, "bit": bit, "papers": ["a paper"]} for slug, bit in BITS.items()]}


@pytest.mark.parametrize(
    ("categories", "slugs"),
    [
        (0, ()),
        (1, ("llm",)),
        (1 << 3 | 1, ("vision", "llm")),
        (1 << 61, ("newest",)),
        ((1 << 62) - 1, ("vision", "llm", "newest")),
        (1 << 1 | 1 << 2, ()),
    ],
)
def test_a_reader_gets_the_sections_of_the_mask_in_the_digests_order(categories, slugs):
    assert wanted_sections(CONTENT, categories) == slugs


def test_a_section_left_without_papers_is_nobodys():
    assert wanted_sections({"sections": [{"slug": "llm", "bit": 0, "papers": []}]}, 1) == ()


def test_readers_who_differ_only_in_what_is_not_there_share_an_edition():
    one, other = (EditionKey("hash", "ko", wanted_sections(CONTENT, mask)) for mask in (1 | 1 << 7, 1 | 1 << 8))
    assert one == other
    assert len({one: "mail", other: "mail"}) == 1


def test_digest_language_and_sections_each_make_another_edition():
    keys = {
        EditionKey("hash", "ko", ("llm",)),
        EditionKey("other", "ko", ("llm",)),
        EditionKey("hash", "en", ("llm",)),
        EditionKey(
            "hash",
            "ko",
            (
                "llm",
                "vision",
            ),
        ),
    }
    assert len(keys) == 4
