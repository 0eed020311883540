"""What advertises says so at the very start of the subject, and how to refuse it."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from digests.advertising import LIKE_ADVERTISING, MARK, found_in
from digests.archive.catalogue import catalogue_missing
from digests.content import correction_content, hash_of, snapshot
from digests.exports import to_html
from digests.models import Correction, Digest, Paper
from digests.readiness import Facts, State, examine, judge
from digests.rendering import Links, render_edition
from digests.weekly import build_weekly
from tests.digests.desk.conftest import Desk
from tests.digests.pages import hrefs, page_of, words
from tests.factories import DAY, make_approved, make_approved_weekly, make_digest, make_editor, make_staff, make_week

pytestmark = pytest.mark.django_db
BOX = "head-advertising"
LINKS = Links(unsubscribe="https://p.example/u", preferences="https://p.example/p", archive="https://p.example/a")


def mail_of(digest, language="ko"):
    content = snapshot(digest)
    return render_edition(content, language, [section["slug"] for section in content["sections"]], LINKS)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_advertising_mail_begins_with_the_mark_and_says_who_sends_it_and_how_to_refuse(settings, language):
    settings.REPLY_TO = "desk@papers.example"
    words = mail_of(make_digest(is_advertising=True, is_sample=True), language)
    assert words.subject.startswith("(광고) [") and len(words.subject) <= 60
    for part in (words.text, words.html):
        assert "(광고)" in part and "desk@papers.example" in part and LINKS.unsubscribe in part


def test_ordinary_mail_has_no_mark():
    words = mail_of(make_digest())
    assert all("광고" not in part for part in words)


def test_site_that_always_advertises_marks_every_mail_corrections_too(settings):
    settings.MAIL_ADVERTISING = True
    digest = make_approved()
    correction = Correction(digest=digest, text_ko="고쳤습니다", text_en="We were wrong")
    for content in (snapshot(make_digest(day=DAY.replace(day=23))), correction_content(correction)):
        slugs = [section["slug"] for section in content["sections"]]
        assert render_edition(content, "en", slugs, LINKS).subject.startswith("(광고) ")


def test_editor_marks_a_digest_which_takes_the_approval_back(client):
    digest = make_approved()
    client.force_login(make_editor())
    before, desk = digest.content_hash, Desk(client, digest)
    page = desk.press("save", **{BOX: "on"})
    digest.refresh_from_db()
    assert (digest.status, digest.is_advertising) == (Digest.Status.DRAFT, True)
    assert hash_of(snapshot(digest)) != before
    assert (
        page.context["head"]["advertising"].initial
        and MARK in desk.client.get(reverse("admin:digests_digest_history", args=[digest.pk])).content.decode()
    )
    sent = desk.shown()
    del sent[BOX]  # as a browser does for a box that is not ticked
    desk.press("save", sent)
    digest.refresh_from_db()
    assert not digest.is_advertising


def test_words_are_saved_together_with_the_mark(client):
    client.force_login(make_editor())
    digest = make_digest()
    Desk(client, digest).press("save", **{BOX: "on", "head-note_ko": "협찬을 받았습니다."})
    digest.refresh_from_db()
    assert digest.is_advertising and digest.editor_notes == {"ko": "협찬을 받았습니다."} and digest.revision == 1


def test_digest_on_its_way_is_not_marked_any_more(client):
    digest = make_approved()
    client.force_login(make_editor())
    desk = Desk(client, digest)
    sent = desk.shown()
    digest.advance(Digest.Status.SENDING)
    page = desk.press("save", sent, **{BOX: "on"})
    digest.refresh_from_db()
    assert not digest.is_advertising and digest.status == Digest.Status.SENDING
    assert desk.told(page)


def test_only_editors_mark_and_only_by_post(client, django_user_model):
    digest = make_digest()
    client.force_login(make_staff("viewer", "viewer"))
    desk = Desk(client, digest)
    assert desk.press("save", **{BOX: "on"}).status_code == 403
    client.force_login(make_editor())
    client.get(desk.address, {BOX: "on", "act": "save"})
    digest.refresh_from_db()
    assert not digest.is_advertising


def test_site_that_always_advertises_has_no_box_that_could_be_unticked(client, settings):
    settings.MAIL_ADVERTISING = True
    client.force_login(make_editor())
    desk = Desk(client, make_digest())
    page = desk.look()
    assert BOX not in desk.shown(page) and "MAIL_ADVERTISING" in page.content.decode()
    desk.press("save", **{"head-note_en": "Hello."})
    assert not Digest.objects.get().is_advertising


def test_weekly_digest_takes_the_mark_over_from_its_days():
    make_week()
    Digest.objects.filter(day="2024-11-20").update(is_advertising=True)
    digest = build_weekly(DAY.replace(day=25)).digest
    digest.refresh_from_db()
    assert digest.is_advertising


# ---- what is not marked


@pytest.mark.parametrize(
    "words",
    [
        "이번 호는 딥랩의 후원으로 만들었습니다.",
        "독자 전용 할인 쿠폰을 드립니다",
        "AI 강의 수강생 모집 중",
        "Today's issue is sponsored by Deep Lab.",
        "Get 20 % off with the promo code PAPERS",
        "Register now for the early bird price",
    ],
)
def test_words_like_advertising_are_a_doubt_and_no_obstacle_where_nothing_is_marked(words):
    digest = make_digest(editor_notes={"ko": f"안녕하세요.\n{words}"})
    assert found_in(words)
    (check,) = [each for each in examine(digest, snapshot(digest)) if each.name == "advertising"]
    assert check.state is State.LOOK and found_in(words) in check.text
    digest.is_advertising = True
    (check,) = [each for each in examine(digest, snapshot(digest)) if each.name == "advertising"]
    assert check.state is State.GOOD


def test_a_subject_and_a_correction_are_looked_at_too():
    digest = make_digest(subjects={"en": "Brought to you by Deep Lab"})
    assert "advertising" in [each.name for each in examine(digest, snapshot(digest))]
    correction = Correction(digest=digest, text_ko="고쳤습니다", text_en="Sponsored: buy now")
    checks = judge(correction_content(correction), Facts({}, None, ()))
    assert "advertising" in [each.name for each in checks]


@pytest.mark.parametrize(
    "words",
    ["", "오늘은 언어 모델 논문이 많습니다.", "A discounted return is not defined", "We made 5% of errors", "Signs up"],
)
def test_words_about_papers_are_no_doubt(words):
    digest = make_digest(editor_notes={"ko": words} if words else {})
    assert "advertising" not in [each.name for each in examine(digest, snapshot(digest))]


NOTES = json.loads((Path(__file__).parent / "data" / "notes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("notes", "least"), [("written first", 28), ("written afterwards", 13)])
def test_so_many_of_made_up_notes_that_advertise_are_found(notes, least):
    """Of 40 and 24. A list of words alone found 14 and 1; what it is not about, such as a thank-you to a firm, it does not see."""
    found = [note for note in NOTES[notes]["advertising"] if found_in(note)]
    assert len(found) >= least


@pytest.mark.parametrize(("notes", "most"), [("written first", 6), ("written afterwards", 0)])
def test_ordinary_notes_are_seldom_a_doubt_prices_and_hiring_in_papers_never(notes, most):
    """Of 40 and 24, the first of them chosen to be mistaken: six are about advertising, discounting and buying."""
    doubted = [note for note in NOTES[notes]["ordinary"] if found_in(note)]
    assert len(doubted) <= most
    assert all(LIKE_ADVERTISING.search(note) for note in doubted), "none of them by its prices"


# ---- where readers see the mark


def test_the_web_page_feeds_and_files_show_the_mark_as_mails_do(client):
    digest = make_approved(is_advertising=True)
    for language in ("ko", "en"):
        page = client.get("/2024-11-22/", headers={"accept-language": language}).content.decode()
        assert "<title>(광고) " in page and 'og:title" content="(광고) ' in page
        assert '<strong class="sample" lang="ko">(광고)</strong>' in page
        assert "(광고)" in client.get("/", headers={"accept-language": language}).content.decode()
        atom = client.get(f"/feed/?language={language}").content.decode()
        assert "<title>(광고) " in atom and "(광고)&lt;/strong&gt;" in atom
        assert client.get(f"/feed/llm/?language={language}").content.decode().count("<title>(광고) ") == 1
        assert client.get(f"/feed.json?language={language}").json()["items"][0]["title"].startswith("(광고) ")
        markdown = client.get(f"/2024-11-22/digest.md?language={language}").content.decode()
        assert markdown.startswith("# Daily Artificial Intelligence Insights : Papers (광고)\n")
        assert "<h1>2024-11-22 (광고)</h1>" in to_html(digest.approved_content, language)


def test_an_ordinary_digest_shows_no_mark(client):
    make_approved()
    for path in ("/", "/2024-11-22/", "/feed/", "/feed.json", "/2024-11-22/digest.md"):
        assert "광고" not in client.get(path).content.decode()


# ---- where a digest is listed


@pytest.fixture
def listed():
    """A digest that advertises between two that do not, and a weekly one that took the mark over."""
    days = make_week()
    Digest.objects.filter(pk=days[1].pk).update(is_advertising=True)
    for digest in days[1:2]:
        digest.refresh_from_db()
        Digest.objects.filter(pk=digest.pk).update(
            approved_content=digest.approved_content | {"is_advertising": True}, content_hash="f" * 64
        )
    make_approved_weekly()
    catalogue_missing()
    digest = Digest.objects.get(pk=days[1].pk)
    paper = Paper.objects.get(arxiv_id=digest.approved_content["sections"][0]["papers"][0]["id"])
    Correction.objects.create(
        digest=digest, paper=paper, text_en="We were wrong", status="published", published_at=timezone.now(), made_by=digest.approved_by
    )  # fmt: skip
    return digest


def marked(client, path, line):
    """What stands in those lines of a page that have the mark, beginning with the first link's address."""
    page = page_of(client, path)[1]
    return [hrefs(each, "a")[0] for each in page.css(line) if MARK in words(each)]


