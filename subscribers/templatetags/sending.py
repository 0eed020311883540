"""What every page of admin says about sending."""

from django import template

from subscribers.delivery import guard
from subscribers.models import Sending

register = template.Library()


@register.simple_tag
def sending_refusal() -> str:
    """Why nothing may be sent; empty when mails may be, or nothing ever was."""
    return (guard.may_send() or "") if Sending.objects.exists() else ""
