"""Signing up as a person does it: the form is read for ten seconds, filled in and sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from digests.models import Category
from subscribers.signing_up import traps
from subscribers.signing_up.deciding import decide_sign_ups

READING = dt.timedelta(seconds=10)


def everything() -> list[str]:
    """All categories, as the form has them ticked."""
    return [category.slug for category in Category.objects.filter(is_active=True)]


def stamped(ago: dt.timedelta = READING) -> str:
    """The stamp of a form that was shown so long ago, in the active language."""
    with time_machine.travel(timezone.now() - ago, tick=False):
        return traps.stamp()


def send_form(client: Client, email: str, headers: dict[str, str] | None = None, **more: Any) -> HttpResponse:
    """The answer to a form that a person sent; nothing is decided yet."""
    wishes = {"email": email, "categories": everything(), "language": "en", traps.STAMP: stamped()}
    return client.post("/subscribe/", wishes | more, headers=headers or {})


def sign_up(client: Client, email: str, headers: dict[str, str] | None = None, **more: Any) -> HttpResponse:
    """The same, and the crew has decided."""
    page = send_form(client, email, headers, **more)
    decide_sign_ups()
    return page
