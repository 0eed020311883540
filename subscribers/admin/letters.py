"""Letters about subscriptions that came back, in admin: what came in a flood is applied or dismissed here, with a reason."""

from __future__ import annotations

from collections import Counter

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsletter import audit
from subscribers import letters_back
from subscribers.discreet import Discreet
from subscribers.masking import masked_in
from subscribers.models import DeliveryEvent, LetterSent

LONGEST_REASON = 300
WAYS = {"apply_them": (letters_back.apply_held, audit.Act.APPLY), "dismiss_them": (letters_back.dismiss_held, audit.Act.DISMISS)}  # fmt: skip


@admin.register(LetterSent)
class LetterSentAdmin(Discreet):
    """The letters that came back. Of whom a letter was is told by the reader's name, which is masked for everybody."""

    when_empty = _("No letter about a subscription came back.")
    list_display = ["came_back_at", "subscriber", "kind", "came_back", "is_held", "settled", "detail"]
    list_filter = ["is_held", "came_back"]
    list_select_related = ["subscriber"]
    ordering = ["-came_back_at", "-pk"]
    fields = ["subscriber", "kind", "sent_at", "came_back", "came_back_at", "is_held", "settled", "detail"]
    masks = {"detail": "masked_detail"}
    actions = ["apply_them", "dismiss_them"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LetterSent]:
        """Those that came back: an index has them, and of the others there is nothing to decide."""
        return super().get_queryset(request).exclude(came_back="")

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Who may decide about held reports; named by the actions below."""
        return request.user.has_perm("subscribers.settle_deliveryevent")

    @admin.action(description=_("Apply: these held reports are true…"), permissions=["settle"])
    def apply_them(self, request: HttpRequest, letters: QuerySet[LetterSent]) -> TemplateResponse | None:
        """Ask for a reason, then let the next ticks do what the reports mean."""
        return self._settle(request, letters, "apply_them")

    @admin.action(description=_("Dismiss: these held reports are false…"), permissions=["settle"])
    def dismiss_them(self, request: HttpRequest, letters: QuerySet[LetterSent]) -> TemplateResponse | None:
        """Ask for a reason, then let them be without effect for good."""
        return self._settle(request, letters, "dismiss_them")

    def _settle(self, request: HttpRequest, letters: QuerySet[LetterSent], way: str) -> TemplateResponse | None:
        """The page that says how many it is about, and wants a reason; when that was given, the deed."""
        held = letters_back.held().filter(pk__in=letters.order_by().values("pk"))
        reason = " ".join(request.POST.get("reason", "").split())[:LONGEST_REASON]
        if "seen" in request.POST and not reason:
            self.message_user(request, _("Say why, in a few words: the reason stays in the audit log."), messages.ERROR)
        elif request.POST.get("seen") == str(held.count()) and reason:
            settle, act = WAYS[way]
            number = settle(letters)
            audit.note(act, by=request.user, count=number, of="letters", reason=reason)
            told = ngettext("%d report is settled.", "%d reports are settled.", number) % number
            self.message_user(request, told, messages.SUCCESS)
            return None
        elif "seen" in request.POST:
            changed = _(
                "There are not as many any more as you saw. Nothing was done: look at the number, then press again."
            )
            self.message_user(request, changed, messages.ERROR)
        kinds = Counter(held.values_list("came_back", flat=True))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Letters that came back in a flood"),
            "opts": self.opts,
            "applies": way == "apply_them",
            "way": way,
            "count": kinds.total(),
            "kinds": [(DeliveryEvent.Kind(kind).label, many) for kind, many in kinds.most_common()],
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "checkbox": ACTION_CHECKBOX_NAME,
            "all": request.POST.get("select_across", "0"),
            "reason": reason,
            "longest": LONGEST_REASON,
        }
        return TemplateResponse(request, "admin/subscribers/lettersent/settle.html", context)

    @admin.display(description=_("in the provider's words"))
    def masked_detail(self, letter: LetterSent) -> str:
        """What a server wrote, which may name the address."""
        return masked_in(letter.detail)
