"""What an editor sees over time."""

import csv
import datetime as dt
import io
import itertools

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from digests.collecting.days import today
from digests.models import Category, DayReport, Digest, Paper
from subscribers.models import DigestCount, Feedback, ReaderCount
from subscribers.statistics.plots import Plot, Series, barred, drawn, steps
from subscribers.statistics.series import plots_of
from tests.factories import make_approved, make_reader, make_staff

pytestmark = pytest.mark.django_db
PAGE = "/admin/statistics/"
DAYS = [dt.date(2024, 11, 20) + dt.timedelta(days=n) for n in range(4)]


# ---- geometry


@pytest.mark.parametrize(
    ("most", "whole", "found"),
    [
        (0, True, [0, 1]),
        (1, True, [0, 1]),
        (4, True, [0, 1, 2, 3, 4]),
        (40, True, [0, 10, 20, 30, 40]),
        (1_234_567, True, [0, 500_000, 1_000_000, 1_500_000]),
        (0.019, False, [0, 0.005, 0.01, 0.015, 0.02]),
    ],
)
def test_axis_has_few_round_numbers_from_zero_to_the_most(most, whole, found):
    assert steps(most, whole) == pytest.approx(found)


def test_higher_values_stand_higher_and_a_missing_day_breaks_the_line():
    drawing = drawn(Plot("x", "X", "", DAYS, [Series("a", [1, 4, None, 2])]))
    [curve] = drawing.curves
    assert curve.d.count("M") == 2 and curve.d.count("L") == 1
    heights = [float(part.split()[1]) for part in curve.d.replace("L", "M").split("M")[1:]]
    assert heights[1] < heights[2] < heights[0]
    assert curve.dots == [(curve.dots[0][0], heights[2])], "the end has a dot"


def test_columns_stand_on_the_floor_and_say_their_number():
    drawing = drawn(Plot("x", "X", "", DAYS, [Series("papers", [1234, None, 0, 5], is_columns=True)]))
    columns = drawing.curves[0].columns
    assert len(columns) == 3
    assert {column.y + column.height for column in columns} == {drawing.rows[0].at}
    assert "1,234" in columns[0].says


def test_stacked_columns_stand_on_each_other_and_the_axis_reaches_their_sum():
    low, high = Series("low", [3, 0, None, 1], is_columns=True), Series("high", [5, 2, 4, 1], is_columns=True)
    drawing = drawn(Plot("x", "X", "", DAYS, [low, high], is_stacked=True))
    below, above = (curve.columns[0] for curve in drawing.curves)
    assert above.y + above.height == pytest.approx(below.y, abs=0.2)
    assert drawing.rows[-1].label == "8"
    side_by_side = drawn(Plot("x", "X", "", DAYS, [low, high]))
    assert {column.y + column.height for curve in side_by_side.curves for column in curve.columns} == {
        drawing.rows[0].at
    }


def test_names_at_the_ends_do_not_stand_on_each_other():
    same = [Series(name, [5, 5, 5, 5]) for name in "abcd"]
    drawing = drawn(Plot("x", "X", "", DAYS, [*same, Series("low", [0, 0, 0, 0])]))
    places = sorted(curve.label_y for curve in drawing.curves)
    assert all(later - earlier >= 15 for earlier, later in itertools.pairwise(places))


def test_a_line_ends_with_its_last_value_and_long_names_get_more_room():
    short, long = (
        drawn(Plot("x", "X", "", DAYS, [Series(name, [1, 1234, None, None])])) for name in ("a", "구독 " * 6)
    )
    assert short.curves[0].last == "1,234"
    assert long.right < short.right <= short.width - 50


def test_longest_bar_is_the_most():
    height, bars = barred(Plot("x", "X", "", bars=[("a", 10, None), ("b", 5, 4)]))
    assert bars[0].width == 2 * bars[1].width and bars[1].y > bars[0].y and height > bars[1].y


# ---- what is shown


def count_readers(day: dt.date, **values: int) -> None:
    for name, many in values.items():
        facet, _dash, value = name.partition("__")
        slug = value.replace("_", "-")
        ReaderCount.objects.create(day=day, facet=facet, value=slug, count=many, counted_at=timezone.now())


