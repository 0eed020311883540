"""The categories an installation begins with. Editors change them in admin; only a migration and the gallery of mails
read this list."""

from typing import NamedTuple


class Seed(NamedTuple):
    """One category. The order of the list is their position and their bit."""

    slug: str
    emoji: str
    name_ko: str
    name_en: str
    guidance: str


CATEGORIES = [
    Seed("llm", "🧠", "거대 언어 모델", "LLM",
         "The language model itself is studied: pre-training, alignment, reasoning, prompting, evaluation. RL used to train an LLM goes here."),
    Seed("agents", "🤖", "에이전트", "Agents",
         "A language model acts: tools, browsers, GUIs, code repair, several agents together, also when trained by RL. Classical multi-agent RL does not go here."),
    Seed("nlp", "💬", "자연어 처리", "Natural Language Processing",
         "Language tasks and resources: translation, retrieval and RAG, dialogue, corpora, linguistics."),
    Seed("computer-vision", "👁️", "컴퓨터 비전", "Computer Vision",
         "Images, video and 3D, generation included; text-to-image goes here."),
    Seed("multimodal", "🧩", "멀티모달", "Multimodal",
         "Models that join modalities, such as vision-language models, unified models and their benchmarks."),
    Seed("audio", "🎧", "음성·오디오", "Audio",
         "Speech, music and sound, audio-language models included."),
    Seed("reinforcement-learning", "🎮", "강화 학습", "Reinforcement Learning",
         "RL as such: algorithms, exploration, offline RL, bandits, classical multi-agent RL."),
    Seed("robotics", "🦾", "로보틱스", "Robotics",
         "Robots, vision-language-action models, driving and control, embodied agents."),
    Seed("training", "🏋️", "모델 학습 기법", "Model training technique",
         "Optimisers, architectures, distillation, parameter-efficient tuning, merging, data selection, learning theory, not tied to one application."),
    Seed("inference", "⚡", "추론 가속", "Inference acceleration",
         "Quantising, pruning, caches, serving, decoding speed, on-device use, whatever the model is."),
    Seed("security", "🔒", "보안", "Security",
         "Attacks, defences, privacy, jailbreaks and safety, watermarks, monitoring, whatever the model is."),
    Seed("ethics", "⚖️", "윤리와 사회", "Ethics and society",
         "Bias, fairness, policy, harms, social effects, ethics of health applications."),
    Seed("science", "🔬", "과학과 의료", "Science and health",
         "Medicine, biology, physics, chemistry, mathematics for science, engineering models; medical imaging and medical LLMs too."),
    Seed("data", "📊", "데이터와 그래프", "Data and graphs",
         "Tables, time series, graphs, recommendation, SQL, financial data."),
    Seed("other", "📎", "기타", "Other",
         "Everything else: software engineering without LLMs, HCI, networks, coding theory, game theory, pure mathematics."),
]  # fmt: skip
