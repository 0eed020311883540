"""The picture that other sites show beside a link to a digest (Open Graph). Drawing it is the clock's work: matplotlib is
60 MB that the web never needs."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from digests.advertising import mark_of
from digests.chart import DPI, FAINT, GROUND, INK, TEXT, fitted, font, png_of
from digests.colours import colour_of
from digests.content import Content, shown
from digests.models import Card, CataloguedDigest, Digest
from digests.wording import category_name, when_words

logger = logging.getLogger(__name__)
MARGIN, RIGHT = 72, Card.WIDTH - 72
ROWS, FIRST_ROW, ROW = 5, 322, 54  # bars shown, and where they stand, in pixels
BARS = 540  # where bars begin
AT_ONCE = 4  # digests in one go of the clock
MOST_TRIES = 10
"""Each waits twice as long as the one before: the last comes after some seventeen hours."""


def draw_missing_cards(most: int = AT_ONCE) -> int:
    """Draw the cards of catalogued digests that have none of their words as they stand, latest first. How many digests were
    done. One that cannot be drawn is tried again later and later, and given up in the end: its pages show the chart, and
    the doctor tells of it (`given_up`)."""
    current = Count("cards", filter=Q(cards__content_hash=F("content_hash")))
    public = Digest.objects.filter(kind__in=Digest.WITH_PAPERS, status__in=Digest.PUBLIC).annotate(drawn=current)
    is_due = Q(catalogued__card_due_at=None) | Q(catalogued__card_due_at__lte=timezone.now())
    wanted = public.filter(is_due, drawn__lt=len(settings.DIGEST_LANGUAGES), catalogued__card_failures__lt=MOST_TRIES)
    return sum(_try_to_draw(digest) for digest in list(wanted.order_by("-day")[:most]))


def given_up() -> QuerySet[CataloguedDigest]:
    """The digests whose cards are not tried again before their words change or they are catalogued anew, latest first."""
    return CataloguedDigest.objects.filter(card_failures__gte=MOST_TRIES).order_by("-day")


def _try_to_draw(digest: Digest) -> bool:
    mine = CataloguedDigest.objects.filter(pk=digest.pk)
    try:
        _draw(digest)
    except Exception as error:
        failures = digest.catalogued.card_failures + 1
        logger.warning("The card of %s could not be drawn (try %d of %d)", digest, failures, MOST_TRIES, exc_info=True)
        mine.update(
            card_failures=failures,
            card_due_at=timezone.now() + dt.timedelta(minutes=2 ** (failures - 1)),
            card_error=f"{type(error).__name__}: {error}"[:200],
        )
        return False
    mine.update(card_failures=0, card_due_at=None, card_error="")
    return True


def _draw(digest: Digest) -> None:
    for language in settings.DIGEST_LANGUAGES:
        png = draw_card(shown(digest), language)
        made = {"content_hash": digest.content_hash, "png": png, "sha256": hashlib.sha256(png).hexdigest()}
        Card.objects.update_or_create(digest=digest, language=language, defaults=made)


def draw_card(content: Content, language: str) -> bytes:
    """PNG of a digest's day, its number of papers and its largest categories. The same content gives the same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    figure = Figure(figsize=(Card.WIDTH / DPI, Card.HEIGHT / DPI), dpi=DPI, facecolor=GROUND)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, Card.WIDTH), ylim=(Card.HEIGHT, 0))
    axes.set_axis_off()

    def write(x: float, y: float, text: str, size: int, colour: str = INK, room: int = RIGHT - MARGIN) -> None:
        drawn = fitted(text, room * TEXT // size)
        axes.text(x, y, drawn, fontproperties=font(size), color=colour, va="center", parse_math=False)

    headline, counts = _words(content, language)
    write(MARGIN, 84, settings.SITE_NAME, 34, FAINT)
    write(MARGIN, 166, headline, 60)
    write(MARGIN, 240, counts, 36, FAINT)
    shares = content["distribution"][:ROWS]
    widest = max((share["papers"] for share in shares), default=1)
    for row, share in enumerate(shares):
        y = FIRST_ROW + row * ROW
        length = (RIGHT - BARS - 70) * share["papers"] / widest
        write(MARGIN, y, category_name(share, language), 30, room=BARS - MARGIN - 24)
        axes.add_patch(Rectangle((BARS, y - 15), length, 30, color=colour_of(share["slug"]), linewidth=0))
        write(BARS + length + 16, y, str(share["papers"]), 30)
    return png_of(figure)


def _words(content: Content, language: str) -> tuple[str, str]:
    """The day, and how much there is."""
    papers = sum(share["papers"] for share in content["distribution"])
    categories = len(content["distribution"])
    with translation.override(language):
        counts = ngettext("%d paper", "%d papers", papers) % papers
        counts += ", " + ngettext("%d category", "%d categories", categories) % categories
        marks = [mark_of(content), f"[{gettext('SAMPLE')}]" if content["is_sample"] else ""]
        mark = "".join(f"{each} " for each in marks if each)
        return mark + when_words(dt.date.fromisoformat(content["day"]), content["kind"]), counts
