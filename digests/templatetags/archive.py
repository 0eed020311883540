"""What the archive's pages share."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.translation import get_language

from digests.models import Category

register = template.Library()


@register.inclusion_tag("web/_invitation.html", takes_context=True)
def invitation(context: Context) -> dict[str, Any]:
    """The sign-up box, for all categories; who wants to choose first finds the way to it there."""
    categories = context.get("categories") or Category.objects.filter(is_active=True)
    return {"categories": categories, "request": context.get("request")}


@register.filter
def name(category: Category) -> str:
    """A category's name in the page's language."""
    return category.name(get_language())
