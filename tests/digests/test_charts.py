"""Charts of drafts: never of other numbers than the content's, drawn by the crew, and never while a row is held."""

import pytest

from digests import charts
from digests.approve import approve
from digests.chart import Picture
from digests.content import hash_of, snapshot
from digests.models import Chart, Digest, Entry
from digests.tasks import draw
from tests.digests.desk.conftest import Desk
from tests.factories import make_approved, make_digest, make_editor, make_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def pencil(monkeypatch):
    """Draws a picture of the numbers in letters; `meanwhile` happens while it draws."""

    def drawn(content, language):
        pencil.meanwhile()
        shares = ",".join(f"{row['slug']}={row['papers']}" for row in content["distribution"])
        return Picture(f"{language} {shares}".encode(), 552, 148)

    def pencil():
        """Its handle."""

    pencil.meanwhile = lambda: None
    monkeypatch.setattr("digests.charts.draw_chart", drawn)
    return pencil


@pytest.fixture
def called(monkeypatch):
    """What the crew is called for."""
    calls = []
    monkeypatch.setattr("digests.charts.wake", lambda task, *ids: calls.append((task, *ids)))
    return calls


def shown(digest):
    return {chart.language: bytes(chart.png).decode() for chart in Chart.objects.filter(digest=digest)}


def test_moving_a_paper_takes_the_charts_away_and_calls_the_crew_when_it_is_saved(
    client, pencil, called, django_capture_on_commit_callbacks
):
    client.force_login(make_editor())
    desk = Desk(client, make_digest())
    charts.draw_charts(desk.digest)
    assert shown(desk.digest) == {"ko": "ko llm=1,computer-vision=1", "en": "en llm=1,computer-vision=1"}
    entry = Entry.objects.first()
    pencil.meanwhile = lambda: pytest.fail("nothing is drawn while the digest's row is held")
    with django_capture_on_commit_callbacks(execute=True):
        page = desk.press(f"move-{entry.pk}", **{f"category-{entry.pk}": "computer-vision"})
    assert called == [(charts.TASK, desk.digest.pk)]
    assert snapshot(desk.digest)["charts"] == {} and not page.context["chart_failed"]
    pencil.meanwhile = lambda: None
    draw(desk.digest.pk)
    assert shown(desk.digest)["ko"] == "ko computer-vision=2"


def test_changing_words_keeps_the_charts(client, pencil, called):
    client.force_login(make_editor())
    desk = Desk(client, make_digest())
    charts.draw_charts(desk.digest)
    before = shown(desk.digest)
    desk.press("save", **{"head-note_ko": "안내"})
    assert Digest.objects.get().revision == 1 and shown(desk.digest) == before


def test_a_picture_that_comes_too_late_for_its_numbers_is_thrown_away(pencil):
    digest = make_digest()
    pencil.meanwhile = lambda: Entry.objects.filter(section__category__slug="llm").delete()
    charts.draw_charts(digest)
    assert shown(digest) == {}
    pencil.meanwhile = lambda: None
    charts.draw_charts(digest)
    assert shown(digest)["en"] == "en computer-vision=1,llm=0"


def test_a_picture_that_comes_after_the_approval_does_not_touch_what_was_approved(pencil):
    digest, editor = make_digest(), make_editor()
    pencil.meanwhile = lambda: approve(digest, editor, hash_of(snapshot(digest)))
    charts.draw_charts(digest)
    digest.refresh_from_db()
    assert digest.status == Digest.Status.APPROVED and shown(digest) == {}
    assert digest.approved_content["charts"] == {} and digest.content_hash == hash_of(digest.approved_content)


def test_the_hash_that_is_approved_covers_the_chart_that_is_sent(pencil):
    digest = make_digest()
    without = hash_of(snapshot(digest))
    charts.draw_charts(digest)
    content = snapshot(digest)
    assert hash_of(content) != without
    assert {told["sha256"] for told in content["charts"].values()} == set(
        Chart.objects.values_list("sha256", flat=True)
    )


def test_the_clock_draws_what_nobody_came_to_draw(pencil):
    digest = make_digest()
    approved = make_approved(day=digest.day.replace(day=25))
    charts.draw_missing()
    assert set(shown(digest)) == {"ko", "en"} and shown(approved) == {}
    pencil.meanwhile = lambda: pytest.fail("what is there is not drawn again")
    charts.draw_missing()
    draw(digest.pk)
    draw(999_999)


def test_a_chart_that_cannot_be_drawn_is_noted_once_and_tried_again_with_the_next_change(client, pencil, called):
    def breaks():
        raise OSError("no font")

    pencil.meanwhile = breaks
    client.force_login(make_editor())
    desk = Desk(client, make_digest())
    for _turn in range(2):
        charts.draw_missing()
    assert Digest.objects.get().notes == ["chart (ko): no font", "chart (en): no font"]
    assert desk.look().context["chart_failed"]
    desk.press("add", new_paper=make_paper("llm").arxiv_id)
    assert Digest.objects.get().notes == []
    pencil.meanwhile = lambda: None
    charts.draw_missing()
    assert set(shown(desk.digest)) == {"ko", "en"}
