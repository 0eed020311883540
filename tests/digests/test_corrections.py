"""What an editor puts right: the rules that the database holds."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from digests.models import Correction, Digest
from tests.factories import DAY, make_approved, make_digest, make_editor

pytestmark = pytest.mark.django_db


def make_correction(**fields: Any) -> Correction:
    given = {"text_ko": "수치는 4.2%입니다.", "text_en": "The figure is 4.2 %."}
    digest = fields.pop("digest", None) or make_approved()
    return Correction.objects.create(digest=digest, **{"made_by": digest.approved_by} | given | fields)


def refused(act: Any, *args: Any, **kwargs: Any) -> bool:
    with pytest.raises(IntegrityError), transaction.atomic():
        act(*args, **kwargs)
    return True


def test_a_correction_says_something() -> None:
    correction = make_correction(text_ko="")
    assert refused(Correction.objects.filter(pk=correction.pk).update, text_en="")


def test_a_correction_in_one_language_is_read_in_both() -> None:
    correction = make_correction(text_ko="")
    assert correction.text("ko") == correction.text("en") == "The figure is 4.2 %."


def test_a_correction_speaks_the_language_it_is_asked_for() -> None:
    correction = make_correction()
    assert (correction.text("ko"), correction.text("en")) == ("수치는 4.2%입니다.", "The figure is 4.2 %.")


def test_only_what_is_published_is_mailed() -> None:
    correction = make_correction()
    mailing = make_digest(kind=Digest.Kind.CORRECTION, sections=[])
    assert refused(Correction.objects.update, mailed_as=mailing)
    Correction.objects.update(status=Correction.Status.PUBLISHED, published_at=timezone.now(), mailed_as=mailing)
    assert Correction.objects.get(pk=correction.pk).mailed_as == mailing


def test_a_published_correction_says_since_when() -> None:
    make_correction()
    assert refused(Correction.objects.update, status=Correction.Status.PUBLISHED)


def test_one_mailing_is_of_one_correction() -> None:
    digest = make_approved()
    mailing = make_digest(kind=Digest.Kind.CORRECTION, sections=[])
    public = {"status": Correction.Status.PUBLISHED, "published_at": timezone.now(), "mailed_as": mailing}
    make_correction(digest=digest, **public)
    assert refused(make_correction, digest=digest, **public)


def test_a_day_can_have_several_corrections_and_still_one_digest() -> None:
    make_digest(day=DAY)
    for _turn in range(2):
        Digest.objects.create(day=DAY, kind=Digest.Kind.CORRECTION)
    assert refused(Digest.objects.create, day=DAY)


def test_a_user_who_corrected_something_stays() -> None:
    correction = make_correction(made_by=make_editor())
    with pytest.raises(Exception, match="protected"):
        correction.made_by.delete()