def a_month() -> Digest:
    """Counts of yesterday and today, a sent digest, a report of its lists."""
    yesterday = today() - dt.timedelta(days=1)
    count_readers(yesterday, status__active=90, category__llm=50, language__ko=60)
    count_readers(today(), status__active=100, status__pending=7, category__llm=70, flow__joined=12, flow__left=2)
    digest = make_approved(day=yesterday)
    spent = {"asked": 3, "tokens_in": 12000, "tokens_out": 3000, "usd": "0.0123"}
    Digest.objects.filter(pk=digest.pk).update(status="sent", spent=spent)
    for what, many in {"delivered": 80, "sent": 5, "bounced": 4, "complained": 1, "left": 2, "unknown": 3}.items():
        DigestCount.objects.create(digest=digest, what=what, count=many, counted_at=timezone.now())
    paper = Paper.objects.first()
    for number, kind in enumerate(("more", "more", "less")):
        told = {"digest": digest, "paper": paper, "kind": kind, "category": "llm", "said_at": timezone.now()}
        Feedback.objects.create(subscriber=make_reader(f"said{number}@example.org"), **told)
    sources = {"huggingface": {"listed": 31, "median": 28.0}}
    DayReport.objects.create(day=yesterday, list_day=yesterday, state="fresh", sources=sources)
    return digest


def last_values(key: str) -> dict[str, float | None]:
    plot = next(plot for plot in plots_of(30) if plot.key == key)
    return {series.name: next((v for v in reversed(series.values) if v is not None), None) for series in plot.series}


def test_plots_show_what_was_counted():
    a_month()
    with translation.override("en"):
        assert last_values("readers") == {"active readers": 100}
        assert last_values("flow") == {"joined": 12, "left": 2}
        assert last_values("deliveries") == {"readers": 85}
        trouble = {"bounced": 4, "complained": 1, "unsubscribed by report": 2, "failed or unknown": 3}
        assert last_values("trouble") == trouble
        assert last_values("feedback") == {"more like this": 2, "less like this": 1, "an error": 0}
        assert last_values("cost") == {"US dollars": 0.0123}
        assert last_values("source-huggingface") == {"listed": 31, "usual": 28.0}
        [categories] = [plot for plot in plots_of(30) if plot.key == "categories"]
        assert categories.bars == [(str(Category.objects.get(slug="llm")), 70, 50)]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_page_has_plots_with_their_numbers_beside_them(client, language):
    a_month()
    client.force_login(make_staff("kim", "editor"))
    page = client.get(PAGE, headers={"accept-language": language}).content.decode()
    assert page.count("<svg viewBox") >= 8 and page.count("<details><summary>") >= 8
    assert "<td>100</td>" in page and "<td>0.0123</td>" in page
    assert " style=" not in page.split('<div class="stats">')[1], "the policy of our pages forbids it"


def test_what_is_usual_is_drawn_through_days_without_and_other_lines_are_not():
    days = [dt.date(2024, 11, n) for n in (20, 21, 22)]
    usual, counted = Series("usual", [3, None, 4], is_usual=True), Series("listed", [3, None, 4])
    lines = [curve.d for curve in drawn(Plot("key", "title", "", days, [usual, counted])).curves]
    assert [line.count("M") for line in lines] == [1, 2]


def test_page_without_anything_to_show_says_what_to_do(client):
    client.force_login(make_staff("kim", "editor"))
    page = client.get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert "<svg viewBox" not in page
    for hint in ("beat and a worker", "editor approves", "about a paper", "OPENAI_API_KEY", "build_digest"):
        assert hint in page


def test_numbers_come_as_csv_that_no_spreadsheet_runs(client):
    a_month()
    Category.objects.filter(slug="llm").update(name_ko="=1+1", name_en="=1+1", emoji="")
    client.force_login(make_staff("kim", "editor"))
    answer = client.get(reverse("statistics-csv", args=["readers"]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Disposition"] == 'attachment; filename="readers.csv"'
    assert rows[1] == [today().isoformat(), "100"] and len(rows) == 3
    told = client.get(reverse("statistics-csv", args=["categories"])).content.decode("utf-8-sig")
    assert "=1+1" in told and not any(cell.startswith("=") for row in csv.reader(io.StringIO(told)) for cell in row)
    assert client.get(reverse("statistics-csv", args=["nothing"])).status_code == 404


def test_viewers_who_see_no_reader_see_no_statistics(client):
    client.force_login(make_staff("kim", "viewer"))
    assert client.get(PAGE).status_code == client.get(PAGE + "readers.csv").status_code == 403
    client.logout()
    assert client.get(PAGE).status_code == 302


def test_page_asks_the_database_as_often_for_a_year_as_for_a_month(client, django_assert_max_num_queries):
    a_month()
    client.force_login(make_staff("kim", "editor"))
    client.get(PAGE)
    with django_assert_max_num_queries(25):
        assert client.get(PAGE, {"days": 365}).status_code == 200
    assert client.get(PAGE, {"days": "7 OR 1=1"}).context["days"] == 30


def test_admins_list_leads_there(client):
    client.force_login(make_staff("kim", "editor"))
    assert client.get(reverse("admin:subscribers_readercount_changelist")).url == PAGE
