"""The editor's desk in admin."""

import pytest
from django.urls import reverse

from digests.models import Answer, Chart, Digest, Summary
from tests.factories import make_approved, make_digest, make_editor, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    """An editor at a draft: (client, digest, address)."""
    client.force_login(make_editor())
    digest = make_digest()
    return client, digest, reverse("admin:digests_digest_change", args=[digest.pk])


def fields(page):
    """What a browser would send back from the page, unchanged."""
    sent = {"shown": page.context["shown"]}
    forms = [column.form for row in page.context["rows"] for column in row.summaries]
    for form in (page.context["head"], *forms):
        sent |= {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    return {name: words for name, words in sent.items() if name != "head-advertising" or words}


def field_of(digest, language, part):
    summary = Summary.objects.filter(section__digest=digest, language=language).first()
    return summary, f"s{summary.pk}-{part}-0"


def decide(client, digest, decision, **more):
    return client.post(
        reverse("admin:digests_digest_decide", args=[digest.pk]), {"decision": decision} | more, follow=True
    )


def test_the_desk_shows_papers_words_and_chart(desk):
    client, digest, address = desk
    Chart.objects.create(digest=digest, language="ko", png=b"png", sha256="a" * 64, width=600, height=100)
    page = client.get(address).content.decode()
    assert "Paper number" in page and "llm 논문을 소개한다: topics" in page and "/chart/" + "a" * 64 in page


def test_the_desk_shows_what_each_line_rests_on_and_what_the_model_cost(desk):
    client, digest, address = desk
    paper = digest.sections.first().entries.get().paper
    bullet = {"text": "A claim", "papers": [paper.arxiv_id], "sentences": [f"{paper.arxiv_id}#2"]}
    Summary.objects.filter(section=digest.sections.first()).update(limits=[bullet])
    Digest.objects.update(spent={"asked": 3, "tokens_in": 900, "tokens_out": 80, "usd": "0.0002"})
    page = client.get(address).content.decode()
    assert '<blockquote class="desk-rests" lang="en" dir="auto">It gains 5%.</blockquote>' in page
    assert "수치 확인 2/2" in page and "0.0002" in page


def test_an_editor_corrects_the_limits_and_the_numbers_are_counted_anew(desk):
    client, digest, address = desk
    summary, field = field_of(digest, "en", "limits")
    client.post(address, fields(client.get(address)) | {field: "Only tested on one thing."})
    summary.refresh_from_db()
    assert summary.limits[0]["text"] == "Only tested on one thing." and summary.edited_by
    assert summary.making["numbers"] is None


def test_models_answers_can_be_looked_up_and_not_changed(admin_client):
    answer = Answer.objects.create(key="k", model="some-model", messages=["told", "asked"], text="<b>said</b>")
    listed = admin_client.get(reverse("admin:digests_answer_changelist")).content.decode()
    shown = admin_client.get(reverse("admin:digests_answer_change", args=[answer.pk])).content.decode()
    assert "some-model" in listed and "&lt;b&gt;said&lt;/b&gt;" in shown
    assert admin_client.post(reverse("admin:digests_answer_delete", args=[answer.pk])).status_code == 403


def test_saving_without_a_change_changes_nothing(desk):
    client, digest, address = desk
    client.post(address, fields(client.get(address)))
    digest.refresh_from_db()
    assert digest.revision == 0
    assert not Summary.objects.filter(edited_by__isnull=False).exists()


def test_an_edit_is_kept_with_the_editors_name_and_the_papers_it_rests_on(desk):
    client, digest, address = desk
    summary, field = field_of(digest, "ko", "topics")
    before = summary.parts["topics"][0]["papers"]
    client.post(address, fields(client.get(address)) | {field: "- 다른 주제\r\n\r\n"})
    summary.refresh_from_db()
    assert summary.parts["topics"] == [{"text": "다른 주제", "papers": before, "sentences": []}]
    assert summary.edited_by.username == "editor"


def test_an_edit_takes_an_approval_back(desk):
    client, digest, address = desk
    decide(client, digest, "approve", seen_hash=client.get(address).context["seen_hash"])
    _, field = field_of(digest, "en", "impact")
    client.post(address, fields(client.get(address)) | {field: "A better sentence."})
    digest.refresh_from_db()
    assert (digest.status, digest.approved_by, digest.content_hash) == (Digest.Status.DRAFT, None, "")


def test_a_number_the_abstract_does_not_have_is_flagged_after_the_edit(desk):
    client, digest, address = desk
    summary, field = field_of(digest, "en", "impact")
    client.post(address, fields(client.get(address)) | {field: "It gains 95.7 percent."})
    summary.refresh_from_db()
    assert any("95.7" in flag["text"] for flag in summary.flags)
    assert "95.7" in client.get(address).content.decode()


@pytest.mark.parametrize("text", ["", "See https://evil.example/x", "<b>bold</b>", "call me@example.org"])
def test_a_line_that_cannot_be_mailed_is_refused_and_nothing_is_lost(desk, text):
    client, digest, address = desk
    summary, field = field_of(digest, "en", "impact")
    _, other = field_of(digest, "ko", "topics")
    page = client.post(address, fields(client.get(address)) | {field: text, other: "고친 문장"})
    assert page.status_code == 200
    assert "고친 문장" in page.content.decode()
    summary.refresh_from_db()
    assert summary.edited_by is None


def test_of_two_editors_the_second_is_told_and_keeps_their_words(desk):
    client, digest, address = desk
    stale = fields(client.get(address))
    _, field = field_of(digest, "ko", "topics")
    client.post(address, stale | {field: "첫 번째 편집"})
    page = client.post(address, stale | {field: "두 번째 편집"})
    assert page.status_code == 409
    assert "두 번째 편집" in page.content.decode()
    kept = str(list(Summary.objects.values_list("parts", flat=True)))
    assert "첫 번째 편집" in kept and "두 번째 편집" not in kept


def test_a_digest_on_its_way_cannot_be_edited(client):
    client.force_login(make_editor("desk"))
    digest = make_approved()
    digest.advance(Digest.Status.SENDING)
    address = reverse("admin:digests_digest_change", args=[digest.pk])
    _summary, field = field_of(digest, "ko", "topics")
    client.post(address, fields(client.get(address)) | {field: "너무 늦은 편집"})
    assert "너무 늦은 편집" not in str(list(Summary.objects.values_list("parts", flat=True)))


def test_approving_is_a_post(desk):
    client, digest, address = desk
    assert client.get(reverse("admin:digests_digest_decide", args=[digest.pk])).status_code == 405
    page = decide(client, digest, "approve", seen_hash=client.get(address).context["seen_hash"])
    digest.refresh_from_db()
    assert digest.status == Digest.Status.APPROVED
    assert "Approved" in page.content.decode() or "승인" in page.content.decode()


@pytest.mark.parametrize("seen", [{}, {"seen_hash": ""}, {"seen_hash": "0" * 64}])
def test_an_old_page_or_none_approves_nothing_and_is_told_what_to_do(desk, seen):
    client, digest, _address = desk
    page = decide(client, digest, "approve", **seen)
    digest.refresh_from_db()
    assert (page.status_code, digest.status) == (409, Digest.Status.DRAFT)
    assert reverse("admin:subscribers_approve", args=[digest.pk]) in page.content.decode()
    assert not digest.approvals.exists()


def test_a_word_that_is_not_enough_alone_is_noted_and_said_so(desk, settings):
    client, digest, address = desk
    settings.APPROVALS_NEEDED = 2
    page = decide(client, digest, "approve", seen_hash=client.get(address).context["seen_hash"])
    assert [approval.by.username for approval in digest.approvals.all()] == ["editor"]
    assert "None" not in page.content.decode()


@pytest.mark.parametrize(
    ("decision", "status", "answer"),
    [
        ("pause", "sent", 409),
        ("pause", "paused", 302),
        ("resume", "cancelled", 409),
        ("resume", "sending", 302),
        ("cancel", "sending", 409),
        ("cancel", "cancelled", 302),
        ("send-back", "sending", 409),
        ("send-back", "draft", 302),
    ],
)
def test_a_button_of_a_page_that_is_true_no_longer_does_nothing_and_says_so(admin_client, decision, status, answer):
    digest = make_approved()
    Digest.objects.update(status=status)
    path = reverse("admin:digests_digest_decide", args=[digest.pk])
    page = admin_client.post(path, {"decision": decision})
    assert page.status_code == answer
    assert Digest.objects.get().status == status
    if answer == 409:
        assert reverse("admin:subscribers_progress", args=[digest.pk]) in page.content.decode()


def test_a_stale_page_does_not_mark_words_as_advertising(desk):
    client, _digest, address = desk
    sent = fields(client.get(address)) | {"head-advertising": "on"}
    Digest.objects.update(editor_notes={"ko": "다른 이의 말"})
    page = client.post(address, sent)
    assert page.status_code == 409 and "conflict-head-advertising" in page.content.decode()
    assert not Digest.objects.get().is_advertising
    assert client.post(address, fields(page) | {"head-advertising": "on"}).status_code == 302
    assert Digest.objects.get().is_advertising


def test_words_for_a_section_that_is_gone_meanwhile_are_still_on_the_page(desk):
    client, digest, address = desk
    sent = fields(client.get(address))
    summary = Summary.objects.filter(section__digest=digest, language="en").first()
    field = f"s{summary.pk}-topics-0"
    summary.section.delete()
    Digest.objects.update(revision=1)
    page = client.post(address, sent | {field: "Words with no home."})
    assert page.status_code == 409
    assert "Words with no home." in page.content.decode()


def test_sending_is_paused_and_resumed_and_only_then(desk):
    client, digest, address = desk
    decide(client, digest, "pause")
    digest.refresh_from_db()
    assert digest.status == Digest.Status.DRAFT
    decide(client, digest, "approve", seen_hash=client.get(address).context["seen_hash"])
    digest.refresh_from_db()
    digest.advance(Digest.Status.SENDING)
    decide(client, digest, "pause")
    digest.refresh_from_db()
    assert digest.status == Digest.Status.PAUSED
    assert decide(client, digest, "resume").status_code == 403  # an editor may stop it, an operator lets it go on
    client.force_login(make_staff("operator", "operator"))
    decide(client, digest, "resume")
    digest.refresh_from_db()
    assert digest.status == Digest.Status.SENDING


def test_without_the_right_nothing_is_approved_seen_or_edited(client, django_user_model):
    digest = make_digest()
    client.force_login(django_user_model.objects.create_user("clerk", password="a long enough password", is_staff=True))
    address = reverse("admin:digests_digest_change", args=[digest.pk])
    assert client.get(address).status_code == 403
    assert client.post(address, {}).status_code == 403
    assert decide(client, digest, "approve").status_code == 403
    assert client.get(reverse("admin:digests_digest_preview", args=[digest.pk, "ko"])).status_code == 403
    assert client.get(reverse("admin:digests_digest_preview_html", args=[digest.pk, "ko"])).status_code == 403


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_preview_shows_the_mail_in_a_frame_that_runs_nothing(desk, language):
    client, digest, _ = desk
    page = client.get(reverse("admin:digests_digest_preview", args=[digest.pk, language]))
    assert 'sandbox=""' in page.content.decode()
    frame = client.get(reverse("admin:digests_digest_preview_html", args=[digest.pk, language]))
    assert "frame-ancestors 'self'" in frame.headers["Content-Security-Policy"]
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert ("About a llm paper" if language == "en" else "llm 논문을 소개한다") in frame.content.decode()
