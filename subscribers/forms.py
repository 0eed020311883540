"""What people may type and tick: an address, categories, a language, an hour and a time zone."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from digests.collecting.days import today
from digests.highlights import LONGEST, MOST, SHORTEST, Highlights, from_text, terms_in
from digests.text import clean
from subscribers import choices
from subscribers.models import Feedback, Subscriber
from subscribers.zone_select import ZoneSelect
from subscribers.zones import check_time_zone

LONGEST_LOCAL_PART = 64  # RFC 5321, section 4.5.3.1.1
FORMULA_LEADERS = ("=", "+", "-", "@")
LONGEST_PAUSE = dt.timedelta(days=366)
PAUSE_WEEKS = (1, 2, 3, 4, 6, 8, 12)
OWN_NAMES = {"ko": "한국어", "en": "English"}
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})", re.IGNORECASE)


def check_address(address: str) -> None:
    """Raise ValidationError unless `address` is one we are willing to mail.

    Stricter than Django, which takes `user@localhost`, `user@[127.0.0.1]`, quoted local parts and local parts of any
    length. Refused besides: what few providers deliver to (letters beyond ASCII) and what a spreadsheet would run as a
    formula once the list is exported.
    """
    if not address.isascii():
        raise ValidationError(_("Use Latin letters only; write a Korean domain in its form that begins with xn--."))
    if address.startswith(FORMULA_LEADERS):
        raise ValidationError(_("The address must not begin with =, +, - or @."))
    local, _at, domain = address.rpartition("@")
    incomplete = ValidationError(_("Enter the whole address, such as name@example.org."))
    if len(local) > LONGEST_LOCAL_PART or '"' in local or not DOMAIN.fullmatch(domain):
        raise incomplete
    try:
        validate_email(address)
    except ValidationError as error:
        raise incomplete from error


class AddressField(forms.CharField):
    """An e-mail address, its domain in lower case. Blanks around it are forgiven, anything else is not."""

    def __init__(self) -> None:
        keyboard = {"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(
            label=_("E-mail address"),
            max_length=254,
            validators=[check_address],
            widget=forms.EmailInput(attrs=keyboard),
            error_messages={"required": _("Enter the whole address, such as name@example.org.")},
        )

    def clean(self, value: str | None) -> str:
        """The address. A line break inside it is an error, never taken out: it is an attempt at a header."""
        local, at, domain = super().clean(value).rpartition("@")
        return local + at + domain.lower()


class WishesForm(forms.Form):
    """The categories and the language, which every form about a subscription has."""

    categories = forms.MultipleChoiceField(
        label=_("Categories"),
        error_messages={"required": _("Choose one category at least.")},
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=_("Language"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes = [(category.slug, str(category)) for category in choices.offered()]
        offer(self, "categories", boxes)
        self.fields["categories"].required = bool(boxes)
        self.fields["categories"].initial = [slug for slug, _name in boxes]
        offer(self, "language", [(code, OWN_NAMES[code]) for code in settings.DIGEST_LANGUAGES])
        self.fields["language"].initial = likely_language()

    def clean_language(self) -> str:
        """The language chosen, or the page's where the form did not ask."""
        return self.cleaned_data["language"] or likely_language()

    @property
    def mask(self) -> int:
        """The categories as the number that is stored."""
        return choices.mask_of(self.cleaned_data["categories"])


