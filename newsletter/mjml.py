"""Mail markup: MJML with Django tags in it, compiled once and then rendered like any Django template."""

import re
from collections import Counter
from functools import cache

from django.template import Engine, Template, TemplateSyntaxError
from mjml import mjml2html

INCLUDE = re.compile(r'<mj-include\s+path="([^"]+)"\s*/>')
COMMENT = re.compile(r"{#.*?#}")
MARK = re.compile(r"{%.*?%}|{{.*?}}")


@cache
def compile_template(name: str) -> Template:
    """The Django template that the MJML file `name` stands for, e.g. "email/digest/body.mjml".

    The MJML compiler sees the file with its Django tags still inside and never sees what they are filled with: what
    a paper's title says cannot become markup. Render it with a `Context`, which escapes by default. A tag around
    whole components must stand in `<mj-raw>`. Raises TemplateDoesNotExist, and TemplateSyntaxError naming the file.
    """
    return template_of(name, source_of(name))


def source_of(name: str) -> str:
    """The text of the file `name`, with the files it includes put in place.

    `<mj-include>` is ours: the compiler's own cannot nest, and joins several components into one.
    """
    try:
        source = Engine.get_default().get_template(name).source
    except TemplateSyntaxError as error:
        raise TemplateSyntaxError(f"{name}: {error}") from error
    return INCLUDE.sub(lambda include: source_of(include[1]), source)


def template_of(name: str, source: str) -> Template:
    """`source` compiled and parsed. Tags before `<mjml>`, such as `{% load %}`, come before the document."""
    preamble, document = document_of(source)
    try:
        # Without `fonts` the compiler would link to Google Fonts on seeing certain names.
        html = preamble.strip() + mjml2html(document, fonts={})
        check_nothing_is_lost(preamble + document, html)
        return Template(html, name=name)
    except ValueError as error:
        raise TemplateSyntaxError(f"{name}: MJML cannot be compiled: {error}") from error
    except TemplateSyntaxError as error:
        raise TemplateSyntaxError(f"{name}: {error}") from error


def document_of(source: str) -> tuple[str, str]:
    """What stands before `<mjml>`, and the document, both without Django's comments."""
    preamble, opening, document = COMMENT.sub("", source).partition("<mjml")
    return preamble, opening + document


def check_nothing_is_lost(source: str, html: str) -> None:
    """Raise TemplateSyntaxError when the compiler dropped or changed a Django tag, or left an element of its own.

    It accepts misspelled elements and attributes without a word and leaves out what is in them.
    """
    lost = Counter(MARK.findall(source)) - Counter(MARK.findall(html))
    if lost:
        raise TemplateSyntaxError(f"lost in MJML: {' '.join(lost)}")
    if left := re.search(r"</?mj-[\w-]*|</?mjml", html):
        raise TemplateSyntaxError(f"left over from MJML: {left[0]}")
