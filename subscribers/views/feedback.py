"""The page of a digest's papers where a reader may say something of each."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from digests.content import Content
from digests.models import Digest
from digests.wording import category_name, when_words
from subscribers import feedback, links
from subscribers.forms import FeedbackForm
from subscribers.models import Feedback, Subscriber
from subscribers.views.pages import bad_link, page_methods, private, reader_of, speak

TAKE_BACK = "none"


@private
@page_methods
def opinion(request: HttpRequest, token: str, kind: str, day: str) -> HttpResponse:
    """The papers as they were sent to this reader, with three buttons each. POST keeps one press."""
    reader = reader_of(links.PREFERENCES, token)
    had = feedback.sections_of(reader, kind, date) if reader and (date := _day(day)) else None
    if reader is None or had is None:
        return bad_link(request)
    speak(request, reader)
    digest, sections = had
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    kept = form.is_bound and form.is_valid() and _keep(reader, digest, sections, form)
    said = feedback.said_by(reader, sections)
    context = {
        "long_date": when_words(digest.day, digest.kind),
        "sections": [_words(section, reader.language, said) for section in sections],
        "kept": kept,
        "refused": form.is_bound and not kept,
        "error": Feedback.Kind.ERROR.value,
    }
    return render(request, "web/feedback.html", context)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _keep(reader: Subscriber, digest: Digest, sections: list[Content], form: FeedbackForm) -> bool:
    said = form.cleaned_data
    if said["kind"] == TAKE_BACK:
        feedback.take_back(reader, said["paper"])
        return True
    return feedback.say(reader, digest, sections, said["paper"], said["kind"], said["text"])


def _words(section: Content, language: str, said: dict[str, set[str]]) -> Content:
    papers = [
        {"id": paper["id"], "title": paper["title"], "url": paper["url"], "said": said.get(paper["id"], set())}
        for paper in section["papers"]
    ]
    return {
        "slug": section["slug"],
        "emoji": section["emoji"],
        "name": category_name(section, language),
        "papers": papers,
    }
