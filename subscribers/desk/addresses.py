"""Where the desk's pages are found, among admin's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from subscribers.desk.approving import approving
from subscribers.desk.correcting import deciding, rewriting, writing
from subscribers.desk.correction_preview import correction_html
from subscribers.desk.progress import progress, progress_json
from subscribers.desk.reading import preview_as
from subscribers.desk.testing import send_test


def desk_addresses(view: Callable[..., Any]) -> list[URLPattern]:
    """The patterns; `view` is what admin wraps its pages in."""
    return [
        path("approve/<int:digest_id>/", view(approving), name="subscribers_approve"),
        path("progress/<int:digest_id>/", view(progress), name="subscribers_progress"),
        path("progress/<int:digest_id>/counts/", view(progress_json), name="subscribers_progress_counts"),
        path("preview-as/<int:digest_id>/", view(preview_as), name="subscribers_preview_as"),
        path("test-mail/<int:digest_id>/<str:language>/", view(send_test), name="subscribers_test_mail"),
        path("correct/<int:digest_id>/", view(writing), name="subscribers_correct"),
        path("correction/<int:correction_id>/", view(deciding), name="subscribers_correction"),
        path(
            "correction/<int:correction_id>/html/<str:language>/",
            view(correction_html),
            name="subscribers_correction_html",
        ),
        path("correction/<int:correction_id>/words/", view(rewriting), name="subscribers_rewrite"),
    ]
