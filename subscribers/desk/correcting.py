"""The pages on which a correction is written, looked at, published, and mailed to those who had the digest."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import AbstractUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from digests.approve import RIGHT, NoRight, NotApproved
from digests.content import correction_content, hash_of
from digests.correct import CORRECTABLE, approvers, checks_of, hash_seen, mail_it, publish
from digests.desk.deciding import noted_words
from digests.models import Correction, Digest, Paper
from newsletter.waking import wake
from subscribers.delivery.receipt import receipt
from subscribers.desk.correction_preview import WRITE, audience_of, looked_at, may_look, said_of


class CorrectionForm(forms.ModelForm):
    """The words in every language of the digest, and the paper they are about."""

    class Meta:
        model = Correction
        fields = ["text_ko", "text_en", "paper"]
        widgets = {name: forms.Textarea(attrs={"rows": 4, "lang": name[-2:]}) for name in ("text_ko", "text_en")}
        help_texts = {"paper": gettext_lazy("If it is about one.")}

    def __init__(self, *args: Any, digest: Digest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = Paper.objects.filter(entries__section__digest=digest).order_by("title").distinct()
        cast("forms.ModelChoiceField[Paper]", self.fields["paper"]).queryset = papers
        for language, _name in settings.LANGUAGES:
            if language in settings.DIGEST_LANGUAGES:
                self.fields[f"text_{language}"].required = True
            else:
                del self.fields[f"text_{language}"]


@never_cache
def writing(request: HttpRequest, digest_id: int) -> HttpResponse:
    """Write a correction of a digest that readers have."""
    digest = get_object_or_404(
        Digest.objects.filter(kind__in=Digest.WITH_PAPERS, status__in=CORRECTABLE).defer("approved_content"),
        pk=digest_id,
    )
    return _written(request, Correction(digest=digest, made_by=cast(User, request.user)))


@never_cache
def rewriting(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Change the words of a correction that nobody has seen yet. Who wrote while it was published keeps what was written."""
    correction = get_object_or_404(Correction, pk=correction_id)
    if request.method != "POST" and correction.status != Correction.Status.DRAFT:
        raise Http404
    return _written(request, correction)


def _written(request: HttpRequest, correction: Correction) -> HttpResponse:
    if not request.user.has_perm(WRITE):
        raise PermissionDenied
    status = HTTPStatus.OK
    with transaction.atomic():
        now = _as_stored(correction)
        form = CorrectionForm(request.POST or None, instance=now, digest=correction.digest)
        if request.method == "POST":
            if not _is_as_shown(now, request.POST.get("seen_hash", "")):
                told = _(
                    "Somebody else changed this correction, or decided about it, after you opened it. Your words are still below; nothing is saved yet. Copy them, then open the correction again."
                )
                messages.error(request, told)
                status = HTTPStatus.CONFLICT
            elif form.is_valid():
                form.save()
                return HttpResponseRedirect(reverse("admin:subscribers_correction", args=[now.pk]))
    seen = request.POST.get("seen_hash") or (hash_seen(correction) if correction.pk else "")
    context = _context(request, correction) | {"form": form, "seen_hash": seen}
    return TemplateResponse(request, "admin/subscribers/desk/correct.html", context, status=status)


def _as_stored(correction: Correction) -> Correction:
    """The correction's row, locked, so that it is not changed or decided about meanwhile; a new one has none."""
    if correction.pk is None:
        return correction
    return Correction.objects.select_for_update().get(pk=correction.pk)


def _is_as_shown(now: Correction, seen_hash: str) -> bool:
    """Whether the words that a page showed are those that there are, and nobody has seen them yet."""
    return now.pk is None or (now.status == Correction.Status.DRAFT and hash_seen(now) == seen_hash)


@never_cache
def deciding(request: HttpRequest, correction_id: int) -> HttpResponse:
    """GET shows the mail in every language and to how many it goes; POST publishes it, or mails it as well."""
    correction = get_object_or_404(Correction.objects.select_related("digest", "paper", "mailed_as"), pk=correction_id)
    if not may_look(request):
        raise PermissionDenied
    status = HTTPStatus.OK
    if request.method == "POST":
        try:
            return _decided(request, correction)
        except NoRight as error:
            raise PermissionDenied(str(error)) from error
        except NotApproved as error:
            messages.error(request, str(error))
            correction.refresh_from_db()
            status = HTTPStatus.CONFLICT  # not what was seen
    content = correction_content(correction)
    seen_hash = hash_of(content)
    mailing = correction.mailed_as
    context = _context(request, correction) | {
        **looked_at(request.GET, content),
        "seen_hash": seen_hash,
        "texts": content["texts"].items(),
        "checks": checks_of(content),
        "audience": audience_of(correction),
        "said": said_of(correction),
        "mailing": mailing,
        "counts": receipt(mailing) if mailing else None,
        "given": [] if correction.status == Correction.Status.PUBLISHED else approvers(correction, seen_hash),
        "given_mails": [] if mailing else approvers(correction, seen_hash, mails=True),
        "needed": settings.APPROVALS_NEEDED,
        "may_write": request.user.has_perm(WRITE),
        "may_mail": request.user.has_perm(RIGHT),
    }
    return TemplateResponse(request, "admin/subscribers/desk/correction.html", context, status=status)


def _decided(request: HttpRequest, correction: Correction) -> HttpResponse:
    """Do what was pressed. Raises NotApproved."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    match request.POST.get("decision"):
        case "publish":
            _published(request, correction)
        case "mail":
            _mailed(request, correction)
        case _:
            messages.error(request, _("That is no decision this page knows."))
    return HttpResponseRedirect(reverse("admin:subscribers_correction", args=[correction.pk]))


def _published(request: HttpRequest, correction: Correction) -> None:
    seen = request.POST.get("seen_hash", "")
    first = publish(correction, cast(AbstractUser, request.user), seen)
    correction.refresh_from_db()
    if first:
        messages.success(request, _("Published. Readers of the web see it beside the digest; nobody is mailed."))
    elif correction.status == Correction.Status.PUBLISHED:
        messages.info(request, _("It was published before; nothing was done twice."))
    else:
        messages.success(request, noted_words(len(approvers(correction, seen))))


def _mailed(request: HttpRequest, correction: Correction) -> None:
    seen = request.POST.get("seen_hash", "")
    first = mail_it(correction, cast(AbstractUser, request.user), seen)
    correction.refresh_from_db()
    if first:
        transaction.on_commit(partial(wake, "subscribers.tick"))
        messages.success(request, _("It is on its way to everyone who had the digest, once each."))
    elif correction.mailed_as_id:
        messages.info(request, _("It was mailed before; nothing was done twice."))
    else:
        messages.success(request, noted_words(len(approvers(correction, seen, mails=True))))


def _context(request: HttpRequest, correction: Correction) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": _("Correction of %(digest)s") % {"digest": correction.digest},
        "opts": Correction._meta,
        "digest": correction.digest,
        "correction": correction,
    }
