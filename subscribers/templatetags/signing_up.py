"""What every form for signing up carries."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from newsletter.caching import note_passing, note_personal
from subscribers.signing_up import captcha, traps

register = template.Library()


@register.inclusion_tag("web/_gate.html", takes_context=True)
def gate(context: template.Context) -> dict[str, Any]:
    """The stamp, the field that nobody sees, and whatever an operator's captcha puts there."""
    request = context.get("request")
    made = captcha.markup(request) if request else ""
    asks = made if isinstance(made, SafeString) else ""
    stamp = traps.stamp()
    if request:
        note_passing(request, stamp)
    if request and asks:  # what an operator's captcha puts there may be for one visitor
        note_personal(request)
    return {"stamp": stamp, "stamp_name": traps.STAMP, "trap_name": traps.TRAP, "asks": asks}
