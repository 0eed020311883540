"""Whether a text was cut off. Pure.

English prose ends with a mark. Korean prose may also end with a nominal form (함, 됨, 보임) or a noun of action (제안,
개발); what ends with a particle, a connective or half a word was cut.
"""

from __future__ import annotations

import re

from digests.offline.stopwords import word_set

END_MARK = re.compile(r"[.!?…。！？][)'\"”’\]」』*_\s]*$")
BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("‘", "’"))
OPEN_KOREAN = re.compile(
    r"(?:[가-힣](?:을|를|에서|에게|으로|까지|처럼|하고|하며|하여|하는|되는|되어|되며|시키는|시켜|면서|지만|도록|는데|므로|려는|적인"
    r"|있는|없는|않는|않고|위한|통한|대해|따른|관한|것을|것이|것은)| (?:및|못|수|더|또는|그리고|위해|통해)|있으|없으)$"
)
OPEN_ENGLISH = re.compile(
    r"\b(?:the|a|an|of|and|or|to|in|on|at|by|for|with|from|as|that|which|these|its|their|our|is|are|was|were|be|been"
    r"|has|have|can|will|while|when|where|into|than|via|using|both|such|not|we)$|[–—/&]$",
    re.IGNORECASE,
)
M_FINAL, FINALS, HANGUL_FIRST = 16, 28, 0xAC00  # ㅁ is the 16th of the 28 finals of a syllable
CLOSING_NOUNS = word_set(
    """
    제안 개발 연구 제공 제시 확인 달성 도입 구축 향상 개선 강화 입증 검증 분석 평가 활용 적용 공개 기여 기대 예상
    전망 필요 가능 중요 지원 수행 설계 구현 확장 감소 증가 증대 절감 최적화 가속화 자동화 효율화 극대화 최소화
    일반화 촉진 해결 극복 탐구 탐색 모색 마련 시사 강조 논의 소개 설명 보장 유지 보존 생성 학습 훈련 추론 예측
    이해 비교 측정 조사 검토 고려 요구 창출 실현 발전 가능성 방향 잠재력 효과 성과 결과 영향 한계 과제 전략 방안
    방법 기술 수준 성능 품질 능력 정도 이상 것 점 등 중 측면 분야 모델 시스템 프레임워크 벤치마크 데이터셋
    파이프라인 패러다임 접근법 방법론 솔루션 도구 관점 기준 기반 토대
    """
)


def is_cut_off(statement: str) -> bool:
    """Whether a statement, keyword or heading surely ends in its middle: with a word that nothing ends with, or in a
    bracket."""
    text = statement.strip().rstrip(" ,;")
    if not text or END_MARK.search(text):
        return False
    if any(text.count(first) > text.count(last) for first, last in BRACKETS):
        return True
    return bool(OPEN_KOREAN.search(text) or OPEN_ENGLISH.search(text))


def lacks_end(text: str) -> bool:
    """Whether a whole text of prose stops without an end: no mark, and no Korean word that may stand for one."""
    text = text.strip().rstrip("*_")
    if END_MARK.search(text):
        return False
    last = re.search(r"[가-힣]+$", text)
    if last is None or is_cut_off(text):
        return True
    is_nominal = (ord(last[0][-1]) - HANGUL_FIRST) % FINALS == M_FINAL
    is_noun = any(last[0].endswith(noun) for noun in CLOSING_NOUNS)
    return not (is_nominal or is_noun or last[0].endswith("다"))
