"""An editor at a draft."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.factories import make_digest, make_editor


class Desk:
    """A browser at a draft's review page."""

    def __init__(self, client: Any, digest: Any) -> None:
        self.client, self.digest = client, digest
        self.address = reverse("admin:digests_digest_change", args=[digest.pk])

    def look(self) -> Any:
        """The page as it stands."""
        return self.client.get(self.address)

    def shown(self, page: Any = None) -> dict[str, Any]:
        """What a browser would send back from the page as it is."""
        page = page or self.look()
        sent = {"shown": page.context["shown"]}
        forms = [column.form for row in page.context["rows"] for column in row.summaries]
        for form in (page.context["head"], *forms):
            sent |= {form.add_prefix(name): form[name].value() for name in form.fields}
        return sent

    def press(self, act: str, sent: dict[str, Any] | None = None, **more: Any) -> Any:
        """Press a button of the page; the page that follows."""
        return self.client.post(self.address, (sent or self.shown()) | {"act": act} | more, follow=True)

    @staticmethod
    def told(page: Any) -> str:
        """The messages on a page."""
        return " ".join(str(message) for message in page.context["messages"])

    def titles(self) -> list[list[str]]:
        """The papers' titles by section, as the digest has them now."""
        return [
            [entry.paper.title for entry in section.entries.select_related("paper")]
            for section in self.digest.sections.all()
        ]


@pytest.fixture
def desk(client: Any) -> Desk:
    """An editor at a draft with two sections of a paper each."""
    client.force_login(make_editor())
    return Desk(client, make_digest())
