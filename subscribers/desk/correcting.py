"""The pages on which a correction is written, looked at, published, and mailed to those who had the digest."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import AbstractUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from digests.approve import RIGHT, NoRight, NotApproved
from digests.content import correction_content, hash_of
from digests.correct import CORRECTABLE, approvers, checks_of, mail_it, publish
from digests.models import Correction, Digest, Paper
from newsletter.waking import wake
from subscribers.delivery.receipt import receipt
from subscribers.desk.approving import noted_words
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
    """Change the words of a correction that nobody has seen yet."""
    correction = get_object_or_404(Correction.objects.filter(status=Correction.Status.DRAFT), pk=correction_id)
    return _written(request, correction)


def _written(request: HttpRequest, correction: Correction) -> HttpResponse:
    if not request.user.has_perm(WRITE):
        raise PermissionDenied
    form = CorrectionForm(request.POST or None, instance=correction, digest=correction.digest)
    if request.method == "POST" and form.is_valid():
        form.save()
        return HttpResponseRedirect(reverse("admin:subscribers_correction", args=[correction.pk]))
    context = _context(request, correction) | {"form": form}
    return TemplateResponse(request, "admin/subscribers/desk/correct.html", context)


@never_cache
def deciding(request: HttpRequest, correction_id: int) -> HttpResponse:
    """GET shows the mail in every language and to how many it goes; POST publishes it, or mails it as well."""
    correction = get_object_or_404(Correction.objects.select_related("digest", "paper", "mailed_as"), pk=correction_id)
    if not may_look(request):
        raise PermissionDenied
    status = 200
    if request.method == "POST":
        try:
            return _decided(request, correction)
        except NoRight as error:
            raise PermissionDenied(str(error)) from error
        except NotApproved as error:
            messages.error(request, str(error))
            correction.refresh_from_db()
            status = 409  # Conflict: not what was seen
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
