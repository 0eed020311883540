"""The one door to a language model: any OpenAI-compatible server. An answer is checked before anyone sees it.

"Accepted" never means "enforced": servers take a JSON schema and ignore it, so every answer is parsed and validated
here, whatever was promised. Order of checks: status, refusal, finish reason, JSON, schema, then the caller's objection.
An answer that was of use is kept and given again for the same question (`answers`); what is asked is paid for within the
day's budget (`budget`).
"""

from digests.llm.conversation import BUILD_SECONDS, Conversation, Question
from digests.llm.failures import CompletionFailed, NotAsked, OverBudget, Remedy
from digests.llm.model import is_configured, name

__all__ = [
    "BUILD_SECONDS",
    "CompletionFailed",
    "Conversation",
    "NotAsked",
    "OverBudget",
    "Question",
    "Remedy",
    "is_configured",
    "name",
]
