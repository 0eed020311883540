"""MJML with Django tags in it."""

import pytest
from django.template import Context, TemplateDoesNotExist, TemplateSyntaxError

from newsletter.mjml import compile_template, template_of

pytestmark = pytest.mark.once


def page(body: str) -> str:
    return f"<mjml><mj-body><mj-section><mj-column>{body}</mj-column></mj-section></mj-body></mjml>"


def filled(source: str, **words: object) -> str:
    return template_of("mail.mjml", source).render(Context(words))


def test_tags_in_text_and_attributes_are_filled_after_compiling():
    html = filled(
        page('<mj-text>{{ words }}</mj-text><mj-button href="{{ url }}">Go</mj-button>'),
        words="Hello",
        url="https://example.org/a/",
    )
    assert ">Hello</div>" in html
    assert 'href="https://example.org/a/"' in html


def test_a_loop_in_raw_repeats_whole_components():
    html = filled(page("<mj-raw>{% for n in rows %}</mj-raw><mj-text>row {{ n }}</mj-text><mj-raw>{% endfor %}</mj-raw>"),
                  rows=[1, 2, 3])  # fmt: skip
    assert [html.count(f">row {n}</div>") for n in (1, 2, 3)] == [1, 1, 1]


@pytest.mark.parametrize("hostile", ["</mj-text><mj-raw>", "<script>", "{{ settings.SECRET_KEY }}", "a & b", "\x00"])
def test_what_is_filled_in_never_becomes_markup(hostile):
    html = filled(page("<mj-text>[{{ title }}]</mj-text>"), title=hostile)
    escaped = hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"[{escaped}]" in html


def test_tags_before_the_document_reach_all_of_it():
    html = filled(
        "{% load i18n %}{# words #}\n"
        + page('<mj-text>{% language "en" %}{% translate "Go" %}{% endlanguage %}</mj-text>')
    )
    assert html.startswith("<!doctype html>")
    assert ">Go</div>" in html


def test_nothing_is_asked_from_outside():
    assert "fonts.googleapis" not in filled(page('<mj-text font-family="Roboto, sans-serif">a</mj-text>'))


def test_a_tag_in_a_misspelled_attribute_is_missed_by_name():
    with pytest.raises(TemplateSyntaxError, match=r"^mail\.mjml: .*\{\{ shade \}\}"):
        template_of("mail.mjml", page('<mj-text colour="{{ shade }}">words</mj-text>'))


def test_a_tag_lost_once_of_two_times_is_missed():
    with pytest.raises(TemplateSyntaxError, match=r"\{\{ shade \}\}"):
        template_of("mail.mjml", page('<mj-text colour="{{ shade }}">{{ shade }}</mj-text>'))


def test_a_misspelled_component_is_named():
    with pytest.raises(TemplateSyntaxError, match=r"^mail\.mjml: .*<mj-txet"):
        template_of("mail.mjml", page("<mj-txet>words</mj-txet>"))


@pytest.mark.parametrize("body", ["<mj-text>{% if %}</mj-text>", "<mj-text><p>a</mj-text>", "<mj-text>"])
def test_a_broken_template_is_named(body):
    with pytest.raises(TemplateSyntaxError, match=r"^mail\.mjml: "):
        template_of("mail.mjml", page(body))


def test_a_mail_is_compiled_once():
    assert compile_template("email/digest/body.mjml") is compile_template("email/digest/body.mjml")


def test_a_missing_mail_is_named():
    with pytest.raises(TemplateDoesNotExist, match=r"email/nothing/body\.mjml"):
        compile_template("email/nothing/body.mjml")


def test_shared_pieces_are_put_in_place():
    html = compile_template("email/confirm/body.mjml").render(Context())
    assert '<meta name="color-scheme" content="light dark"' in html
    assert "@media (prefers-color-scheme: dark)" in html
