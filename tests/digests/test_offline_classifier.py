import json
import os
from pathlib import Path

import pytest

from digests.offline.classifier import Verdict, classify

CATEGORIES = [
    "llm",
    "agents",
    "nlp",
    "computer-vision",
    "multimodal",
    "audio",
    "reinforcement-learning",
    "robotics",
    "training",
    "inference",
    "security",
    "ethics",
    "science",
    "data",
    "other",
]

ONE_PAPER_EACH = {
    "llm": (
        "Why Large Language Models Stumble on Long Chains of Thought",
        "We study how errors build up when an LLM reasons in many steps, and test four prompts on GSM8K.",
    ),
    "agents": (
        "Web Agents That Ask Before They Click",
        "We present an LLM agent that calls external tools, browses web pages and plans long tasks.",
    ),
    "nlp": (
        "Named Entity Recognition for Old Korean Newspapers",
        "We annotate a corpus of news articles and compare BERT taggers on this low-resource language.",
    ),
    "computer-vision": (
        "Sharper Object Detection in Crowded Images",
        "This paper proposes a detector that separates overlapping pedestrians in street video.",
    ),
    "multimodal": (
        "A Visual Question Answering Benchmark for Vision-Language Models",
        "We collect pairs of pictures and questions and show where multimodal large language models guess.",
    ),
    "audio": (
        "Whispered Speech Recognition with Few Recordings",
        "We adapt a speech model to whispering voices and halve the word error rate.",
    ),
    "reinforcement-learning": (
        "Optimistic Exploration in Offline Reinforcement Learning",
        "We bound the regret of an actor-critic in a Markov decision process with sparse reward.",
    ),
    "robotics": (
        "A Quadruped Robot That Opens Doors",
        "We train a manipulation policy in simulation and run it on the real robot arm.",
    ),
    "training": (
        "A Second Look at Learning Rate Schedules",
        "We analyse how the optimizer and weight decay shape the loss landscape of neural networks.",
    ),
    "inference": (
        "Three-Bit Weight Quantization for Serving",
        "Our GPU kernel and a smaller KV cache double throughput and cut latency.",
    ),
    "security": (
        "A Backdoor That Survives Fine-Tuning",
        "We describe an attack that poisons training examples, and a defense against the adversary.",
    ),
    "ethics": (
        "Gender Bias in Hiring Tools and the EU AI Act",
        "We discuss fairness, accountability and what regulation asks of those who build such tools.",
    ),
    "science": (
        "Predicting Protein Folding Pathways",
        "A network trained on molecular dynamics finds how a protein reaches its fold.",
    ),
    "data": (
        "Gradient Boosting or Networks for Tabular Data?",
        "We compare both on time series forecasting and click-through rate prediction.",
    ),
    "other": (
        "Mutation Testing for Embedded Software",
        "We generate test cases for a compiler and report the faults its test suite missed.",
    ),
}

PURPOSE_BEFORE_MATERIAL = {
    "tools beat the language model": ("agents", "Teaching Large Language Models Tool Use"),
    "agents beat how they are trained": ("agents", "Training LLM Agents with Reinforcement Learning"),
    "classical agents stay with rewards": ("reinforcement-learning", "Multi-Agent Reinforcement Learning with Critics"),
    "a jailbreak beats the model": ("security", "Jailbreaking Vision-Language Models with Typed Pictures"),
    "an attack beats the agent": ("security", "Prompt Injection Attacks on Web Agents"),
    "privacy beats training": ("security", "Membership Inference in Federated Learning"),
    "medicine beats the image": ("science", "Segmentation of Brain Tumors in MRI with Vision Transformers"),
    "medicine beats the language model": ("science", "Large Language Models for Clinical Diagnosis of Patients"),
    "quantization beats the image": ("inference", "Post-Training Quantization of Diffusion Models"),
    "the cache beats the language model": ("inference", "KV Cache Eviction for Long-Context LLMs"),
    "speech beats the language model": ("audio", "Large Language Models for Speech Recognition"),
    "the robot beats eye and language": ("robotics", "Vision-Language-Action Models for Grasping"),
    "fairness beats the language model": ("ethics", "Racial Bias in Large Language Models"),
    "tables beat the language model": ("data", "Text-to-SQL with Large Language Models"),
    "translation beats the language model": ("nlp", "Machine Translation with Large Language Models"),
    "text-to-image stays with images": ("computer-vision", "Text-to-Image Diffusion Models with Layout Control"),
}


def slug_of(title: str, abstract: str = "", allowed: list[str] = CATEGORIES, arxiv: tuple[str, ...] = ()) -> str:
    return classify(title, abstract, allowed, arxiv).slug


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_plain_paper_of_each_category_is_recognised(category):
    assert slug_of(*ONE_PAPER_EACH[category]) == category


@pytest.mark.parametrize("rule", PURPOSE_BEFORE_MATERIAL)
def test_what_a_paper_is_for_beats_what_it_is_made_of(rule):
    category, title = PURPOSE_BEFORE_MATERIAL[rule]
    assert slug_of(title) == category


def test_a_language_model_named_only_as_background_does_not_take_the_paper():
    abstract = (
        "Large language models have changed the field, and LLMs are everywhere. We propose a vocoder for singing. "
        "It turns a score into speech-like audio with clear high notes, and listeners prefer its sound to recordings."
    )
    assert slug_of("Clearer High Notes", abstract) == "audio"


