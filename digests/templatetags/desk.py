"""What the editors' pages show in their reader's language."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from digests.classify import BUILTIN, EDITOR
from digests.retelling import retell

register = template.Library()
register.filter("retell", retell)


@register.filter
def at(rows: Mapping[str, Any], name: str) -> Any:
    """What stands under this name, if anything does."""
    return rows.get(name)


@register.filter
def decider(name: str) -> str:
    """Who decided a paper's category: an editor, the built-in classifier, or a model by its name."""
    return {EDITOR: gettext("editor"), BUILTIN: gettext("built-in classifier")}.get(name, name)
