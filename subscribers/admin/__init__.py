"""The subscribers app in admin, a file for each matter; importing them registers them.

Who may see addresses, and what the others see instead, is in `subscribers.discreet`.
"""

from django.contrib import admin

from subscribers.admin import deliveries, events, feedback, letters, readers
from subscribers.desk import today

__all__ = ["deliveries", "events", "feedback", "letters", "readers"]

admin.site.front = today.front  # type: ignore[attr-defined]  # a DeskSite
