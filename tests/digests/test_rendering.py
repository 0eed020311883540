"""A digest's frozen content as a mail."""

import itertools
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from digests.parts import PARTS
from digests.rendering import Links, render_edition
from digests.writing.making import Making, Short
from newsletter import mail

pytestmark = pytest.mark.once
SITE = "https://papers.example.org"
LINKS = Links(f"{SITE}/unsubscribe/(leave)/", f"{SITE}/preferences/(choose)/", f"{SITE}/2024-11-22/")
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
NAMES = {"llm": ("🧠", "거대 언어 모델", "Language models"), "vision": ("👁️", "컴퓨터 비전", "Computer vision")}
LINE = {"ko": "한 줄로 본 논문", "en": "The paper in a line"}
LIMIT = {"ko": "한계는 이것", "en": "It rests on this"}
TEXT = {"ko": "정확도 {}퍼센트를 얻었습니다.", "en": "It is right {} percent of the time."}


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_NAME = "Daily Papers"
    settings.SITE_URL = SITE
    settings.POSTAL_ADDRESS = "Papers, 1 Example Street, 00000 Example City"
    settings.REPLY_TO = "editors@papers.example.org"


def paper(number, **changes):
    ident = f"2411.{number:05d}"
    return {
        "id": ident,
        "title": f"Study {number}: Looking at the Things That Many People Look At",
        "authors": ["Ada One", "Bo Two", "Cy Three", "Di Four", "Ed Five"],
        "url": f"https://arxiv.org/abs/{ident}",
        "votes": number,
        "published": "2024-11-15",
    } | changes


def section(slug, papers, repeat=1, written_by="some-model"):
    emoji, korean, english = NAMES.get(slug, ("📦", f"분야 {slug}", f"Field {slug}"))

    def summary(language):
        bullets = [
            {"text": TEXT[language].format(n) * repeat, "papers": [p["id"]], "sentences": [f"{p['id']}#1"]}
            for n, p in enumerate(papers)
        ]
        lines, limits = (
            [bullet | {"text": f"{words[language]} {n}"} for n, bullet in enumerate(bullets)] for words in (LINE, LIMIT)
        )
        return {
            "written_by": written_by,
            "edited": False,
            "making": Making(numbers=(3, 4)).as_json(),
            "parts": {part: bullets for part in PARTS},
            "limits": limits,
            "one_liners": lines,
        }

    return {
        "slug": slug,
        "bit": 0,
        "emoji": emoji,
        "name": {"ko": korean, "en": english},
        "papers": papers,
        "summaries": {"ko": summary("ko"), "en": summary("en")},
    }


def digest(*sections, **changes):
    sections = sections or (section("llm", [paper(1), paper(2), paper(3)]), section("vision", [paper(4)]))
    rows = [{"slug": s["slug"], "emoji": s["emoji"], "name": s["name"], "papers": len(s["papers"])} for s in sections]
    chart = {"sha256": "ab" * 32, "width": 600, "height": 124}
    return {
        "day": "2024-11-22",
        "kind": "daily",
        "is_sample": False,
        "languages": ["ko", "en"],
        "distribution": rows,
        "charts": {"ko": chart, "en": chart},
        "sections": list(sections),
    } | changes


def rendered(content, language="en", slugs=None):
    every = [section["slug"] for section in content["sections"]]
    return render_edition(content, language, every if slugs is None else slugs, LINKS)


