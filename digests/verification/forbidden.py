"""What no sentence of a digest may hold, whoever wrote it: links, contacts, markup, orders, lures, and a model's talk
about itself. Pure.

All are searched in the text as a reader sees it: full-width letters plain, unseen characters gone.
"""

from __future__ import annotations

import re
import unicodedata

from digests.text import clean

LONGEST_BULLET = 600


def any_of(english: str, korean: str = "") -> re.Pattern[str]:
    """A pattern of phrases, one a line: the English ones begin at a word, the Korean ones anywhere."""
    phrases = ["|".join(line.strip() for line in lines.strip().splitlines()) for lines in (english, korean)]
    return re.compile(rf"\b(?:{phrases[0]})" + (f"|(?:{phrases[1]})" if phrases[1] else ""), re.IGNORECASE)


UNSEEN = re.compile(
    r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
DOT = r"(?:\s?[\[({]\s?(?:\.|dot|점)\s?[\])}]\s?|\s(?:dot|점)\s)"
AT = r"(?:\s?[\[({]\s?(?:@|at|골뱅이)\s?[\])}]\s?|\s(?:at|골뱅이)\s)"
ENDINGS = (
    "com|net|org|io|ai|dev|app|kr|co|me|ly|gl|xyz|info|biz|link|site|online|shop|top|club|page|tech|cc|ru|cn|tk|example"
)
LINK = re.compile(
    r"\b(?:(?:https?|ftp|hxxps?)\s?:\s?/?/?|www\s?\.|javascript\s?:|mailto\s?:"
    rf"|[\w-]{{1,63}}{DOT}[a-z]{{2,}}\b|(?:[a-z0-9-]{{1,63}}\.){{1,6}}(?:{ENDINGS})\b(?:/[\w./?=&%#~-]*)?"
    r"|[a-z][a-z0-9-]{,62}\.[a-z]{2,6}/[\w./?=&%#~-]+)",
    re.IGNORECASE | re.ASCII,
)
ADDRESS = re.compile(
    r"(?<![\w.+-])(?:[\w.+-]{1,64}\s?@\s?[\w.-]*[a-z][\w-]*\.[a-z]{2,}"  # but not mAP@0.5
    rf"|[\w.+-]{{1,64}}{AT}[\w-]+(?:\.|{DOT})[a-z]{{2,}})",
    re.IGNORECASE | re.ASCII,
)
TELEPHONE = re.compile(
    r"(?<![\d.])(?=[\d+(])(?:(?:\+\s?\d{1,3}[-\s.]?)?\(?0?\d{1,3}\)?[-\s.]\s?\d{3,4}[-\s.]\s?\d{4}(?![.\d]\d|\d)"
    r"|01[016789]\d{7,8}(?!\d)|0(?:\s?\d){2}\s?[-\s]\s?(?:\d\s?){3,4}[-\s]\s?(?:\d\s?){3}\d(?!\d)"
    r"|1[5-8]\d{2}-\d{4}(?!\d))"
    r"|공일공"
)
MESSENGERS = "텔레그램|카카오톡|카톡|라인|위챗|telegram|whatsapp|kakao\\s?talk|wechat|discord"
HANDLE = re.compile(
    rf"(?<![\w.@])@[A-Za-z_][\w.]{{3,}}(?!\w)|(?:{MESSENGERS})\s*(?:id\b|아이디|오픈채팅|[:：@]|으?로\s*(?:문의|연락))",
    re.IGNORECASE,
)
MARKUP = re.compile(
    r"</?[a-z][\w-]*(?:\s[^<>]*=[^<>]*)?/?>|<(?:!--|(?:a|img|script|iframe|svg)\b)|&(?:#\w+|[a-z]+);"
    r"|!?\[[^\]]*\]\([^)]*\)|^#{1,6}\s|```|\*\*|\bdata:\w+/",
    re.IGNORECASE,
)
CONTACTS = {"link": LINK, "address": ADDRESS, "telephone": TELEPHONE, "handle": HANDLE}
# What even a report with headings has no use for.
CODE = re.compile(r"```|\bdata:\w+/\w+[;,]|</?(?:script|iframe|img|svg|a|style|html|div|think)\b", re.IGNORECASE)
NO_SPACE = re.compile(r"[!-~]*")

ORDER = any_of(
    r"""
    (?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:instruction|prompt|rule|guideline|above|previous|system)
    (?:previous|prior|above|following)\s+instructions?\b.{0,20}\b(?:ignore|follow|obey)
    system prompt\b.{0,20}\b(?:reveal|print|show)
    """,
    r"""
    이전\s*(?:의\s*)?지시
    위(?:의)?\s*지시
    지시(?:를|사항을)?\s*(?:모두\s*)?무시
    프롬프트를?\s*무시
    시스템\s*프롬프트를?\s*(?:출력|공개|무시)
    """,
)
LURE = any_of(
    r"""
    click (?:here|on|this|the|below|now)\b
    buy (?:it )?now\b
    (?:log|sign) ?(?:in|up) (?:to|at|now|here|for)\b
    (?:read more|more information|details) at\b
    visit (?:our|us|the (?:web)?site|http)
    subscribe (?:now|to|here)\b
    contact us\b
    (?:promo(?:tion)?|discount|coupon) code\b
    free (?:trial|gift)\b
    call (?:us|now)\b
    download (?:it )?(?:now|here)\b
    act now\b
    limited offer\b
    """,
    r"""
    (?:클릭|구매|결제|송금|로그인|가입|구독|다운로드|설치|입금|신청|문의|방문|연락|등록)(?:하세요|하십시오|하시[기면])
    (?:클릭|구매|결제|송금|로그인|가입|구독|다운로드|설치|신청|문의|방문|연락|등록)(?:해\s*[주보]\S|\s*바랍니다|\s*부탁)
    할인\s*코드
    쿠폰을?\s*(?:받|드)
    프로모션\s*코드
    (?:여기|아래|링크)(?:를|에서|로)?\s*(?:클릭|눌러|접속)
    에서\s*(?:확인하세요|받으세요|만나보세요|설치하세요)
    무료\s*(?:체험|증정)
    입금\s*계좌
    계좌\s*번호\s*[:：\d]
    """,
)
SELF_TALK = any_of(
    r"""
    as an? (?:ai|artificial intelligence|(?:large )?language model|llm)\b(?! (?:agent|tutor|judge|researcher|scientist))
    i(?:'m| am) (?:sorry|unable|not able|an ai|a language model)\b
    i (?:cannot|can't|can not|don't have|do not have|could not|couldn't)\b
    my (?:knowledge|training data)\b
    knowledge cut-?off\b
    (?:here is|here's|below is) (?:the|a|an|your|my)\b.{0,30}\b(?:summary|report|translation|answer)
    (?:sure|certainly|of course|absolutely)[,!] (?:here|i|this|below|let)
    (?:sure|certainly)!
    let me know if\b
    i hope this\b
    feel free to\b
    please (?:provide|note that i|let me)\b
    (?:summary|report|answer|response|output)\s+(?:report\s+)?in (?:korean|english)\b
    based on the (?:provided|given) (?:text|abstract|paper|information)
    (?:note|disclaimer): ?(?:this|the|i)\b.{0,40}\b(?:generated|summary|translation|ai)\b
    """,
    r"""
    (?:AI|인공지능|언어)\s*(?:언어\s*)?(?:모델|어시스턴트|비서)로서(?!의|는?\s*(?:기능|역할|우수|뛰어|강력))
    (?:저는|나는|제가)\s+\S*(?:모델|AI|인공지능|어시스턴트|답변|요약|작성|접근|확인|알 수)
    죄송(?:합니다|하지만)
    (?:요청하신|요청해\s*주신|제공해\s*주신|제공하신)
    요청에\s*따라\s*(?:작성|요약|정리|생성)
    (?:전문|원문|본문|논문|링크|파일)에\s*(?:직접\s*)?접근할\s*수\s*없(?:으므로|어|습니다|기)
    (?:원문|본문|초록|전문|논문)[이가은는]?\s*(?:제공|주어|첨부)(?:되|지)지?\s*않
    제목만\s*(?:보고|으로\s*(?:작성|요약)|바탕)
    일반적인\s*(?:내용|지식|정보)[을를]?\s*(?:바탕|기반|토대)으?로\s*(?:작성|답변|요약)
    (?:요약|보고서|글|답변|번역)[은는이가]?\s*(?:AI|인공지능|언어 모델|챗봇)[이가]?\s*(?:에 의해\s*)?(?:생성|작성|요약|번역)
    부정확할\s*수\s*있(?:으니|으며,?\s*(?:주의|확인)|습니다)
    (?:요약|번역|답변|작성)해\s*드리
    도와\s*드릴
    도움이\s*되(?:셨|었으면|길)
    추가(?:로|적인)?\s*(?:질문|궁금)\S*\s*(?:있으시|이 있)
    학습\s*데이터(?:의)?\s*(?:기준|마감)
    제\s*학습\s*데이터
    (?:물론입니다|알겠습니다|네, 알)
    (?:다음은|아래는)\s*.{0,40}(?:요약|번역|정리|작성)(?:한\s*(?:내용|것|보고서))?(?:입니다|이다)
    한국어로\s*(?:요약|번역|작성)(?:한|하면|했|하였|해)
    """,
)


def plain(text: str) -> str:
    """The text as it is searched: compatibility forms made plain, characters that are not seen left out."""
    return text if text.isascii() else UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def unfit(text: str) -> list[tuple[str, str]]:
    """(kind, where) of what makes one bullet unfit to be shown: links, contacts, markup, invisible characters, no words
    or too many."""
    searched = plain(text)
    kinds = {**CONTACTS, "markup": MARKUP}
    found = [(kind, text[:80]) for kind, pattern in kinds.items() if pattern.search(searched)]
    if not any(c.isalnum() for c in text) or len(text) > LONGEST_BULLET:
        found.append(("length", f"{len(text)} characters"))
    if clean(text, len(text)) != unicodedata.normalize("NFC", " ".join(text.split())):
        found.append(("invisible character", text[:80]))
    return found


def contacts_not_in(text: str, source: str) -> list[tuple[str, str]]:
    """(kind, what) of the links and contacts of a text that its source does not have, and of code in it."""
    searched = plain(text)
    found = [(kind, _whole(match)) for kind, pattern in CONTACTS.items() for match in pattern.finditer(searched)]
    if found:
        known = "".join(plain(source).lower().split())
        found = [(kind, contact) for kind, contact in found if contact.lower() not in known]
    return found + [("markup", match[0]) for match in CODE.finditer(searched)]


def talks_to_reader(text: str) -> bool:
    """Whether a text gives orders or lures: what no summary of a paper has a reason to do."""
    searched = plain(text)
    return bool(ORDER.search(searched) or LURE.search(searched))


def talks_of_itself(text: str) -> str:
    """The words with which a model speaks of itself, of its task or to whom asked it; nothing where it does not."""
    match = SELF_TALK.search(plain(text))
    return match[0].strip() if match else ""


def _whole(match: re.Match[str]) -> str:
    """A contact to its end: what follows without a space and is no Hangul, such as the path of a link."""
    rest = NO_SPACE.match(match.string, match.end())
    return (match[0] + (rest[0] if rest else "")).rstrip(".,;:)]}'\"")[:200]
