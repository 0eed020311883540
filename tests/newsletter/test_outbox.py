"""The outbox of a trial installation: files on disk, and pages to read them."""

import email.policy
import re

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import include, path

from newsletter import outbox_views

urlpatterns = [
    path("outbox/", outbox_views.outbox, name="outbox"),
    path("outbox/<slug:name>/", outbox_views.mail, name="outbox-mail"),
    path("outbox/<slug:name>/html/", outbox_views.body, name="outbox-html"),
    path("", include("newsletter.urls")),
]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return settings.OUTBOX_DIR


def write(
    subject="오늘의 논문", to="kim@example.org", text="See https://papers.example.org/confirm/x/ now", html="<p>Hi</p>"
):
    """Send a mail to the outbox; its name there."""
    before = set(outbox_views._files())
    message = EmailMultiAlternatives(subject, text, "digest@papers.example.org", [to])
    if html:
        message.attach_alternative(html, "text/html")
    get_connection("newsletter.outbox.EmailBackend").send_messages([message])
    (made,) = set(outbox_views._files()) - before
    return made.stem


def put(folder, name, octets):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.eml").write_bytes(octets)
    return name


def test_a_mail_in_the_outbox_is_a_whole_mail_as_it_would_go_over_the_wire(folder):
    name = write(text="한글 " * 400)
    octets = (folder / f"{name}.eml").read_bytes()
    message = email.message_from_bytes(octets, policy=email.policy.default)
    assert message["Subject"] == "오늘의 논문"
    assert message.get_body(("plain",)).get_content().strip() == ("한글 " * 400).strip()
    assert octets.count(b"\n") == octets.count(b"\r\n")
    assert max(map(len, octets.splitlines())) <= 998
    assert kinds(folder) == [".eml"]


def kinds(folder):
    return [file.suffix for file in folder.iterdir()]


def test_a_mail_sent_twice_is_two_files():
    assert write() != write()


def test_the_list_is_newest_first(client):
    for subject in ("first", "second", "third"):
        write(subject)
    html = client.get("/outbox/").content.decode()
    assert html.index("third") < html.index("second") < html.index("first")
    assert "kim@example.org" in html


def test_an_empty_outbox_is_no_error(client):
    assert client.get("/outbox/").status_code == 200


def test_a_mail_shows_its_headers_and_both_bodies(client):
    name = write()
    html = client.get(f"/outbox/{name}/").content.decode()
    assert "오늘의 논문" in html
    assert "digest@papers.example.org" in html
    assert '<a href="https://papers.example.org/confirm/x/"' in html
    assert re.search(rf'<iframe sandbox="" src="/outbox/{name}/html/"', html)


def test_the_html_body_may_be_framed_here_and_do_nothing_else(client, settings):
    name = write(
        html='<p style="color:red">Hi</p><img src="http://localhost:8000/chart/x.png"><script>alert(1)</script>'
    )
    response = client.get(f"/outbox/{name}/html/")
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert b'style="color:red"' in response.content
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert policy["img-src"] == f"'self' {settings.SITE_URL}"
    assert policy["frame-ancestors"] == "'self'"
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_the_page_around_it_keeps_the_strict_policy(client):
    response = client.get(f"/outbox/{write()}/")
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_a_subject_with_markup_stays_text(client):
    name = write("<script>alert(1)</script>", text="<script>alert(2)</script>")
    for address in ("/outbox/", f"/outbox/{name}/"):
        assert b"<script>" not in client.get(address).content


@pytest.mark.parametrize("name", ["settings", "1-2", "1-2-3-4", "1-2-3", "_-_-_"])
def test_only_names_the_outbox_gives_are_looked_at(client, folder, name):
    put(folder, "settings", b"secret")
    for address in (f"/outbox/{name}/", f"/outbox/{name}/html/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: \xed\xa0\x80\xff raw\r\nX-\xff: y\r\n\r\n\xff",
        b"Subject: =?utf-8?b?broken",
        b"To: <<<>>>,,@\r\nDate: 99 Foo\r\nSubject:\r\n folded\r\n\r\nbody",
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\nunfinished",
        b"Content-Type: text/html; charset=no-such\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: ;;;\r\nDate: Mon, 99 Jan 99999 99:99:99 +9999\r\nMessage-ID: <[@\r\n\r\nx",
        b"To: a@[\xff\r\nMessage-ID: <[@\xff\r\n\r\nthe parser itself fails over both",
        b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA- is half a character",
        b"Content-Type: text/html; charset=utf-7\r\n\r\n+2AA- is half a character",
        b"From: " + b"a" * 200_000,
    ],
)
def test_malformed_mail_does_not_break_the_pages(client, folder, octets):
    name = put(folder, "1-2-3", octets)
    whole = write("whole")
    assert b"whole" in client.get("/outbox/").content
    for address in (f"/outbox/{name}/", f"/outbox/{name}/html/", f"/outbox/{whole}/"):
        assert client.get(address).status_code == 200


def test_a_folder_of_many_mails_lists_the_newest(client, folder):
    for n in range(outbox_views.LISTED + 5):
        put(folder, f"{n}-1-1", b"Subject: mail %d end\r\n\r\n" % n)
    html = client.get("/outbox/").content.decode()
    assert html.count('<th scope="row">') == outbox_views.LISTED
    assert "mail 204 end" in html
    assert "mail 4 end" not in html


def test_without_debug_the_outbox_has_no_address(client, settings, request):
    settings.ROOT_URLCONF = "newsletter.urls"
    assert client.get("/outbox/").status_code == 404
