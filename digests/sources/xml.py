"""XML as sources send it: read without entities, external or other, and never deeper than it should be."""

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from newsletter.http import FetchFailed

ARXIV = "{http://arxiv.org/schemas/atom}"
CLASS = re.compile(r"[a-z-]+(?:\.[A-Za-z-]+)?")
"""arXiv's own classes; authors add ACM and MSC codes beside them."""


def document(text: str, root: str, kind: str) -> Element:
    """The root element of `text`. Raises FetchFailed unless it is a `root`; `kind` names in words what was expected.

    Read as text, so that what the document says of its own encoding, which may be no encoding, does not matter.
    """
    try:
        found = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise FetchFailed(f"arXiv sent something that is not {kind}.", wait=2.0) from error
    if found.tag != root:
        raise FetchFailed(f"arXiv sent something that is not {kind}.", wait=2.0)
    return found


def text_of(element: Element, tag: str) -> str:
    """The text of the first child `tag`, or nothing."""
    return element.findtext(tag) or ""


def classes(terms: list[str]) -> tuple[str, ...]:
    """arXiv's own classes among `terms`, each once."""
    return tuple(dict.fromkeys(term for term in terms if CLASS.fullmatch(term)))
