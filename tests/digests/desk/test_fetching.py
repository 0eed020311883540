"""Papers that have to be fetched first: the page answers at once, the crew asks arXiv and adds."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from digests.approve import approve
from digests.content import hash_of, snapshot
from digests.desk import fetching
from digests.models import Addition, Digest, Paper, Summary
from digests.tasks import fetch
from newsletter.models import AuditLine
from tests.factories import make_editor, make_paper, make_staff
from tests.fakes import FakePaper

pytestmark = pytest.mark.django_db
POEMS = FakePaper("2411.19999", "A large language model that writes poems")


@pytest.fixture
def wish(desk, sources):
    """An editor's wish for a paper that only arXiv knows."""
    sources.add(POEMS, daily=False)
    desk.page = desk.press("add", new_paper="arXiv:2411.19999v1")
    return Addition.objects.get()


def titles_in(digest):
    return list(Paper.objects.filter(entries__section__digest=digest).values_list("title", flat=True))


def test_the_page_answers_without_asking_arxiv_and_says_what_is_under_way(desk, wish, sources):
    assert sources.asked("arxiv") == [] and desk.digest.revision == Digest.objects.get().revision
    assert desk.page.redirect_chain[-1][0].endswith("#add")
    assert "2411.19999" in desk.told(desk.page) and wish.get_status_display() in desk.page.content.decode()
    waiting = reverse("admin:digests_digest_waiting", args=[desk.digest.pk])
    assert desk.client.get(waiting).json() == {"waiting": 1}
    fetch(wish.pk)
    assert desk.client.get(waiting).json() == {"waiting": 0}


def test_words_are_saved_together_with_the_wish(desk, sources):
    summary = Summary.objects.filter(language="en").first()
    desk.press("add", new_paper="2411.19999", **{f"s{summary.pk}-impact-0": "A better sentence."})
    summary.refresh_from_db()
    assert summary.parts["impact"][0]["text"] == "A better sentence." and Addition.objects.count() == 1


def test_the_crew_fetches_sorts_and_adds_it_in_the_editors_name(desk, wish):
    fetch(wish.pk)
    wish.refresh_from_db()
    paper = Paper.objects.get(arxiv_id="2411.19999")
    assert paper.has_record and paper.category and POEMS.title in titles_in(desk.digest)
    assert (wish.status, wish.note, wish.lease_until) == ("done", POEMS.title, None)
    line = AuditLine.objects.get(facts__what="added")
    assert (line.who, line.facts["revision"]) == ("editor", 1) and "12%" in str(snapshot(desk.digest))


def test_running_twice_or_late_adds_it_once(desk, wish, sources):
    fetch(wish.pk)
    asked = len(sources.asked("arxiv"))
    fetch(wish.pk)
    fetching.fetch_waiting()
    assert len(sources.asked("arxiv")) == asked and Digest.objects.get().revision == 1
    assert titles_in(desk.digest).count(POEMS.title) == 1


def test_what_a_lost_task_left_is_done_by_the_clock(desk, wish):
    fetching.fetch_waiting()
    assert POEMS.title in titles_in(desk.digest)


def test_a_worker_that_is_at_it_is_left_alone_and_a_lost_one_replaced(desk, wish):
    now = timezone.now()
    Addition.objects.update(lease_until=now + dt.timedelta(minutes=1), tries=1)
    fetching.fetch_waiting(now)
    assert POEMS.title not in titles_in(desk.digest)
    fetching.fetch_waiting(now + dt.timedelta(minutes=2))
    assert POEMS.title in titles_in(desk.digest)


def test_what_broke_off_several_times_is_given_up_with_a_sentence(desk, wish, sources):
    Addition.objects.update(tries=fetching.MOST_TRIES)
    fetching.fetch_waiting()
    wish.refresh_from_db()
    assert wish.status == "failed" and wish.note and sources.asked("arxiv") == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_paper_that_arxiv_does_not_know_is_told_in_the_editors_language(desk, sources, language):
    desk.press("add", new_paper="2411.19998")
    fetch(Addition.objects.get().pk)
    page = desk.client.get(desk.address, headers={"accept-language": language}).content.decode()
    said = {"ko": "2411.19998", "en": "arXiv knows no paper 2411.19998."}[language]
    assert said in page and ("knows no paper" in page) == (language == "en")
    assert not Paper.objects.filter(arxiv_id="2411.19998").exists()
    assert Digest.objects.get().revision == 0


@pytest.mark.parametrize("language", ["ko", "en"])
def test_while_arxiv_is_away_the_page_says_so_and_what_to_do(desk, sources, language):
    sources.break_all()
    desk.press("add", new_paper="2411.19999")
    fetch(Addition.objects.get().pk)
    page = desk.client.get(desk.address, headers={"accept-language": language}).content.decode()
    assert {"ko": "다시", "en": "Try again in some minutes."}[language] in page
    assert "could not be" not in page or language == "en"


def test_after_a_failure_it_can_be_asked_for_again(desk, sources):
    desk.press("add", new_paper="2411.19999")
    fetch(Addition.objects.get().pk)
    sources.add(POEMS, daily=False)
    desk.press("add", new_paper="2411.19999")
    fetch(Addition.objects.get(status="waiting").pk)
    assert POEMS.title in titles_in(desk.digest)


def test_asking_for_the_same_twice_is_refused_while_it_is_fetched(desk, wish):
    page = desk.press("add", new_paper="2411.19999")
    assert page.status_code == 200 and Addition.objects.count() == 1 and "2411.19999" in desk.told(page)


def test_a_paper_that_a_digest_took_meanwhile_is_not_added_twice(desk, wish):
    paper = make_paper("llm", arxiv_id="2411.19999")
    desk.press("add", new_paper=paper.arxiv_id)
    fetch(wish.pk)
    wish.refresh_from_db()
    assert wish.status == "failed" and titles_in(desk.digest).count(paper.title) == 1


def test_an_approval_given_meanwhile_stands_and_the_wish_says_why_it_failed(desk, wish):
    assert approve(desk.digest, make_editor("kim"), hash_of(snapshot(desk.digest)))
    fetch(wish.pk)
    wish.refresh_from_db()
    assert Digest.objects.get().status == Digest.Status.APPROVED and "approved" in wish.note
    assert POEMS.title not in titles_in(desk.digest)


def test_asking_for_a_paper_takes_an_earlier_approval_back(desk, sources):
    assert approve(desk.digest, make_editor("kim"), hash_of(snapshot(desk.digest)))
    desk.press("add", new_paper="2411.19999")
    assert Digest.objects.get().status == Digest.Status.DRAFT


def test_only_who_may_see_digests_learns_what_is_under_way(client, desk):
    client.force_login(make_staff("nobody"))
    assert client.get(reverse("admin:digests_digest_waiting", args=[desk.digest.pk])).status_code == 403
