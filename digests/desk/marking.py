"""The box on the editor's desk that marks a digest as advertising."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from digests.advertising import MARK
from digests.desk.refusal import refused
from digests.models import Digest
from newsletter import audit


@require_POST
def mark_advertising(request: HttpRequest, object_id: int) -> HttpResponse:
    """An editor says whether a digest contains advertising. The subject changes with it, so an approval is taken back.
    On a page that is true no longer nothing is changed (409)."""
    if not request.user.has_perm("digests.change_digest"):
        raise PermissionDenied
    wanted = "is_advertising" in request.POST
    with transaction.atomic():
        digest = get_object_or_404(Digest.objects.select_for_update(), pk=object_id)
        if digest.is_advertising == wanted:
            messages.info(request, _("Nothing was changed."))
        elif not digest.is_editable:
            return refused(request, digest, _("This digest is being sent or was sent; its words can no longer change."))
        elif str(digest.revision) != request.POST.get("revision", ""):
            told = _("Nothing was changed: somebody else saved this draft after you opened it. Look at it again.")
            return refused(request, digest, told)
        else:
            digest.touch()
            Digest.objects.filter(pk=digest.pk).update(is_advertising=wanted)
            audit.note(audit.Act.EDIT, digest, by=request.user, is_advertising=wanted)
            told = _("Marked: its mails begin with %s.") if wanted else _("Its mails no longer begin with %s.")
            messages.success(request, told % MARK)
    return HttpResponseRedirect(reverse("admin:digests_digest_change", args=[digest.pk]))