def test_every_list_of_digests_has_the_mark_at_the_one_that_advertises(client, listed):
    address, weekly = f"/{listed.day}/", "/weekly/2024-11-25/"
    assert marked(client, "/", ".older li") == [address]
    assert marked(client, f"/{listed.day:%Y-%m}/", ".older li") == [address]
    assert marked(client, "/", ".chips li") == marked(client, f"/{listed.day:%Y-%m}/", ".chips li") == [weekly]


def test_every_list_of_papers_has_the_mark_beside_the_day_that_advertises(client, listed):
    section = listed.approved_content["sections"][0]
    paper, where = section["papers"][0]["id"], f"/{listed.day}/"
    assert marked(client, f"/category/{section['slug']}/", ".day h2") == [f"{where}#{section['slug']}"]
    assert {link.partition("#")[0] for link in marked(client, f"/search/?date={listed.day}", ".listed .quiet")} == {
        where
    }
    assert marked(client, "/search/?q=wrong", ".corrections li") == [f"{where}#paper-{paper}"]
    assert f"{where}#paper-{paper}" in marked(client, f"/paper/{paper}/", ".facts dd")


def test_the_way_to_the_neighbours_tells_of_the_one_that_advertises(client, listed):
    days = {n: listed.day + dt.timedelta(days=n) for n in (-1, 1)}
    for day in days.values():
        page = page_of(client, f"/{day}/")[1]
        assert [hrefs(nav, "a:has(.sample)") for nav in page.css("nav.days")] == [[f"/{listed.day}/"]]


def test_feeds_have_the_mark_in_the_title(client, listed):
    titles = {item["url"]: item["title"] for item in client.get("/feed.json?language=en").json()["items"]}
    assert [url for url, title in titles.items() if title.startswith(MARK)] == [
        url for url in titles if f"/{listed.day}/" in url
    ]
