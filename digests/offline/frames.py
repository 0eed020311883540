"""The built-in writer's own words, by language.

They hold no digits, so that every number in a summary is one of the papers', and no Korean particle follows a word that
changes.
"""

FRAMES = {
    "en": {
        "theme": "{theme}: {papers}",
        "others": "Also: {papers}",
        "shared": "In several papers: {terms}",
        "terms": "Key terms: {terms}",
        "more terms": "Also: {terms}",
        "names": "Models, data and methods named: {terms}",
        "short forms": "Short forms: {terms}",
        "no title": "The title of this paper cannot be quoted.",
        "no sentence": "Neither the abstract nor the title of this paper can be quoted.",
        "no terms": "No recurring terms were found in the abstracts.",
        "no impact": "No sentence on results or effects was found in the abstracts.",
        "no outlook": "No sentence on what comes next was found in the abstracts.",
        "no abstract": "No abstract was available, only a title.",
    },
    "ko": {
        "theme": "{theme}: {papers}",
        "others": "그 밖의 논문: {papers}",
        "shared": "여러 논문에 나온 용어: {terms}",
        "terms": "주요 용어: {terms}",
        "more terms": "그 밖의 용어: {terms}",
        "names": "모델·데이터·기법 이름: {terms}",
        "short forms": "약어: {terms}",
        "no title": "이 논문의 제목은 옮길 수 없습니다.",
        "no sentence": "이 논문의 초록과 제목은 옮길 수 없습니다.",
        "no terms": "초록에서 되풀이되는 용어를 찾지 못했습니다.",
        "no impact": "초록에서 결과나 효과를 말한 문장을 찾지 못했습니다.",
        "no outlook": "초록에서 앞으로의 전망을 말한 문장을 찾지 못했습니다.",
        "no abstract": "초록 없이 제목만 확인했습니다.",
    },
}
