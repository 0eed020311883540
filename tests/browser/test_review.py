"""An editor reviews a draft, in a real browser: finds the doubts, mends a line, arranges the papers, reads the history."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from digests.content import snapshot
from digests.desk.words import put, written_of
from digests.models import Digest, Entry, Paper, Summary
from digests.rehearsal import whole_size
from digests.writing.summarise import abstracts_of
from tests.factories import PASSWORD, make_digest, make_editor, make_paper


@pytest.fixture
def draft(monkeypatch: pytest.MonkeyPatch) -> Digest:
    """A draft with a doubtful number and an unsure category. Charts are drawn elsewhere."""
    monkeypatch.setattr("digests.charts.draw_charts", lambda digest: None)
    digest = make_digest()
    make_editor()
    summary = Summary.objects.filter(section__digest=digest, language="en").first()
    assert summary
    summary.parts["impact"][0]["text"] = "It gains 95.7 percent."
    put(summary, written_of(summary), abstracts_of(summary.section))
    Paper.objects.filter(entries=Entry.objects.last()).update(confidence=0.3, decided_by="builtin")
    return digest


def at_the_desk(someone: Any, digest: Digest) -> Any:
    """Sign in and open the draft; all of it and its scripts are there then."""
    address = reverse("admin:digests_digest_change", args=[digest.pk])
    someone.open(f"/admin/login/?next={address}")
    someone.page.fill("#id_username", "editor")
    someone.page.fill("#id_password", PASSWORD)
    someone.page.click("[type=submit]")
    someone.page.wait_for_load_state()
    return someone.page


@pytest.mark.parametrize("scripts", [True, False])
def test_an_editor_mends_what_is_doubtful_and_arranges_the_papers(visitor: Any, draft: Digest, scripts: bool) -> None:
    someone = visitor("en", scripts=scripts)
    page = at_the_desk(someone, draft)
    doubts = page.locator("#flags li a")
    assert doubts.count() == 2 and "number not in the abstract" in doubts.first.inner_text()
    anchor = doubts.first.get_attribute("href").lstrip("#")
    page.fill(f"#{anchor}", "It helps.")
    page.click(".desk-save button")
    assert "Saved." in someone.words and page.locator("#flags li").count() == 1

    entry = Entry.objects.filter(section__digest=draft).first()
    assert entry
    page.click(f"#tools-{entry.pk} summary")
    page.select_option(f"#category-{entry.pk}", "security")
    page.click(f"button[value=move-{entry.pk}]")
    assert page.url.endswith(f"#entry-{entry.pk}")
    section = draft.sections.get(category__slug="security")
    page.click(f"button[value=section-up-{section.pk}]")
    assert [each.category.slug for each in draft.sections.all()] == ["security", "computer-vision"]

    page.fill("#new-paper", make_paper("security").arxiv_id)
    page.click("button[value=add]")
    added = Entry.objects.get(reason="added by an editor")
    page.click(f"#tools-{added.pk} summary")
    page.fill(f"#reason-{added.pk}", "an advertisement")
    page.click(f"button[value=drop-{added.pk}]")
    assert not Entry.objects.filter(pk=added.pk).exists()

    page.click("text=History")
    assert "an advertisement" in someone.words and "95.7" in page.locator("del").all_inner_texts()[-1]


def test_the_count_of_bytes_goes_along_with_writing_and_is_the_mails_own_after_saving(
    visitor: Any, draft: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = whole_size(snapshot(draft), "en")
    monkeypatch.setattr("digests.desk.review.HTML_BYTES", size + 200)
    page = at_the_desk(visitor("en"), draft)
    count = page.locator("[data-weight=en]")
    shown = count.locator("[data-shown]")
    assert shown.inner_text() == f"{size / 1000:.1f} kB"
    page.fill("#" + str(page.locator("textarea[lang=en][name*=impact-0]").first.get_attribute("id")), "x" * 600)
    assert count.get_attribute("data-state") == "goal" and count.locator("[data-when=goal]").is_visible()
    told = float(shown.inner_text().removeprefix("≈ ").removesuffix(" kB"))
    page.click(".desk-save button")
    page.wait_for_load_state()
    size = whole_size(snapshot(draft), "en")
    assert shown.inner_text() == f"{size / 1000:.1f} kB" and abs(told - size / 1000) < 0.2


@pytest.mark.parametrize("scripts", [True, False])
def test_an_editor_ticks_a_doubt_off_and_the_next_sees_who_did(visitor: Any, draft: Digest, scripts: bool) -> None:
    someone = visitor("en", scripts=scripts)
    page = at_the_desk(someone, draft)
    if scripts:
        page.wait_for_selector(".desk-keys:not([hidden])")
        page.keyboard.press("n")
        page.keyboard.press("x")
        page.keyboard.press("n")
        assert "unsure category" in page.evaluate("document.activeElement.innerText"), "ticked ones are passed over"
    else:
        page.check(".desk-tick input >> nth=0")
    page.click(".desk-save button")
    assert "Noted; 1 doubt is still open." in someone.words and "looked at by editor" in someone.words
    assert "1 of 2 doubts is still open" in someone.words
    page.click("text=Approve…")
    assert "Nobody looked at these yet: unsure category 1." in someone.words


def test_keys_lead_from_doubt_to_doubt_and_can_be_switched_off(visitor: Any, draft: Digest) -> None:
    page = at_the_desk(visitor("en"), draft)
    focused = "document.activeElement.dataset.stop + ' ' + document.activeElement.innerText"
    page.wait_for_selector(".desk-keys:not([hidden])")
    page.keyboard.press("n")
    assert "95.7" in page.evaluate(focused)
    page.keyboard.press("n")
    assert "unsure category" in page.evaluate(focused)
    page.keyboard.press("p")
    assert "95.7" in page.evaluate(focused)
    page.keyboard.press("k")
    assert page.evaluate(focused).startswith("section")
    page.click(".desk-keys summary")
    page.uncheck("#desk-keys-on")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement === document.body")


@pytest.mark.parametrize("width", [768, 1280])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_review_and_history_are_accessible_and_fit(visitor: Any, draft: Digest, language: str, width: int) -> None:
    someone = visitor(language, width=width)
    page = at_the_desk(someone, draft)
    page.click(
        "#tools-" + str(Entry.objects.filter(section__digest=draft).values_list("pk", flat=True)[0]) + " summary"
    )
    page.fill("#id_head-note_en", "Hello.")
    page.click(".desk-save button")
    someone.fits()
    someone.accessible()
    someone.open(reverse("admin:digests_digest_history", args=[draft.pk]) + "?since=0&until=1")
    someone.fits()
    someone.accessible()