class SubscribeForm(WishesForm):
    """Sign up: three things to fill in, two of them already filled in. A form on another site (`elsewhere`) may leave out
    the categories, which then are all."""

    email = AddressField()
    field_order = ("email", "categories", "language")

    def __init__(self, *args: Any, elsewhere: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if elsewhere:
            self.fields["categories"].required = False

    def clean_categories(self) -> list[str]:
        """The categories chosen; all of them where the form was not ours and did not ask."""
        return self.cleaned_data["categories"] or self.fields["categories"].initial


class TermsField(forms.CharField):
    """Words or names separated by commas; cleaned into a list. Raises ValidationError for too many, too long or too short
    ones."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False, max_length=2 * MOST * LONGEST)

    def clean(self, value: Any) -> list[str]:
        """The terms, each once."""
        terms = terms_in(super().clean(value))
        if len(terms) > MOST:
            raise ValidationError(_("Ten at the most, please: these are %(count)d."), params={"count": len(terms)})
        for term in terms:
            if not SHORTEST <= len(term) <= LONGEST or not any(letter.isalnum() for letter in term):
                raise ValidationError(_("Each from 2 to 40 letters, please: “%(term)s”."), params={"term": term[:50]})
        return terms


class PreferencesForm(WishesForm):
    """What an active subscriber may change."""

    send_hour = forms.TypedChoiceField(
        label=_("Time"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    time_zone = forms.CharField(label=_("Time zone"), validators=[check_time_zone], widget=ZoneSelect)
    cadence = forms.ChoiceField(label=_("How often"), choices=Subscriber.Cadence.choices, widget=forms.RadioSelect)
    pause_weeks = forms.TypedChoiceField(label=_("Pause for"), required=False, coerce=int)
    paused_until = forms.DateField(
        label=_("Pause until"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    keywords = TermsField(label=_("Keywords"))
    authors = TermsField(label=_("Authors"))
    field_order = ("categories", "cadence", "send_hour", "time_zone", "pause_weeks", "paused_until", "language")

    def __init__(self, subscriber: Subscriber, posted: QueryDict | None = None) -> None:
        marked = from_text(subscriber.highlights)
        initial = {
            "keywords": ", ".join(marked.keywords),
            "authors": ", ".join(marked.authors),
            "categories": [category.slug for category in choices.chosen(subscriber.categories)],
            "language": subscriber.language,
            "send_hour": subscriber.send_hour,
            "time_zone": subscriber.time_zone,
            "cadence": subscriber.cadence,
            "paused_until": subscriber.paused_until if _is_to_come(subscriber.paused_until) else None,
        }
        super().__init__(posted, initial=initial)
        lengths = [(str(weeks), ngettext("%d week", "%d weeks", weeks) % weeks) for weeks in PAUSE_WEEKS]
        offer(self, "pause_weeks", [("", gettext("no weeks")), *lengths])
        first, last = today() + dt.timedelta(days=1), today() + LONGEST_PAUSE
        self.fields["paused_until"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def clean_paused_until(self) -> dt.date | None:
        """The first day with mails again, or None. Raises ValidationError for a day that is over or too far away."""
        until: dt.date | None = self.cleaned_data["paused_until"]
        if until and not _is_to_come(until):
            raise ValidationError(_("Choose a day from tomorrow on, or none."))
        if until and until > today() + LONGEST_PAUSE:
            raise ValidationError(_("A pause ends after a year at the latest."))
        return until

    def times(self) -> list[forms.BoundField]:
        """The fields about the time, which stand side by side."""
        return [self["send_hour"], self["time_zone"]]

    def pause(self) -> list[forms.BoundField]:
        """The fields about a pause, which stand side by side."""
        return [self["pause_weeks"], self["paused_until"]]

    def marked(self) -> list[forms.BoundField]:
        """The fields about what is marked in mails."""
        return [self["keywords"], self["authors"]]

    def wishes(self) -> dict[str, Any]:
        """What was chosen, as `subscribers.lifecycle.choose` takes it."""
        chosen = {**self.cleaned_data, "categories": self.mask}
        weeks = chosen.pop("pause_weeks")
        chosen["highlights"] = Highlights(tuple(chosen.pop("keywords")), tuple(chosen.pop("authors"))).as_text()
        return chosen | {"paused_until": today() + dt.timedelta(days=1, weeks=weeks)} if weeks else chosen


class NewAddressForm(forms.Form):
    """Another address for the digest."""

    def __init__(self, present: str, posted: QueryDict | None = None) -> None:
        super().__init__(posted)
        self.present = present
        self.fields["email"] = AddressField()
        self.fields["email"].label = _("New e-mail address")

    def clean_email(self) -> str:
        """The address. Raises ValidationError when it is the present one."""
        email: str = self.cleaned_data["email"]
        if email.lower() == self.present.lower():
            raise ValidationError(_("This is the present address. Enter another one."))
        return email


class LessForm(WishesForm):
    """Fewer mails or fewer categories, for a reader who was about to leave. Everything else stays as it is."""

    cadence = forms.ChoiceField(label=_("How often"), choices=Subscriber.Cadence.choices, widget=forms.RadioSelect)
    field_order = ("cadence", "categories")

    def __init__(self, subscriber: Subscriber, posted: QueryDict | None = None) -> None:
        chosen = [category.slug for category in choices.chosen(subscriber.categories)]
        super().__init__(posted, initial={"categories": chosen, "cadence": Subscriber.Cadence.WEEKLY})
        self.subscriber = subscriber
        del self.fields["language"]

    def wishes(self) -> dict[str, Any]:
        """What was chosen, as `subscribers.lifecycle.choose` takes it."""
        kept = ("language", "send_hour", "time_zone", "paused_until", "highlights")
        as_before = {name: getattr(self.subscriber, name) for name in kept}
        return {**as_before, "cadence": self.cleaned_data["cadence"], "categories": self.mask}


class FeedbackForm(forms.Form):
    """One press on the page of a digest's papers."""

    paper = forms.CharField(max_length=32)
    kind = forms.ChoiceField(choices=[*Feedback.Kind.choices, ("none", "")])
    text = forms.CharField(max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        """What was said. Raises ValidationError for a report of an error that says nothing; only such reports have words."""
        said = super().clean() or {}
        if said.get("kind") == Feedback.Kind.ERROR:
            said["text"] = clean(said.get("text", ""), 1000)
            if not said["text"]:
                raise ValidationError(_("Write a few words about what is wrong."))
        else:
            said["text"] = ""
        return said


class WhyForm(forms.Form):
    """Why somebody left; nobody has to say."""

    why = forms.ChoiceField(
        label=_("Would you tell us why? Nobody has to."),
        choices=Subscriber.Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason, or none and close the page.")},
    )

    @property
    def why_chosen(self) -> Subscriber.Why:
        """The reason."""
        return Subscriber.Why(self.cleaned_data["why"])


def _is_to_come(day: dt.date | None) -> bool:
    return day is not None and day > today()


def offer(form: forms.Form, name: str, options: Sequence[tuple[str, Any]]) -> None:
    """Give a choice field its options, which are known only when the form is shown."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = options


def likely_language() -> str:
    """The page's language if digests are written in it, otherwise the first they are written in."""
    language = get_language()
    return language if language in settings.DIGEST_LANGUAGES else settings.DIGEST_LANGUAGES[0]
