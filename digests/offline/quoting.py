"""Decides which words of an untrusted abstract may stand in a newsletter, and takes addresses out of them."""

import re
import unicodedata

TOP_LEVEL = (
    r"(?:com|org|net|io|ai|dev|app|edu|gov|co|kr|cn|de|fr|uk|ru|jp|me|ly|gl|gg|xyz|info|page|site|link|shop|top)"
)
# Addresses that lead away from the text: their clause can go and the sentence stays true.
LINK = (
    r"(?:(?:h(?:tt|xx)ps?|ftp)\s?:\s?//\S+|\bwww\.\S+"
    rf"|\b(?:[a-z0-9-]{{1,63}}\.){{1,5}}{TOP_LEVEL}/\S+|\bthis https? url\b)"
)
# Anything else that works as an address: such a sentence is left out, for the words around it may need it. A number
# after the sign is a measure (mAP@0.5), not a host.
OTHER_ADDRESS = (
    r"(?:\b(?:javascript|data|mailto|file):\S|[\w.+-]@(?=[\w.-]*[a-z])[\w-]+\.|\[at\]|\(at\)|\[dot\]|\(dot\)|\w\[\.\]\w|\w\(\.\)\w"
    rf"|\b[a-z0-9-]{{1,63}}\.(?:{TOP_LEVEL}|example|test|invalid)\b)"
)
ANY_ADDRESS = re.compile(f"{LINK}|{OTHER_ADDRESS}", re.IGNORECASE)
ADDRESS_HINTS = ("://", "www.", "@", "[", "(at)", "(dot)", "(.)", "url", "http", "hxxp", "script:", "data:", "mailto:",
                 "file:", "ftp")  # fmt: skip
DOTTED = re.compile(r"[a-z0-9-]\.[a-z]")
LEADING_WORDS = (
    r"(?:[,:;]?\s*\b(?:at|on|via|from|in|under|through|here|see|visit)\b)?"
    r"(?:\s+(?:the\s+|this\s+)?(?:following\s+)?(?:url|link|address|https)s?)?"
)
LINK_CLAUSE = re.compile(rf"\s*[(\[<]\s*{LEADING_WORDS}\s*:?\s*{LINK}|{LEADING_WORDS}\s*:?\s*{LINK}", re.IGNORECASE)
HANGING = re.compile(
    r"(?:\b(?:at|on|in|is|are|via|from|see|visit|to|the|and|or|with|of|for|by|our|this|through|under|link|url|here"
    r"|website)|[:,;(])\s*[.!]?$",
    re.IGNORECASE,
)
FEWEST_WORDS = 4

