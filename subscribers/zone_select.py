"""The list of time zones as a form shows it. Django renders a template for each of four hundred options, which was most of
what the preferences page took; here the options are written once and kept."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from subscribers.zones import time_zones

Option = tuple[str, str]


class ZoneSelect(forms.Widget):
    """A select element of all time zones by continent, one of which is chosen."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The element as HTML."""
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        groups = format_html_join("", "{}", ((_group(area, _chosen(area, value)),) for area in grouped_zones()))
        return format_html("<select{}>{}</select>", flatatt(given), groups)

    def use_required_attribute(self, initial: object) -> bool:
        """No: something is always chosen."""
        return False


@cache
def grouped_zones() -> dict[str, list[Option]]:
    """The zones by continent, each with its place."""
    groups: dict[str, list[Option]] = {}
    for name in time_zones():
        area, _slash, place = name.partition("/")
        groups.setdefault(area, []).append((name, (place or area).replace("_", " ")))
    return groups


def _chosen(area: str, value: Any) -> str:
    return value if any(name == value for name, _place in grouped_zones()[area]) else ""


@cache  # a group with each of its zones chosen: less than four hundred in all
def _group(area: str, chosen: str) -> SafeString:
    options = ((name, " selected" if name == chosen else "", place) for name, place in grouped_zones()[area])
    shown = format_html_join("", '<option value="{}"{}>{}</option>', options)
    return format_html('<optgroup label="{}">{}</optgroup>', area, shown)