@pytest.mark.parametrize(("title", "abstract"), [("", ""), (" \n", "\t"), ("?!", "$$$"), ("一二三", "🙂")])
def test_text_without_a_keyword_falls_back_to_other_with_little_confidence(title, abstract):
    verdict = classify(title, abstract, CATEGORIES)
    assert verdict.slug == "other"
    assert verdict.confidence < 0.5


def test_a_korean_text_gets_a_legal_answer():
    assert slug_of("대규모 언어 모델의 추론 능력 평가", "본 논문은 새로운 평가 방법을 제안한다.") in CATEGORIES


def test_english_terms_in_a_korean_text_are_still_read():
    assert slug_of("한국어 speech recognition 모델", "word error rate 를 줄였다") == "audio"


@pytest.mark.parametrize("missing", CATEGORIES)
def test_a_category_the_editors_do_not_use_is_never_the_answer(missing):
    allowed = [category for category in CATEGORIES if category != missing]
    chosen = slug_of(*ONE_PAPER_EACH[missing], allowed=allowed)
    assert chosen in allowed or chosen == "other"
    assert chosen != missing or missing == "other"


def test_a_category_out_of_use_does_not_weaken_the_others():
    title = "Jailbreaking Large Language Models"
    without_security = [category for category in CATEGORIES if category != "security"]
    assert slug_of(title, allowed=without_security) == "llm"


def test_an_empty_list_of_categories_gives_other():
    assert slug_of(*ONE_PAPER_EACH["audio"], allowed=[]) == "other"


def test_a_category_without_keywords_is_never_chosen():
    assert slug_of("Baking Bread", "We bake bread with sourdough.", allowed=["baking", "other"]) == "other"


def test_the_same_paper_gets_the_same_answer_whatever_the_order_of_the_list():
    for title, abstract in ONE_PAPER_EACH.values():
        assert classify(title, abstract, CATEGORIES) == classify(title, abstract, CATEGORIES[::-1])


def test_confidence_is_a_probability_and_grows_with_the_lead():
    clear = classify("Speech Recognition", "We present speech recognition for noisy audio.", CATEGORIES)
    torn = classify("Speech Recognition and Object Detection", "We present both, in audio and in images.", CATEGORIES)
    assert 0 < torn.confidence < clear.confidence <= 1


def test_a_verdict_reads_as_slug_and_confidence():
    verdict = classify("Speech Recognition", "", CATEGORIES)
    assert verdict == Verdict(slug="audio", confidence=verdict.confidence)


def test_words_beyond_the_length_of_an_abstract_are_not_read():
    assert slug_of("Long", "nothing " * 10 + "jailbreak") == "security"
    assert slug_of("Long", "nothing " * 1_000 + "jailbreak " * 100_000) == "other"


def test_a_megabyte_without_spaces_is_answered():
    assert slug_of("x" * 1_000_000, "\\textbf{" * 200_000) == "other"


@pytest.mark.parametrize(
    "title",
    [
        r"\textit{Web Agents} Under Test",
        r"$\textit{Web Agents}$ Under Test",
        "Web-Agents under test",
        "WEB AGENT TESTS",
    ],
)
def test_latex_hyphens_plurals_and_capitals_do_not_hide_a_keyword(title):
    assert slug_of(title) == "agents"


def test_british_and_american_spelling_mean_the_same():
    assert slug_of("Weight Quantisation of Colour Optimisers") == slug_of("Weight Quantization of Color Optimizers")


def test_a_longer_keyword_takes_its_words_from_a_shorter_one():
    without_multimodal = [category for category in CATEGORIES if category != "multimodal"]
    assert slug_of("Vision-Language Models", allowed=without_multimodal) != "llm"


def test_a_coined_name_before_the_colon_says_nothing():
    assert slug_of("ROBOT: A Short Note") == "other"
    assert slug_of("A Robot: A Short Note") == "robotics"


def test_the_arxiv_category_decides_when_the_words_say_little():
    assert slug_of("A Short Note", "We add one remark.") == "other"
    assert slug_of("A Short Note", "We add one remark.", arxiv=("cs.RO", "cs.AI")) == "robotics"


def test_the_arxiv_category_does_not_overrule_clear_words():
    assert slug_of(*ONE_PAPER_EACH["audio"], arxiv=("cs.CV",)) == "audio"


def test_a_secondary_arxiv_category_weighs_less_than_the_primary_one():
    assert slug_of("A Short Note", arxiv=("cs.RO", "cs.CR")) == "robotics"
    assert slug_of("A Short Note", arxiv=("cs.CR", "cs.RO")) == "security"


def test_an_archive_with_parts_counts_like_its_head_and_an_unknown_one_not_at_all():
    assert slug_of("A Short Note", arxiv=("q-bio.QM",)) == "science"
    assert slug_of("A Short Note", arxiv=("cs.ZZ", "", "I.2.7; H.5.2")) == "other"


def test_recorded_papers_are_sorted_as_well_as_docs_quality_says():
    folder = os.environ.get("RECORDED_DATA")
    if not folder:
        pytest.skip("RECORDED_DATA names no folder: the labelled papers are not part of this repository")
    lines = (Path(folder) / "gold" / "gold_dev.jsonl").read_text(encoding="utf-8").splitlines()
    papers = [json.loads(line) for line in lines if line.strip()]
    slugs = [slug_of(paper["title"], paper["abstract"]) for paper in papers]
    accepted = [slug in (paper["primary"], *paper["acceptable"]) for slug, paper in zip(slugs, papers, strict=True)]
    exact = [slug == paper["primary"] for slug, paper in zip(slugs, papers, strict=True)]
    assert sum(accepted) / len(papers) >= 0.92
    assert sum(exact) / len(papers) >= 0.80
