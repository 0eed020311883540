"""Names in Latin letters - models, data sets, short forms - and whether a text has them. Pure.

A name is known when the source has the same letters and digits between the same borders: GPT4 is GPT-4 and LLMs are an
LLM, but GPT-4 is not GPT-4o and Qwen2 not Qwen2.5.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digests.offline.stopwords import word_set
from digests.verification.figures import LINK

LETTER = r"A-Za-z0-9\u0370-\u03ff"  # Greek too: φ-Decoding, τ-bench
NAME = re.compile(rf"(?<![{LETTER}])[{LETTER}](?:[{LETTER}]|[-_./'@^](?=[{LETTER}])){{,80}}[+*]*")
PIECE = re.compile(r"[a-z0-9\u0370-\u03ff]+(?:\.(?<=[0-9]\.)(?=[0-9])[a-z0-9]+)*")
WORD = re.compile(r"[a-z]+")
TURN = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")
LOOKS_NAMED = re.compile(r"[a-z][A-Z]|[A-Z][a-z]*-?[A-Z]|[A-Za-z\u0370-\u03ff][-.@]?\d|\d[A-Z]{2}|\dD")
CAPITAL = re.compile(r"[A-Z]")
UNITS = (
    "[kKMBTxX]|fps|px|ms|s|sec|min|h|hr|hrs|[KMGTP]i?B|[kMG]?Hz|k?W|k?Wh|[nmck]?m|[kmμ]?g|dB|th|st|nd|rd|bits?|p"
    "|[A-Z]?FLOPs?"
)
NUMBER_LIKE = re.compile(rf"\d+[xX]\d+\w*|\d[\d.,]*(?:[-–]?(?:{UNITS})|-[a-z]+)?")
SPELLED_OUT = re.compile(r"\b[A-Z][a-z]+(?:[\s-](?:of|and|the|in|to|for|[A-Z][a-z]+))*[\s-][A-Z][a-z]+\b")
SIZE = re.compile(r"\d+(?:\.\d+)?[KMBT]")
# What a method does in the sentences that begin with its name.
ACTS = re.compile(
    r",? (?:is|was|has|can|achieves|addresses|aims|allows|applies|beats|boosts|builds|combines|converts|creates|cuts"
    r"|delivers|demonstrates|detects|employs|enables|enhances|ensures|estimates|evaluates|excels|extends|generates"
    r"|improves|integrates|introduces|learns|leverages|lowers|maintains|matches|offers|optimizes|outperforms|performs"
    r"|preserves|predicts|produces|provides|reaches|reduces|scales|scores|solves|speeds|supports|surpasses|tackles"
    r"|trains|transforms|unifies|uses|utilizes|yields)\b"
)
LONGEST_SHORT_FORM = 6
# Short forms and words of the trade that any reader has met; not one product, model or data set among them.
COMMON = word_set(
    """
    2d 3d 4d 6d 5g 6g agent agi ai android ann api app ar arxiv asi asic asr auc b2b bleu ceo cli cnn cot covid
    covid-19 cpu csv ct cv ddpm dl dna dnn dpo e.g ecg eeg ehr emr end-to-end english esg etc eu f1 faq few-shot fid
    fine-tuning flop flops fm fpga fps gan gat gcn git github gnn gpu grpo gui hci hd html http i.e i.i.d icl icu id
    ide iid io ios iot iou ip ir it ict json kd kg kl knn korea korean kpi kv lidar linux llm lm lmm lora lstm lvlm
    mae map mcts ml mllm mlops mlp moe mr mri mse mt n+1 nas nerf ner ngo nlg nlp nlu nmt npu ocr ode one-shot ood os
    pc pca pde pdf peft pos ppo pr pre-training prompt psnr python q&a qa r&d rag ram real-time rgb rgbd rl rlhf rlvr
    rmse rna rnn roc rouge sde sdk sft slam slm sns sota sql ssd ssm state-of-the-art stem stt svd svm test-time token
    tpu transformer tts tv u-net ui uk un unet url us usa uhd ux vae vit vla vlm vqa vr vram vs web who wi-fi windows
    x-ray xml xr zero-shot
    """
)


@dataclass(frozen=True)
class NameIndex:
    """What names a source has: its letters run together with the borders between them, and its words' initials."""

    letters: str
    borders: frozenset[int]
    soft_borders: frozenset[int]
    initials: str
    word_stems: frozenset[str]


def index(text: str) -> NameIndex:
    """The names of a source, to be looked up with `is_known`."""
    letters: list[str] = []
    borders, soft, length = {0}, set[int](), 0
    for piece in PIECE.findall(text.lower()):
        if not piece.isalpha():
            soft.update(length + match.start() for match in TURN.finditer(piece))
        letters.append(piece)
        length += len(piece)
        borders.add(length)
    words = WORD.findall(text.lower())
    stems = frozenset(_stem(word) for word in set(words))
    return NameIndex("".join(letters), frozenset(borders), frozenset(soft), "".join(w[0] for w in words), stems)


