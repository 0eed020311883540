"""What is wrong with a mail, seen from outside."""

import pytest
from django.utils import translation

from digests.lint import GOAL_BYTES, MOST_BYTES, Frame, lint
from newsletter.mail import Rendered

SITE, ADDRESS = "https://papers.example.org", "Papers, 1 Example Street, 00000 Example City"
LEAVE = f"{SITE}/unsubscribe/token/"
PAPERS = [{"url": "https://arxiv.org/abs/2411.00001"}, {"url": "https://arxiv.org/abs/2411.00002"}]
FRAME = Frame([("https", "papers.example.org"), ("https", "arxiv.org")], LEAVE, ADDRESS)
TEXT = f"Hello\n{PAPERS[0]['url']}\n{PAPERS[1]['url']}\n{LEAVE}\nPapers, 1 Example Street,\n  00000 Example City\n"
HTML = (
    "".join(f'<a href="{paper["url"]}">Title</a>' for paper in PAPERS)
    + f'<img src="{SITE}/chart/a.png" alt="LLM 2"><a href="{LEAVE}">Leave</a><p>{ADDRESS}</p>'
)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def found(subject="Papers of the day", text=TEXT, html=HTML, papers=PAPERS, frame=FRAME):
    return [(problem.kind, problem.stops) for problem in lint(Rendered(subject, text, html), papers, frame)]


def test_a_good_mail_has_no_problem():
    assert found() == []


@pytest.mark.parametrize(("length", "problems"), [(0, [("subject", True)]), (60, []), (61, [("subject", False)]), (79, [("subject", True)])])  # fmt: skip
def test_a_subject_has_a_length(length, problems):
    assert found(subject="x" * length) == problems


@pytest.mark.parametrize(("size", "problems"), [(GOAL_BYTES, []), (GOAL_BYTES + 1, [("size", False)]), (MOST_BYTES + 1, [("size", True)])])  # fmt: skip
def test_the_html_has_a_size_in_bytes(size, problems):
    room = size - len(HTML.encode())
    assert found(html=HTML + "가" * (room // 3) + "x" * (room % 3)) == problems


def test_a_paper_in_one_part_only_stops_the_mail():
    assert found(text=TEXT.replace(PAPERS[0]["url"], "")) == [("papers", True)]
    assert found(html=HTML.replace(PAPERS[0]["url"], SITE)) == [("papers", True)]


def test_an_address_that_another_begins_with_is_not_that_paper():
    longer = [*PAPERS, {"url": "https://arxiv.org/abs/2411.0000"}]
    assert found(papers=longer) == [("papers", False)]


def test_papers_left_out_for_length_are_told_and_do_not_stop_it():
    assert found(text=TEXT.replace(PAPERS[0]["url"], ""), html=HTML.replace(PAPERS[0]["url"], SITE)) == [("papers", False)]  # fmt: skip


@pytest.mark.parametrize("url", ["https://evil.example/", "http://papers.example.org/", "javascript:alert(1)", "https://arxiv.org.evil.example/", "https://arxiv.org@evil.example/", "https://[", ""])  # fmt: skip
def test_a_link_to_another_place_stops_the_mail(url):
    assert found(html=f'{HTML}<a href="{url}">Look</a>') == [("links", True)]


def test_a_link_to_write_to_us_is_no_other_place():
    assert found(html=f'{HTML}<a href="mailto:editors@papers.example.org">Write</a>') == []


def test_a_foreign_address_in_the_text_is_worth_a_look():
    assert found(text=f"{TEXT}https://evil.example/login\n") == [("links", False)]


def test_the_way_out_is_in_both_parts():
    assert found(text=TEXT.replace(LEAVE, "")) == [("unsubscribe", True)]
    assert found(html=HTML.replace(LEAVE, f"{SITE}/")) == [("unsubscribe", True)]


def test_the_postal_address_is_in_both_parts():
    assert found(html=HTML.replace(ADDRESS, "")) == [("postal", True)]
    assert found(text=TEXT.replace("Example City", "")) == [("postal", True)]
    assert found(frame=FRAME._replace(postal_address="")) == [("postal", True)]


def test_an_image_without_words_is_worth_a_look():
    assert found(html=HTML.replace(' alt="LLM 2"', "")) == [("alt", False)]
    assert found(html=HTML.replace('"LLM 2"', '""')) == [("alt", False)]


@pytest.mark.parametrize("mark", ["{{ name }}", "{% if x %}", "%recipient.email%", "<mj-text>", "*|EMAIL|*"])
def test_a_template_mark_anywhere_stops_the_mail(mark):
    assert found(html=HTML + mark) == [("marks", True)]
    assert found(text=TEXT + mark) == [("marks", True)]
    assert found(subject=f"Papers {mark}") == [("marks", True)]


def test_what_stops_the_mail_comes_first():
    stops = [stop for _kind, stop in found(subject="x" * 61, html=HTML.replace(LEAVE, ""))]
    assert stops == sorted(stops, reverse=True)
    assert len(stops) > 1
