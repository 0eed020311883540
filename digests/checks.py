"""Start-up checks of what is said."""

import re

from django.conf import settings
from django.core.checks import Error, Warning, register

from digests.sources import SOURCES


@register
def check_sources_are_known(app_configs: object, **kwargs: object) -> list[Error]:
    """A name that is no source would be a source silently missing."""
    strange = [name for name in settings.DIGEST_SOURCES if name not in SOURCES]
    if not strange:
        return []
    hint = f"Known are {', '.join(sorted(SOURCES))}."
    return [Error(f"DIGEST_SOURCES names {', '.join(strange)}.", hint=hint, id="digests.E001")]


@register
def check_categories_can_be_asked_for(app_configs: object, **kwargs: object) -> list[Error]:
    """They become part of an address."""
    strange = [name for name in settings.ARXIV_CATEGORIES if not re.fullmatch(r"[a-z-]+(?:\.[A-Za-z-]+)?", name)]
    if not strange:
        return []
    hint = "arXiv writes its categories as cs.CL or stat.ML; a whole archive is cs."
    return [Error(f"ARXIV_CATEGORIES names {', '.join(strange)}.", hint=hint, id="digests.E002")]


@register
def check_budget_has_a_price(app_configs: object, **kwargs: object) -> list[Warning]:
    """Without one, a budget is kept by a guess."""
    if settings.LLM_DAILY_BUDGET_USD is None or settings.OPENAI_MODEL in settings.LLM_PRICES:
        return []
    hint = f"Set LLM_PRICES={settings.OPENAI_MODEL}=in/out, in US dollars per million tokens."
    sentence = f"LLM_DAILY_BUDGET_USD is kept by a guess: no price is known for {settings.OPENAI_MODEL}."
    return [Warning(sentence, hint=hint, id="digests.W001")]
