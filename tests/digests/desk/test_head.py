"""The editor's note and subject: on the page, in the mail, on the web and in files, and nothing in them but words."""

import pytest
from django.urls import reverse

from digests.advertising import MARK
from digests.approve import approve
from digests.content import hash_of, snapshot
from digests.exports import to_html, to_markdown
from digests.models import Digest
from digests.rehearsal import rehearse_all
from newsletter.models import AuditLine
from tests.factories import make_digest, make_editor

pytestmark = pytest.mark.django_db


def mail_of(digest, language="en"):
    digest.refresh_from_db()
    return next(mail.words for mail in rehearse_all(snapshot(digest)) if mail.language == language)


def test_a_note_stands_in_the_mail_on_the_web_and_in_the_files(desk):
    desk.press("save", **{"head-note_en": "Hello all.\r\n\r\nA short week.", "head-note_ko": "짧은 한 주입니다."})
    mail = mail_of(desk.digest)
    assert "From the editor:\nHello all.\nA short week." in mail.text
    assert "Hello all." in mail.html and "짧은 한 주입니다." not in mail.html
    assert "짧은 한 주입니다." in mail_of(desk.digest, "ko").html
    content = snapshot(desk.digest)
    assert "Hello all." in to_markdown(content, "en") and "<p>A short week.</p>" in to_html(content, "en")
    approve(desk.digest, make_editor("second"), hash_of(content))
    for address in (reverse("digest", args=[desk.digest.day]), reverse("feed")):
        assert "짧은 한 주입니다." in desk.client.get(address, HTTP_ACCEPT_LANGUAGE="ko").content.decode()


def test_a_digest_without_note_and_subject_has_the_content_that_it_always_had(desk):
    assert not {"note", "subjects"} & set(snapshot(desk.digest))
    assert "From the editor" not in mail_of(desk.digest).text


def test_an_own_subject_takes_the_place_of_the_usual_one_in_its_language_only(desk):
    usual = mail_of(desk.digest, "ko").subject
    desk.press("save", **{"head-subject_en": "Three papers on grounding"})
    assert mail_of(desk.digest).subject == "Three papers on grounding"
    assert mail_of(desk.digest, "ko").subject == usual


def test_what_marks_a_sample_and_advertising_stays_before_an_own_subject(desk):
    Digest.objects.update(is_sample=True, is_advertising=True)
    desk.press("save", **{"head-subject_en": "x" * 100})
    assert mail_of(desk.digest).subject != "x" * 100
    room = 78 - len(f"{MARK} [SAMPLE] ")
    desk.press("save", **{"head-subject_en": "x" * room})
    assert mail_of(desk.digest).subject == f"{MARK} [SAMPLE] " + "x" * room


@pytest.mark.parametrize(
    "subject",
    ["a\r\nBcc: x", "a\nb", "a\tb", "a\x07b", "a\u2028b", "a\x00b", "x" * 79, "see https://evil.example", "<b>x"],
)
def test_a_subject_that_could_break_a_header_is_refused(desk, subject):
    page = desk.press("save", **{"head-subject_en": subject})
    assert page.context["head"].errors and Digest.objects.get().subjects == {}


@pytest.mark.parametrize(
    "note",
    [
        "<script>alert(1)</script>",
        "<iframe src=x></iframe>",
        "[here](javascript:alert(1))",
        "<img src='https://t.example/p.gif'>",
        "see www.evil.example",
        "write to who@evil.example",
        "x" * 1001,
    ],
)
def test_a_note_with_anything_but_words_is_refused_and_not_lost(desk, note):
    page = desk.press("save", **{"head-note_en": note})
    assert page.context["head"].errors and page.context["head"]["note_en"].value() == note
    assert Digest.objects.get().editor_notes == {} and Digest.objects.get().revision == 0


@pytest.mark.parametrize("mark", ["{{ settings.SECRET_KEY }}", "{% now 'Y' %}", "%recipient.email%", "${jndi:x}"])
def test_marks_of_a_template_language_stay_words(desk, mark):
    desk.press("save", **{"head-note_en": f"A note {mark} ends."})
    digest = Digest.objects.get()
    if digest.editor_notes:
        mail = mail_of(digest)
        assert mark not in mail.html + mail.text and "ends." in mail.text
    else:
        assert digest.revision == 0


def test_less_than_and_ampersand_are_escaped_where_they_show():
    digest = make_digest(editor_notes={"en": "5 < 6 & 7 > 6"})
    assert "5 &lt; 6 &amp; 7 &gt; 6" in mail_of(digest).html and "5 < 6 & 7 > 6" in mail_of(digest).text


def test_note_and_subject_are_in_the_history_and_take_an_approval_back(desk):
    assert approve(desk.digest, make_editor("second"), hash_of(snapshot(desk.digest)))
    desk.press("save", **{"head-note_en": "Hello.", "head-subject_ko": "오늘의 세 편"})
    assert Digest.objects.get().status == Digest.Status.DRAFT
    told = {(line.facts["what"], line.facts["where"]) for line in AuditLine.objects.filter(act="edit")}
    assert told == {("note", "en"), ("subject", "ko")}
