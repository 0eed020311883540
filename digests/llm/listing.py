"""Which models the server has."""

from __future__ import annotations

from django.conf import settings

from digests.llm.failures import failure_of

SECONDS = 10.0


def models_known() -> set[str] | None:
    """The names of the server's models; None when it keeps no list. No question is asked. Raises CompletionFailed."""
    import openai  # half a second and 40 MB, which the web never needs

    client = openai.OpenAI(
        api_key=settings.OPENAI_API_KEY or "none",
        base_url=settings.OPENAI_BASE_URL or None,
        timeout=SECONDS,
        max_retries=1,
    )
    with client:
        try:
            return {model.id for model in client.models.list().data or ()}
        except (openai.NotFoundError, openai.APIResponseValidationError, AttributeError):
            return None
        except Exception as error:
            raise failure_of(error) from error