class Seen(HTMLParser):
    """The elements, addresses, visible words and preheader of an HTML part."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words, self.preheader, self.hidden = [], "", "", 0
        self.feed(html[html.index("<body") :])

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if self.hidden or "display:none" in dict(attrs).get("style", ""):
            self.hidden += tag == "div"

    def handle_endtag(self, tag):
        self.hidden -= bool(self.hidden) and tag == "div"

    def handle_data(self, words):
        if self.hidden:
            self.preheader += words
        else:
            self.words += words

    def values(self, tag, name):
        return [attrs.get(name) for found, attrs in self.elements if found == tag]


def addresses(text):
    return set(re.findall(r"https://arxiv\.org/abs/[\d.]+\d", text))


@LANGUAGES
def test_both_parts_have_every_paper_and_every_address_of_the_reader(language):
    content = digest()
    _subject, text, html = rendered(content, language)
    assert addresses(text) == addresses(html) == {p["url"] for s in content["sections"] for p in s["papers"]}
    for link in (LINKS.unsubscribe, LINKS.preferences, LINKS.archive):
        assert link in text.split()
        assert f'href="{link}"' in html
    for words in ("1 Example Street", "Thank you to arXiv for use of its open access interoperability."):
        assert words in text and words in html


@LANGUAGES
def test_each_section_has_its_five_parts_in_order(language):
    headings = {
        "ko": ["주요 주제", "키워드와 흐름", "핵심 내용", "영향", "전망"],
        "en": ["Topics", "Keywords and trends", "Key points", "Impact", "Outlook"],
    }[language]
    _subject, text, html = rendered(digest(), language)
    assert re.findall(r"<h3[^>]*>([^<]+)</h3>", html) == headings * 2
    assert re.findall(r"^\[(.+)\]$", text, re.MULTILINE) == headings * 2


def test_a_section_the_reader_did_not_choose_is_left_out_and_counted():
    _subject, text, html = rendered(digest(), "en", ["vision"])
    for part in (text, html):
        assert "2411.00004" in part and "2411.00001" not in part
        assert "1 category, 1 paper · 4 papers in the whole digest" in part
        assert "1 more section is on the web." in part
    assert "more section" not in rendered(digest()).html


def test_a_reader_for_whom_there_is_nothing_gets_no_mail():
    with pytest.raises(ValueError, match="none of the sections"):
        rendered(digest(), "en", ["robotics"])


def test_a_section_left_without_papers_is_neither_shown_nor_counted():
    _subject, text, html = rendered(digest(section("llm", [paper(1)]), section("vision", [])))
    for part in (text, html):
        assert "1 category, 1 paper" in part and "Computer vision" not in part
    with pytest.raises(ValueError, match="none of the sections"):
        rendered(digest(section("llm", [paper(1)]), section("vision", [])), "en", ["vision"])


def test_english_mail_has_no_hangul_and_korean_mail_says_where_it_is_english():
    english = rendered(digest())
    assert not re.search("[가-힣]", "".join(english))
    assert not re.search("<li[^>]* lang", english.html)
    mixed = digest()
    mixed["sections"][0]["summaries"]["ko"] = mixed["sections"][0]["summaries"]["en"]
    html = rendered(mixed, "ko").html
    assert len(re.findall('<li[^>]* lang="en">', html)) == 15
    assert len(re.findall("<li[^>]*>", html)) == 20


def test_statements_point_at_their_paper_by_number_where_there_are_several():
    html = rendered(digest()).html
    assert ">1. Study 1: Looking" in html and ">Study 4: Looking" in html
    assert html.count('href="https://arxiv.org/abs/2411.00001" aria-label="Study 1"') == 1
    assert html.count(">[1]</a>") == html.count(">[3]</a>") == 1
    text = rendered(digest()).text
    assert "1. Study 1: Looking" in text and "* Study 4: Looking" in text
    assert text.count(" [1]") == text.count(" [3]") == 4


@pytest.mark.parametrize(
    ("authors", "korean", "english"),
    [
        (["Ada One"], "Ada One", "Ada One"),
        (["A", "B", "C"], "A, B, C", "A, B, C"),
        (["A", "B", "C", "D", "E"], "A, B, C 외 2명", "A, B, C and 2 more"),
    ],
)
def test_long_lists_of_authors_are_shortened(authors, korean, english):
    content = digest(section("llm", [paper(7, authors=authors)]))
    assert f">{korean} · 추천 7 <" in rendered(content, "ko").html
    assert f">{english} · 7 votes <" in rendered(content, "en").html


def test_a_paper_with_neither_authors_nor_votes_nor_day_is_still_shown():
    content = digest(section("llm", [paper(1, authors=[], votes=None, published=None)]))
    _subject, text, html = rendered(content)
    assert "arXiv 20" not in text + html
    assert addresses(text) == addresses(html) == {"https://arxiv.org/abs/2411.00001"}


def test_the_most_voted_paper_wanted_leads_subject_and_mail():
    content = digest(section("llm", [paper(5), paper(9)]), section("vision", [paper(30)]))
    assert rendered(content, "ko").subject.startswith("Study 30: Looking")
    _subject, _text, html = rendered(content, "ko", ["llm"])
    assert html.index("2411.00009") < html.index("2411.00005")


@pytest.mark.parametrize(("language", "mark", "date"), [("ko", "[샘플]", "11월 22일"), ("en", "[SAMPLE]", "Nov 22")])
def test_a_sample_says_so_everywhere_and_other_digests_do_not(language, mark, date):
    sample = rendered(digest(is_sample=True), language)
    assert sample.subject.startswith(f"{mark} Study 4") and sample.subject.endswith(f" · {date}")
    assert len(sample.subject) <= 60
    assert mark[1:-1] in sample.text and mark[1:-1] in sample.html
    assert mark[1:-1] not in "".join(rendered(digest(), language))


@pytest.mark.parametrize(
    ("written_by", "korean", "english"),
    [
        (
            "offline",
            "요약: 내장 작성기가 초록에서 고른 문장(영어)",
            "Summary: sentences picked from the abstracts by the built-in writer",
        ),
        ("gpt-x", "AI가 생성한 요약 (gpt-x)", "AI-generated summary (gpt-x)"),
    ],
)
def test_the_mail_says_who_wrote_the_summaries(written_by, korean, english):
    content = digest(section("llm", [paper(1)], written_by=written_by))
    for language, label in (("ko", korean), ("en", english)):
        _subject, text, html = rendered(content, language)
        assert label in text and label in html


@pytest.mark.parametrize(
    ("written_by", "making", "said"),
    [
        ("gpt-x", Making(Short.THRIFT), "Most of the day's budget for the language model is spent"),
        ("gpt-x", Making(Short.BUDGET, ["2411.00001"]), "1 key point is a sentence of the abstract. The day's budget"),
        ("gpt-x", Making(Short.MODEL, ["2411.00001", "2411.00002"]), "2 key points are sentences of the abstracts."),
        ("offline", Making(Short.BUDGET), "built-in writer. The day's budget for the language model is used up."),
        ("offline", Making(Short.MODEL), "built-in writer. The language model gave no text that held"),
    ],
)
def test_the_mail_says_what_kept_the_model_from_writing_all_of_it(written_by, making, said):
    content = digest(section("llm", [paper(1), paper(2)], written_by=written_by))
    content["sections"][0]["summaries"]["en"]["making"] = making.as_json()
    _subject, text, html = rendered(content, "en")
    assert said in " ".join(text.split()) and said in unescape(" ".join(html.split()))


def test_each_section_says_how_many_numbers_were_checked_or_that_there_are_too_few():
    content = digest()
    content["sections"][1]["summaries"]["en"]["making"] = Making().as_json()
    for told in rendered(content, "en")[1:]:
        assert told.count("Numbers checked 3/4") == told.count("Numbers: not checkable") == 1


def test_each_section_says_what_its_results_rest_on_of_three_papers_at_most():
    content = digest(section("llm", [paper(n) for n in range(5)]))
    for told in rendered(content, "en")[1:]:
        assert told.count("What the results rest on") == 1
        assert [f"{LIMIT['en']} {n}" in told for n in range(5)] == [True] * 3 + [False] * 2


def test_a_line_on_each_paper_stays_when_its_summary_gives_way():
    long = digest(*(section(f"s{n}", [paper(3 * n + m) for m in range(3)], repeat=120) for n in range(9)))
    for told in rendered(long, "en")[1:]:
        shortened = told.count("This mail was getting long")
        assert 0 < shortened < 9
        assert told.count("What the results rest on") == 9 - shortened
        assert told.count(LINE["en"]) == 28, "under each title, and under the one that leads"


def test_a_line_that_a_key_point_says_again_is_left_out_while_the_key_point_is_there():
    content = digest(section("llm", [paper(1), paper(2)]))
    said = "We show that a small model can do what a large one does, at a tenth of the cost."
    summary = content["sections"][0]["summaries"]["en"]
    summary["one_liners"][0]["text"] = "We show that a small model can do what a large one does"
    summary["parts"] = summary["parts"] | {"key_points": [summary["parts"]["key_points"][0] | {"text": said}]}
    html = rendered(content).html
    assert html.count("We show that a small model") == 1
    summary["parts"] = {part: [] for part in PARTS}
    assert rendered(content).html.count("We show that a small model") == 1


def test_each_section_names_its_writer_when_they_differ():
    content = digest(section("llm", [paper(1)], written_by="model-a"), section("vision", [paper(2)]))
    content["sections"][1]["summaries"]["en"]["edited"] = True
    html = rendered(content).html
    assert (
        html.index("(model-a)") < html.index("Computer vision</h2>") < html.index("(some-model), revised by an editor")
    )


@LANGUAGES
def test_a_missing_summary_is_said_and_the_titles_stay(language):
    content = digest()
    del content["sections"][0]["summaries"][language]
    said = {"ko": "한국어 요약을 준비하지 못했습니다.", "en": "There is no summary in this language."}[language]
    _subject, text, html = rendered(content, language)
    assert html.count(said) == text.count(said) == 1
    assert addresses(text) == addresses(html) and len(addresses(text)) == 4


def test_the_chart_is_hosted_and_its_numbers_are_in_words_too():
    _subject, text, html = rendered(digest(), "ko")
    (image,) = (attrs for tag, attrs in Seen(html).elements if tag == "img")
    assert image["src"] == f"{SITE}/chart/{'ab' * 32}.png"
    assert image["width"] == "600"
    assert image["alt"] == "분야별 논문 수\n거대 언어 모델 ■■■ 3\n컴퓨터 비전 ■ 1"
    assert image["aria-label"] == "분야별 논문 수: 거대 언어 모델 3, 컴퓨터 비전 1"
    assert "  거대 언어 모델  ■■■ 3\n  컴퓨터 비전     ■ 1\n" in text


def test_the_chart_may_travel_inside_the_mail(settings):
    settings.MAIL_CHART = "inline"
    (image,) = (attrs for tag, attrs in Seen(rendered(digest()).html).elements if tag == "img")
    assert image["src"] == f"cid:{'ab' * 16}@inline"


def test_without_a_chart_the_numbers_stay():
    html = rendered(digest(charts={}), "en").html
    assert "<img" not in html
    assert re.search(r'<th scope="row".*Language models</th>', html)
    assert "Papers by category</caption>" in html


def test_bars_of_a_big_day_stay_on_their_line():
    many = digest(section("llm", [paper(n) for n in range(1, 46)]), section("vision", [paper(90)]))
    text = rendered(many).text
    assert f"Language models  {'■' * 20} 45" in text
    assert "Computer vision  ■ 1" in text


@pytest.mark.parametrize("papers", [1, 3, 12])
@LANGUAGES
def test_the_preheader_tells_what_is_in_it(language, papers):
    content = digest(*(section(f"s{n}", [paper(n)]) for n in range(papers)))
    _subject, _text, html = rendered(content, language)
    preheader = re.sub(r"[\s\u034f\u200c]+", " ", Seen(html).preheader).strip()
    assert preheader.startswith("분야 s0 1" if language == "ko" else "Field s0 1")
    assert len(preheader) in range(21, 101)


def test_a_preheader_without_a_summary_is_filled_up():
    content = digest(section("llm", [paper(1)]))
    content["sections"][0]["summaries"] = {}
    assert "Language models 1 · titles, authors and links to arXiv" in rendered(content).html


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</mj-text><mj-raw>",
    "{{ settings.SECRET_KEY }} {% load x %} ${name} %recipient.email%",
    "a\x00b\x07\r\nBcc: all@example.org\u202etxet\u200b\u2066",
    "long " * 200,
    "x" * 900,
    "\ud800 & &amp; <",
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text[:12]))
@LANGUAGES
def test_outside_text_stays_text(language, hostile):
    content = digest(section("llm", [paper(1, title=hostile, authors=[hostile] * 5), paper(2)], written_by=hostile))
    for parts in content["sections"][0]["summaries"].values():
        parts["parts"] = {part: [{"text": hostile, "papers": ["2411.00001", "nobody"]}] for part in PARTS}
    subject, text, html = rendered(content, language)
    seen, plain = Seen(html), Seen(rendered(digest(section("llm", [paper(1), paper(2)])), language).html)
    assert {tag for tag, _ in seen.elements} == {tag for tag, _ in plain.elements}
    assert not any(name.startswith("on") for _tag, attrs in seen.elements for name in attrs)
    for part in (subject, text, seen.words):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u200b\u202e\u2066\ud800]|{{|{%|\${|%recipient|</?mj-", part)
    assert "\n" not in subject and len(subject) <= 60
    html.encode(), text.encode()


def test_only_https_addresses_become_links():
    _subject, _text, html = rendered(digest(section("llm", [paper(1, url="javascript:alert(1)"), paper(2)])))
    assert "javascript:" not in html
    assert "Study 1: Looking" in html


def test_sixty_papers_fit_and_keep_their_summaries_when_they_can():
    sections = [section(f"s{n}", [paper(10 * n + m) for m in range(10)]) for n in range(6)]
    html = rendered(digest(*sections), "ko").html
    assert len(html.encode()) <= 80_000
    assert len(addresses(html)) == 60


@LANGUAGES
def test_a_long_day_loses_its_last_summaries_first_and_no_paper(language):
    sections = [section(f"s{n}", [paper(10 * n + m) for m in range(10)], repeat=12) for n in range(6)]
    _subject, text, html = rendered(digest(*sections), language)
    assert len(html.encode()) <= 80_000
    assert len(addresses(html)) == 60 and addresses(html) == addresses(text)
    kept = [bool(re.search("<h3", part)) for part in html.split("<h2")[1:]]
    assert kept == sorted(kept, reverse=True) and 0 < sum(kept) < 6
    shortened = {"ko": "전체 보기</a>", "en": "Read everything</a>"}[language]
    assert html.count(shortened) == 6 - sum(kept)


def test_two_hundred_papers_with_the_longest_titles_still_fit():
    sections = [section(f"s{n}", [paper(20 * n + m, title='"가" ' * 100) for m in range(20)]) for n in range(10)]
    _subject, text, html = rendered(digest(*sections))
    assert len(html.encode()) <= 80_000
    assert addresses(html) == addresses(text)
    assert "more papers" in html and "more papers" in text


@LANGUAGES
def test_the_mail_is_built_for_readers_who_listen(language):
    html = rendered(digest(is_sample=True, charts={}), language).html
    seen = Seen(html)
    assert re.match(rf'<!doctype html>\s*<html lang="{language}" dir="ltr"', html)
    assert re.search(r"<title>Daily Papers · .*2024.*</title>", html)
    headings = [int(tag[1]) for tag, _ in seen.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(headings))
    assert [role for role in seen.values("table", "role") if role != "presentation"] == [None]  # the numbers
    titles = [attrs for tag, attrs in seen.elements if tag == "a" and "arxiv.org" in attrs["href"]]
    assert titles and all(attrs["lang"] == "en" and attrs["dir"] == "auto" for attrs in titles)
    assert all(seen.values("a", "href"))


@LANGUAGES
def test_text_lines_are_at_most_76_columns_but_for_addresses(language):
    for line in rendered(digest(), language).text.splitlines():
        assert mail.columns(line) <= 76 or "https://" in line


def test_no_line_of_the_template_leaves_a_mark():
    for language in ("ko", "en"):
        for part in rendered(digest(kind="weekly"), language):
            assert not re.search(r"{{|{%|{#|<mj-|None\b|%\(", unescape(part))
