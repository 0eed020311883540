"""Subscribers and their deliveries."""

from subscribers.models.delivery import Delivery
from subscribers.models.subscriber import ALL_CATEGORIES, Subscriber, new_key

__all__ = ["ALL_CATEGORIES", "Delivery", "Subscriber", "new_key"]
