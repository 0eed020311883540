"""Links between pages."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from newsletter import addresses
from newsletter.addresses import in_language

register = template.Library()


@register.simple_tag(takes_context=True)
def to(context: RequestContext, name: str, *arguments: Any, **query: Any) -> str:
    """The address of a page, with parameters, in the language that this page's own address names: {% to "digest" day %},
    {% to "search" q=words page=2 %}. Empty parameters are left out."""
    path = reverse(name, args=arguments)
    return in_language(path, context["request"], **query) if "request" in context else path


@register.simple_tag(takes_context=True)
def kept(context: RequestContext, path: str) -> str:
    """An address that is already known, in the language that this page's own address names."""
    return in_language(path, context["request"]) if "request" in context else path


@register.simple_tag(takes_context=True)
def canonical(context: RequestContext) -> str:
    """This page's one address for search engines."""
    return addresses.canonical(context["request"])


@register.simple_tag(takes_context=True)
def alternates(context: RequestContext) -> list[tuple[str, str]]:
    """(language, address) of this page in each language."""
    return addresses.alternates(context["request"])


@register.simple_tag(takes_context=True)
def named_language(context: RequestContext) -> str:
    """The language that this page's address names, for forms that lead on; empty when it names none."""
    return addresses.named_language(context["request"])


@register.simple_tag(takes_context=True)
def without_language(context: RequestContext) -> str:
    """This page's address for readers whose language is told by cookie or browser."""
    return addresses.changed(context["request"], language="")


@register.simple_tag(takes_context=True)
def further(context: RequestContext, page: int) -> str:
    """Another page of what this address shows, all other parameters kept."""
    return addresses.changed(context["request"], page=page if page > 1 else "")
