"""The words by which a paper's category shows.

Each category has phrases by weight: 6 settles it nearly alone, 4 is strong, 2 a hint, 1 faint. Phrases are separated
by semicolons, in the order of the alphabet. Singular and plural, hyphen and space, British and American spelling count
as one. The longest phrase takes its words, so "vision language model" never counts as "language model" too; a phrase
may stand under several categories.
"""

from digests.offline.field_keywords import FIELD_KEYWORDS
from digests.offline.method_keywords import METHOD_KEYWORDS
from digests.offline.model_keywords import MODEL_KEYWORDS
from digests.offline.perception_keywords import PERCEPTION_KEYWORDS

KEYWORDS: dict[str, dict[int, str]] = MODEL_KEYWORDS | PERCEPTION_KEYWORDS | METHOD_KEYWORDS | FIELD_KEYWORDS

# Everyday turns that hold a keyword without its meaning: they take their words and vote for nothing.
IDIOMS = """attracted attention; case study; computer vision and natural language processing; considerable attention;
    draw attention; edge case; first person perspective; from the perspective of; gained attention; growing attention;
    in contrast; increasing attention; less attention; little attention; much attention;
    natural language processing and computer vision; new perspective; nuclear norm; pay attention; received attention;
    robust performance; serve as; serving as; short term memory; significant attention; state of the art;
    structured prediction; take into account; third person perspective; trading off; wide attention"""
