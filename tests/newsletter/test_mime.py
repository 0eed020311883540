"""A mail's bytes with blanks."""

import hashlib
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.mail import Image, Rendered
from newsletter.mime import Form, header

pytestmark = pytest.mark.once
MARK, TOKEN = "m" * 35, b"abcDEF_-0123.0123456789abcdefghij-_"


def received(words, headers=(("From", "Papers <digest@papers.example.org>"),), value=TOKEN):
    form = Form(words, headers, {"token": MARK})
    octets = form.shared_headers + b"".join(form.body({"token": value}))
    return octets, message_from_bytes(octets, policy=default)


def text_of(mail, kind):
    return (
        mail.get_body((kind,)).get_content().replace("\r\n", "\n")
    )  # in base64, text has the line ends of RFC 2046, 4.1.1


@pytest.mark.parametrize("before", ["", "a", "ab", "논", "논문 ", "x" * 56, "x" * 57, "x" * 58])
@pytest.mark.parametrize("after", ["", "\n", "z/", "끝", "끝 " * 40])
def test_a_blank_is_filled_wherever_it_stands(before, after):
    text = f"{before}{MARK}{after}"
    _, mail = received(Rendered("S", text, f"<p>{text}</p>"))
    wanted = text.replace(MARK, TOKEN.decode())
    assert text_of(mail, "plain") == wanted
    assert text_of(mail, "html") == f"<p>{wanted}</p>"


def test_every_line_is_short_and_seven_bit_and_none_begins_with_a_dot():
    octets, _ = received(Rendered("오늘의 논문 " * 20, f"{MARK}\n.\n.x\n", "<p>" + "가" * 30_000 + MARK + "</p>"))
    lines = octets.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert octets.isascii() and b"\n" not in octets.replace(b"\r\n", b"")
    assert not any(line.startswith(b".") for line in lines)


def test_text_comes_first_and_both_parts_are_alternatives():
    _, mail = received(Rendered("S", "text", "<p>html</p>"))
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_an_image_travels_with_the_html_and_leaves_the_blanks_as_they_are():
    words = Rendered("S", f"text {MARK}", f'<p>{MARK}</p><img src="cid:abc@inline">')
    image = Image("abc@inline", bytes(range(256)) * 9)
    form = Form(words, [], {"token": MARK}, image)
    body = form.body({"token": TOKEN})
    octets = form.shared_headers + b"".join(body)
    mail = message_from_bytes(octets, policy=default)
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert list(mail.walk())[-1].get_content() == image.png
    assert text_of(mail, "html") == words.html.replace(MARK, TOKEN.decode())
    assert form.digest_of(body) == hashlib.sha256(b"".join(body)).digest()
    assert max(map(len, octets.split(b"\r\n"))) <= 78


def test_the_same_words_give_the_same_bytes():
    words = Rendered("S", f"text {MARK}", "<p>html</p>")
    assert received(words)[0] == received(words)[0]


def test_a_value_of_another_length_is_refused():
    with pytest.raises(ValueError, match="35 octets"):
        received(Rendered("S", MARK, "<p></p>"), value=b"short")


def test_two_blanks_side_by_side_are_refused_when_the_form_is_made():
    with pytest.raises(ValueError, match="too close"):
        Form(Rendered("S", MARK + MARK, ""), [], {"token": MARK})


@settings(derandomize=True, deadline=None, database=None)  # the same hundred each time, however long they take
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_a_subject_arrives_as_it_was_meant(subject):
    subject = " ".join(subject.split())
    octets = header("Subject", subject) + b"\r\n"
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert str(message_from_bytes(octets, policy=default)["Subject"]).split() == subject.split()


def test_a_header_never_begins_with_an_empty_line():
    for value in ("w" * 90, "가" * 200, "two words " * 20):
        first = header("Subject", value).split(b"\r\n")[0]
        assert len(first) > len("Subject: ")


@pytest.mark.parametrize("value", ["a\nBcc: b", "a\rb", "가\r\nBcc: b"])
def test_a_line_break_in_a_header_is_refused(value):
    with pytest.raises(ValueError, match="line break"):
        header("Subject", value)


@pytest.mark.parametrize("name", ["From", "Reply-To"])
@pytest.mark.parametrize("person", ["데일리 페이퍼", "데일리 페이퍼 " * 8, "Papers", ""])
def test_a_sender_with_a_korean_name_keeps_a_readable_address(name, person):
    value = f"{person.strip()} <digest@papers.example.org>" if person else "digest@papers.example.org"
    octets, mail = received(Rendered("S", "text", "<p></p>"), [(name, value)])
    [address] = mail[name].addresses
    assert address.addr_spec == "digest@papers.example.org"
    # Python reads a blank between two encoded words that RFC 2047, 6.2, says is none.
    assert "".join(address.display_name.split()) == "".join(person.split())
    assert octets.isascii()