def named_in(text: str) -> list[re.Match[str]]:
    """The tokens of a text that look like names: capitals or digits among Latin letters, and no mere number."""
    return [m for m in NAME.finditer(text) if CAPITAL.search(m[0]) or LOOKS_NAMED.search(m[0])]


def strange_names(text: str, sources: Iterable[NameIndex], english: bool = False) -> list[str]:
    """The names of `text` that none of the sources has, in their order. In English prose a word with one capital at
    the beginning of a sentence is no name, unless it does what only a name does ("Gemini improves …")."""
    known = list(sources)
    rest = SPELLED_OUT.sub(lambda run: " " * len(run[0]) if _is_shortened(run[0], known) else run[0], text)
    return list(dict.fromkeys(name for name in _names(rest, english) if not any(_is_known(name, one) for one in known)))


def known_names(text: str, source: NameIndex) -> list[str]:
    """The telling names of `text` (inner capitals or digits, not in everybody's use) that the source has."""
    return [
        m[0]
        for m in named_in(text)
        if LOOKS_NAMED.search(m[0])
        and not is_common(m[0])
        and not NUMBER_LIKE.fullmatch(m[0])
        and _is_known(m[0], source)
    ]


def is_common(name: str) -> bool:
    """Whether a short form is everybody's, so that its absence from a source says nothing."""
    folded = name.casefold().strip("+*")
    return folded in COMMON or folded.removesuffix("s") in COMMON


def _names(text: str, english: bool) -> Iterator[str]:
    text = LINK.sub(" ", unicodedata.normalize("NFKC", text))
    for match in named_in(text):
        name = match[0]
        if is_common(name) or NUMBER_LIKE.fullmatch(name):
            continue
        if LOOKS_NAMED.search(name):
            yield from _pieces(name)
        elif len(name) > 2 and name[0].isupper() and (not english or _is_name(name, match)):
            yield name


def _pieces(name: str) -> Iterator[str]:
    """A name, or what is joined by a slash or an at sign in it: COCO/LVIS, recall@20."""
    for piece in re.split(r"[/@]", name):
        if CAPITAL.search(piece) or LOOKS_NAMED.search(piece):
            yield piece


def _is_shortened(words: str, sources: Iterable[NameIndex]) -> bool:
    """Whether a source has the initials of these words, and never spells them out: Mixture of Experts for MoE."""
    parts = re.split(r"[\s-]+", words)
    initials = {"".join(part[0] for part in parts), "".join(part[0] for part in parts if part[0].isupper())}
    shorts = [short.lower() for short in initials if len(short) > 1]
    return any(_stands_in(short, source) and short not in source.initials for short in shorts for source in sources)


def _is_name(word: str, match: re.Match[str]) -> bool:
    """Whether an English word with a capital is a name for sure: inside a sentence, or where it does what a method
    does."""
    before = match.string[: match.start()].rstrip("\"'“‘([ *-")
    begins = not before.strip() or before[-1] in ".!?:;\n"
    return not begins or (not word.endswith(("s", "ing")) and bool(ACTS.match(match.string, match.end())))


def _is_known(name: str, source: NameIndex) -> bool:
    folded = "".join(PIECE.findall(name.casefold()))
    for one in dict.fromkeys((folded, folded.removesuffix("s"), folded.removesuffix("es"))):
        if one and (_stands_in(one, source) or is_common(one)):
            return True
    bare = folded.removesuffix("s")
    if name.isalpha() and _stem(folded) in source.word_stems and not LOOKS_NAMED.search(name):
        return True
    if name.isalpha() and 1 < len(bare) <= LONGEST_SHORT_FORM and bare in source.initials:
        return True
    parts = [part for part in re.split(r"[-_+]", name) if part]
    plain_parts = all(
        part.isalpha() or SIZE.fullmatch(part) for part in parts
    )  # Qwen2-Omni is not in "Qwen2, Qwen2.5-Omni"
    return len(parts) > 1 and plain_parts and all(_is_known(part, source) for part in parts)


def _stands_in(name: str, source: NameIndex) -> bool:
    """Whether the letters stand in the source from border to border. A name that ends in a letter may be followed by a
    number in the source (Qwen in Qwen2.5), or by the s of a plural."""
    ends_in_letter = not name[-1].isdigit()
    at = source.letters.find(name)
    while at >= 0:
        end = at + len(name)
        if at in source.borders or (at in source.soft_borders and name[0].isalpha()):
            if end in source.borders or (ends_in_letter and end in source.soft_borders):
                return True
            if source.letters[end : end + 1] == "s" and end + 1 in source.borders:
                return True
        at = source.letters.find(name, at + 1)
    return False


def _stem(word: str) -> str:
    return word if len(word) < 5 else word[: max(4, len(word) - 3)]