# Each rule reads the sentence in lower case, and only when one of its hints is in it: most sentences have none.
Rule = tuple[tuple[str, ...], re.Pattern[str]]
PHONE: Rule = (
    (),
    re.compile(r"\+\d{1,3}[-\s]\d{1,4}[-\s]\d{3,4}|\b0\d{1,2}-\d{3,4}-\d{4}\b|\(?\b\d{3}\)?[-\s]\d{3}-\d{4}\b"),
)
OTHER_PAPER: Rule = ((), re.compile(r"\barxiv\s?:|\b\d{4}\.\d{4,5}(?:v\d+)?\b"))  # no paper speaks of another by number
MARKUP: Rule = (
    ("`", "](", "<", "|>", "[", "{", "**"),
    re.compile(r"```|\]\(|<\||\|>|\[/?inst\]|</?[a-z][^<>]*>|\{\{|\{%|\*\*"),
)
BLOB: Rule = ((), re.compile(r"[a-z0-9+/=]{41,}"))
TO_A_MODEL: Rule = (
    (
        "ignor",
        "disregard",
        "forget",
        "overrid",
        "instruction",
        "note",
        "attention",
        "message",
        ":",
        "if you are",
        "as an ai",
        "reading",
        "this summary",
        "summary",
        "letter",
        "digest",
        "mail",
        " be ",
    ),
    re.compile(
        r"\b(?:ignor|disregard|forget|overrid)\w*\s(?:\w+\s){0,3}(?:previous|prior|above|earlier|preceding|foregoing|all)\b"
        r"|\b(?:disregard|forget|ignore)\s(?:everything|your|the\s(?:rules|instructions|prompt))"
        r"|\b(?:new|real|actual|hidden|following) instructions?\s*:"
        r"|\b(?:note|attention|message|instructions?)\s(?:to|for)\s(?:the\s|all\s|any\s)?(?:\w+\s)?"
        r"(?:reviewer|editor|reader|ai|llm|model|assistant|summari[sz]er|agent|bot)s?\b"
        r"|^\W*(?:system|assistant|user|ai|human|instructions?|note|important|warning|attention|p\.?s)\s*:"
        r"|\bif you are\b|\bas an ai\b|\b(?:any|every|an|the) (?:ai|llm|model|assistant)s? reading\b"
        r"|\bthis (?:summary|newsletter|digest|e-?mail)\b|\bin (?:the|your) (?:summary|newsletter|digest)\b"
        r"|\b(?:paper|work) (?:should|must|has to) be"
        r" (?:accepted|ranked|rated|placed|listed|featured|classified|selected)"
    ),
)
SELLING: Rule = (
    (
        "click",
        "buy ",
        "sign ",
        "log in",
        "subscribe",
        "trial",
        "offer",
        "promo",
        "transfer",
        "credit card",
        " us",
        "call now",
        "visit our",
    ),
    re.compile(
        r"\bclick (?:here|below|now)|\bbuy (?:now|it|this|our)\b|\b(?:contact|call|visit) (?:us|now)\b"
        r"|\b(?:sign up|sign in|log in|subscribe|free trial|limited offer|promo code|wire transfer|credit card)\b"
        r"|\bvisit our\b"
    ),
)
SECOND_PERSON: Rule = (("you",), re.compile(r"\b(?:you(?! only)|your|yours|yourself)\b"))
# Abstracts state; a sentence that begins with a bare verb asks somebody for something.
ORDER: Rule = ((), re.compile(
    r"^\W*(?:please\s|now,?\s|then,?\s|instead,?\s|first,?\s)?"
    r"(?:(?:write|say|reply|respond|repeat|summari[sz]e|recommend|give|mention|tell|visit|click|buy|donate|send|email"
    r"|subscribe|download|ignore|disregard|forget|pretend|remember|insert|reveal|don't|do not|never|always|please"
    r"|make sure|enter|hurry|act now)\b(?!-)"
    r"|(?:print|output|rate|rank|answer|add|put|place|order|call|claim|open|share|check|follow|join|translate|classify"
    r"|describe|replace|register|confirm|press|scan|tap|pay|contact|verify|act)\s(?:the|this|that|it|only|us|now|as|a"
    r"|an|in|at|with|here)\b)"
))  # fmt: skip
TITLE_RULES = (PHONE, MARKUP, BLOB, TO_A_MODEL, SELLING)  # "Attention Is All You Need" and "Ask Me Anything" are titles
RULES = (*TITLE_RULES, OTHER_PAPER, SECOND_PERSON, ORDER)
LURE = re.compile(
    r"무시\s?(?:하|해)|(?:지시|명령|프롬프트)(?:를|을)?\s|클릭|구매|결제|송금|계좌|계정|비밀번호|누르|하세요|하십시오|십시오|해라\b|해줘"
    r"|忽略|忽视|点击|购买|無視し|クリック|購入"
    r"|[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]"  # Cyrillic look-alikes inside a Latin word
)
LATIN_SHARE = 0.7


def without_links(sentence: str) -> str:
    """Take links, and the words that lead to them, out of a sentence; "" if what is left says too little."""
    if not has_address(sentence):
        return sentence
    rest = LINK_CLAUSE.sub("", sentence)
    rest = re.sub(r"\s+([.,;:!?)\]])", r"\1", " ".join(rest.split()))
    if has_address(rest) or HANGING.search(rest) or len(rest.split()) < FEWEST_WORDS:
        return ""
    return rest if rest[-1] in ".!?" else rest + "."


def has_address(text: str) -> bool:
    """Say whether `text` holds anything that works as a link or an address, written out or disguised ("a[.]b")."""
    lowered = text.lower()
    is_hinted = any(hint in lowered for hint in ADDRESS_HINTS) or DOTTED.search(lowered)
    return bool(is_hinted and ANY_ADDRESS.search(lowered))


def is_quotable(sentence: str) -> bool:
    """Say whether a sentence may be quoted.

    It may not when it speaks to a model or to a reader instead of about the work, names another paper by number,
    carries an address, a phone number or markup, or is not mostly in Latin letters (abstracts are in English).
    """
    lowered = _folded(sentence)
    return not _breaks(RULES, lowered) and not has_address(lowered) and _is_latin(lowered)


def is_quotable_title(title: str) -> bool:
    """Say whether a title may be quoted: titles may address the reader and be in any language, within reason."""
    lowered = _folded(title)
    has_words = any(char.isalnum() for char in lowered)
    return has_words and not _breaks(TITLE_RULES, lowered) and not has_address(lowered) and not LURE.search(lowered)


def _folded(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).lower()


def _breaks(rules: tuple[Rule, ...], lowered: str) -> bool:
    return any(
        (not hints or any(hint in lowered for hint in hints)) and pattern.search(lowered) for hints, pattern in rules
    )


def _is_latin(text: str) -> bool:
    if text.isascii():
        return re.search("[a-z]", text) is not None
    letters = [char for char in text if char.isalpha()]
    is_mostly_latin = bool(letters) and sum(char < "\u0400" for char in letters) >= LATIN_SHARE * len(letters)
    return is_mostly_latin and not LURE.search(text)
