"""Pages of the archive as tests read them."""

import datetime as dt
import re

from selectolax.lexbor import LexborHTMLParser

from tests.factories import DAY


def page_of(client, path, language="en"):
    """(response, parsed page)"""
    response = client.get(path, headers={"accept-language": language})
    return response, LexborHTMLParser(response.content)


def words(page):
    """All text of a page, or of a part of it, with single blanks."""
    return re.sub(r"\s+", " ", page.text()).strip()


def days_ago(days):
    """A day before DAY."""
    return DAY - dt.timedelta(days=days)


def hrefs(page, selector):
    """Where the links that match lead."""
    return [link.attributes["href"] for link in page.css(selector)]
