"""The picture that other sites show beside a link to a digest (Open Graph). Drawing it is the clock's work: matplotlib is
60 MB that the web never needs."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import logging

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils import translation
from django.utils.translation import gettext, ngettext

from digests.advertising import mark_of
from digests.chart import DPI, FAINT, GROUND, INK, TEXT, fitted, font
from digests.colours import colour_of
from digests.content import Content, shown
from digests.models import Card, Digest
from digests.wording import category_name, when_words

logger = logging.getLogger(__name__)
MARGIN, RIGHT = 72, Card.WIDTH - 72
ROWS, FIRST_ROW, ROW = 5, 322, 54  # bars shown, and where they stand, in pixels
BARS = 540  # where bars begin
AT_ONCE = 4  # digests in one go of the clock


def draw_missing_cards(most: int = AT_ONCE) -> int:
    """Draw the cards of public digests that have none of their words as they stand, latest first. How many digests were
    done. One that cannot be drawn is logged, and its pages then show the chart."""
    current = Count("cards", filter=Q(cards__content_hash=F("content_hash")))
    public = Digest.objects.filter(kind__in=Digest.WITH_PAPERS, status__in=Digest.PUBLIC).annotate(drawn=current)
    due = list(public.filter(drawn__lt=len(settings.DIGEST_LANGUAGES)).order_by("-day")[:most])
    return sum(_draw(digest) for digest in due)


def _draw(digest: Digest) -> bool:
    for language in settings.DIGEST_LANGUAGES:
        try:
            png = draw_card(shown(digest), language)
        except (OSError, ValueError, RuntimeError):
            logger.exception("The card of %s could not be drawn", digest)
            return False
        made = {"content_hash": digest.content_hash, "png": png, "sha256": hashlib.sha256(png).hexdigest()}
        Card.objects.update_or_create(digest=digest, language=language, defaults=made)
    return True


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
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


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
