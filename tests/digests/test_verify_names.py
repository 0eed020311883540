"""Names of a statement, looked up in an abstract: another spelling passes, another version or model does not."""

import pytest

from digests.verification.ground import read
from digests.verification.names import strange_names

PAPER = read(
    "VecTalk: φ-Decoding with Qwen2.5-Omni",
    "We present VecTalk, a Vector Speech Dialogue (VSD) model on LLaMA-3.1-8B that beats GPT-4o, Qwen2-Audio and "
    "SAM 2 on MATH-500 and AIME 2024. A retrieval-augmented generation baseline uses MoE layers and sparse attention. "
    "Human-computer interaction matters, and $\\beta$-VAE and CLIP$^2$ help with prompts.",
)


@pytest.mark.parametrize(
    "text",
    [
        "VecTalk과 vectalk",
        "GPT4o 및 GPT-4o",
        "Qwen2.5-Omni, Qwen2.5 Omni, Qwen",
        "LLaMA와 LLaMA-3.1",
        "SAM2를 쓴다",
        "MATH-500과 MATH",
        "φ-Decoding, β-VAE",
        "LLM과 LLMs, OCR, ICT",
        "HCI 관점에서 RAG를 쓴다",
        "Mixture of Experts 층",
        "희소성(sparsity)과 Sparse Attention",
        "Prompt를 바꾼다",
        "4-Agent 구조",
        "7B 모델, 24fps, 5-shot, 1280x720",
        "자료는 https://a.example/ZetaNet 에 있다",
    ],
)
def test_known_names_raise_no_doubt(text):
    assert strange_names(text, [PAPER.names]) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("GPT-4를 능가한다", "GPT-4"),
        ("GPT-4o-mini를 능가한다", "GPT-4o-mini"),
        ("Qwen2-Omni를 쓴다", "Qwen2-Omni"),
        ("LLaMA-3.2 기반", "LLaMA-3.2"),
        ("o3를 능가한다", "o3"),
        ("VecTalk2를 제안한다", "VecTalk2"),
        ("LogiBench에서 평가", "LogiBench"),
        ("Gemini를 능가한다", "Gemini"),
        ("MLLLM을 쓴다", "MLLLM"),
        ("TerraCorpus-XL에서 학습", "TerraCorpus-XL"),
        ("VSD(Vertset Speech Dialogue)", "Vertset"),
    ],
)
def test_other_names_are_found(text, name):
    assert strange_names(text, [PAPER.names]) == [name]


def test_in_english_a_capital_at_the_beginning_is_no_name_unless_it_acts_like_one():
    assert strange_names("Experiments show gains. Broad tests follow.", [PAPER.names], english=True) == []
    assert strange_names("Gemini improves dialogue.", [PAPER.names], english=True) == ["Gemini"]
    assert strange_names("It beats Gemini.", [PAPER.names], english=True) == ["Gemini"]


def test_a_name_of_any_of_the_papers_will_do():
    other = read("LogiBench: logic", "")
    assert strange_names("LogiBench에서 VecTalk을", [PAPER.names, other.names]) == []
