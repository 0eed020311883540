"""A reader's categories: the boxes on a form, and the one number they are kept as."""

from collections.abc import Iterable

from digests.models import Category
from subscribers.models import ALL_CATEGORIES


def offered() -> list[Category]:
    """The categories a reader can choose from today, in the editors' order."""
    return list(Category.objects.filter(is_active=True))


def mask_of(slugs: Iterable[str]) -> int:
    """The number that stands for the categories named by `slugs`; unknown names count for nothing.

    Whoever takes every category takes the later ones too, hence ALL_CATEGORIES.
    """
    wanted = set(slugs)
    categories = offered()
    taken = [category for category in categories if category.slug in wanted]
    if len(taken) == len(categories):
        return ALL_CATEGORIES
    return sum(1 << category.bit for category in taken)


def chosen(mask: int) -> list[Category]:
    """The categories on offer that `mask` holds."""
    return [category for category in offered() if mask >> category.bit & 1]
