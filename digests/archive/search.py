"""Search the papers of all public digests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

from digests.archive.answering import for_readers
from digests.archive.corrections import corrections_with, papers_of
from digests.archive.fulltext import matching, titled
from digests.archive.own_words import without_frame
from digests.archive.public import catalogued_papers
from digests.archive.question import Wanted, marked, read_question, snippet
from digests.archive.words import Words
from digests.models import CataloguedPaper, Category, Digest, Paper
from digests.wording import language_in

PER_PAGE = 20
MOST_WEIGHED = 500
"""Of more answers than that, so many of the newest are weighed, and so many of the newest of those that have all the words in
their title, which are the best. Newest first shows all."""
LONGEST_QUESTION = 200


class SearchForm(forms.Form):
    """What may be asked. Everything is optional; what is there must make sense."""

    NEWEST = "newest"

    q = forms.CharField(
        label=gettext_lazy("Words"), required=False, max_length=LONGEST_QUESTION, widget=forms.TextInput,
        error_messages={"max_length": gettext_lazy("This is too long: ask with at most %(limit_value)d characters.")},
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"), required=False, queryset=Category.objects.none(), to_field_name="slug",
        error_messages={"invalid_choice": gettext_lazy("There is no such category.")},
    )  # fmt: skip
    since = forms.DateField(
        label=gettext_lazy("First day"), required=False,
        error_messages={"invalid": gettext_lazy("This is no day of the calendar. A day is written like 2024-11-22.")},
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Last day"), required=False,
        error_messages={"invalid": gettext_lazy("This is no day of the calendar. A day is written like 2024-11-22.")},
    )  # fmt: skip
    order = forms.ChoiceField(
        label=pgettext_lazy("of search results", "Order"), required=False,
        choices=[("", gettext_lazy("best first")), (NEWEST, gettext_lazy("newest first"))],
        error_messages={"invalid_choice": gettext_lazy("There is no such order.")},
    )  # fmt: skip

    def __init__(self, asked: QueryDict, categories: QuerySet[Category]) -> None:
        """`asked` is the address's query; `date` in it stands for that one day."""
        if day := asked.get("date"):
            asked = asked.copy()
            asked["since"] = asked["until"] = day
        super().__init__(asked)
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = categories


@for_readers
def search(request: HttpRequest) -> HttpResponse:
    """The papers with all the words asked for, 20 a page; the newest where only filters are given. What cannot be
    understood is answered by 400 and a sentence beside the field."""
    form = SearchForm(request.GET, Category.objects.all())
    context: Words = {"form": form, "categories": Category.objects.filter(is_active=True)}
    if not form.is_valid():
        return render(request, "web/search.html", context, status=400)
    question = read_question(form.cleaned_data["q"])
    if not question and not any(form.cleaned_data[name] for name in ("category", "since", "until")):
        context["has_no_words"] = bool(form.cleaned_data["q"])
        return render(request, "web/search.html", context)
    try:
        page = Paginator(_found(form.cleaned_data, question), PER_PAGE).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404(gettext("This search has no such page.")) from error
    context |= {"page": page, "results": results(list(page), question), "is_cut": _is_cut(form, page)}
    if question and page.number == 1:
        context["corrections"] = corrections_with(question, form.cleaned_data, get_language())
    return render(request, "web/search.html", context)


def _is_cut(form: SearchForm, page: Page[CataloguedPaper]) -> bool:
    return page.paginator.count >= MOST_WEIGHED and form.cleaned_data["order"] != SearchForm.NEWEST


def _found(asked: Mapping[str, Any], question: Sequence[Wanted]) -> QuerySet[CataloguedPaper]:
    """The papers, in the order asked for. Weekly digests say again what dailies said, and are left out."""
    papers = catalogued_papers().filter(kind=Digest.Kind.DAILY).defer("terms")
    filters = {
        "category": asked["category"].slug if asked["category"] else None,
        "day__gte": asked["since"],
        "day__lte": asked["until"],
    }
    papers = papers.filter(**{name: value for name, value in filters.items() if value})
    if not question:
        return papers
    if asked["order"] == SearchForm.NEWEST:
        return matching(papers, question).order_by("-day", "position")
    # Weighing every answer to a word that is everywhere would take seconds in a large archive.
    some = {pk for found in (titled, matching) for pk in _newest(found(papers, question))}
    return matching(papers.filter(pk__in=some), question)


def _newest(papers: QuerySet[CataloguedPaper]) -> QuerySet[CataloguedPaper, int]:
    return papers.order_by("-day", "position").values_list("pk", flat=True)[:MOST_WEIGHED]


def results(found: Sequence[CataloguedPaper], question: Sequence[Wanted]) -> list[Words]:
    """The papers with what was asked for marked in title and snippet."""
    language = get_language()
    records = Paper.objects.filter(arxiv_id__in=[each.arxiv_id for each in found], has_record=True, is_sample=False)
    abstracts = dict(records.values_list("arxiv_id", "abstract"))
    return [
        words
        | {
            "title_pieces": marked(each.paper["title"], question),
            "snippet": _snippet(each, abstracts.get(each.arxiv_id, ""), question, language),
        }
        for each, words in zip(found, papers_of(found, language), strict=True)
    ]


def _snippet(found: CataloguedPaper, abstract: str, question: Sequence[Wanted], language: str) -> Words | None:
    """The words of the page's language that have what was asked for, else the other language's, else the abstract's."""
    ours, others = (
        _texts(found.said.get(language)),
        [text for other, said in found.said.items() if other != language for text in _texts(said)],
    )
    for texts in (ours, others, [abstract] if abstract else []):
        pieces = snippet(texts, question)
        if any(piece.is_hit for piece in pieces):
            return {"pieces": pieces, "lang": language_in("".join(piece.text for piece in pieces), language)}
    pieces = snippet(ours[:1] or others[:1], question)
    return {"pieces": pieces, "lang": language_in("".join(p.text for p in pieces), language)} if pieces else None


def _texts(said: Mapping[str, Any] | None) -> list[str]:
    if not said:
        return []
    texts = [said["line"], *(text for texts in said["parts"].values() for text in texts)]
    return [told for text in texts if (told := without_frame(text))]
