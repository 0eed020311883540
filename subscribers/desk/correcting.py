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

from digests.approve import RIGHT, NoRight, NotApproved, approvers
from digests.content import correction_content, hash_of
from digests.correct import CORRECTABLE, mail_it, publish
from digests.models import Correction, Digest, Paper
from digests.rehearsal import rehearse_all
from newsletter import audit
from newsletter.waking import wake
from subscribers.delivery.correcting import readers_of
from subscribers.delivery.receipt import receipt
from subscribers.desk.approving import noted_words

WRITE = "digests.add_correction"


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
    if not (request.user.has_perm(WRITE) or request.user.has_perm("digests.view_correction")):
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
        "mails": rehearse_all(content),
        "seen_hash": seen_hash,
        "readers": readers_of(correction.digest_id).count(),
        "mailing": mailing,
        "counts": receipt(mailing) if mailing and mailing.is_public else None,
        "given": approvers(mailing, seen_hash) if mailing and not mailing.is_public else [],
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
            with transaction.atomic():
                if publish(correction):
                    audit.note(audit.Act.CORRECT, correction, by=request.user)
            messages.success(request, _("Published. Readers of the web see it beside the digest; nobody is mailed."))
        case "mail":
            _mailed(request, correction)
        case _:
            messages.error(request, _("That is no decision this page knows."))
    return HttpResponseRedirect(reverse("admin:subscribers_correction", args=[correction.pk]))


def _mailed(request: HttpRequest, correction: Correction) -> None:
    first = mail_it(correction, cast(AbstractUser, request.user), request.POST.get("seen_hash", ""))
    correction.refresh_from_db()
    assert correction.mailed_as is not None
    if first:
        transaction.on_commit(partial(wake, "subscribers.tick"))
        messages.success(request, _("It is on its way to everyone who had the digest, once each."))
    elif correction.mailed_as.is_public:
        messages.info(request, _("It was mailed before; nothing was done twice."))
    else:
        messages.success(request, noted_words(correction.mailed_as, request.POST["seen_hash"]))


def _context(request: HttpRequest, correction: Correction) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": _("Correction of %(digest)s") % {"digest": correction.digest},
        "opts": Correction._meta,
        "digest": correction.digest,
        "correction": correction,
    }
