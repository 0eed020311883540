"""Start-up checks of what is said."""

from django.conf import settings
from django.core.checks import Error, register

from digests.sources import SOURCES


@register
def check_sources_are_known(app_configs: object, **kwargs: object) -> list[Error]:
    """A name that is no source would be a source silently missing."""
    known = {*SOURCES, "arxiv"}
    strange = [name for name in settings.DIGEST_SOURCES if name not in known]
    if not strange:
        return []
    hint = f"Known are {', '.join(sorted(known))}."
    return [Error(f"DIGEST_SOURCES names {', '.join(strange)}.", hint=hint, id="digests.E001")]
