"""A hook for operators who need more than the traps: `SIGN_UP_CAPTCHA` names a callable of theirs, such as
`mysite.captcha.check`.

`check(request)` is asked about each form that a person seems to have sent, and returns None when all is well, else a sentence
for that person, in the active language; the form is then shown again. What stands in the form is `check.markup(request)`, if
there is such an attribute: safe HTML without inline script or style, as the content policy demands. An exception counts as
"all is well" for nobody: it is logged, and the person is asked to try again later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
Check = Callable[[HttpRequest], str | None]


def check() -> Check | None:
    """The operator's callable; None where there is none. Raises ImportError for a name that leads nowhere."""
    return cast(Check, import_string(settings.SIGN_UP_CAPTCHA)) if settings.SIGN_UP_CAPTCHA else None


def objection(request: HttpRequest) -> str:
    """What to tell the person who sent this form; empty when nothing is to be said."""
    asked = check()
    if asked is None:
        return ""
    try:
        return asked(request) or ""
    except Exception:
        logger.exception("SIGN_UP_CAPTCHA failed.")
        return _("This could not be checked just now. Please try again in a few minutes.")


def markup(request: HttpRequest) -> str:
    """What the operator's callable wants in the form; safe HTML."""
    made = getattr(check(), "markup", None)
    return made(request) if made else ""
