"""Subscribers, their deliveries, and what came back."""

from subscribers.models.delivery import Delivery
from subscribers.models.events import DeliveryEvent, Suppression, UnusedReports
from subscribers.models.feedback import Feedback
from subscribers.models.letter import LetterSent
from subscribers.models.owner import AddressChange, OwnersLink
from subscribers.models.pace import Pace
from subscribers.models.sending import Sending
from subscribers.models.sign_up import SignUp
from subscribers.models.statistics import DigestCount, ReaderCount
from subscribers.models.subscriber import ALL_CATEGORIES, Subscriber, new_key
from subscribers.models.upkeep import Upkeep

__all__ = [
    "ALL_CATEGORIES",
    "AddressChange",
    "Delivery",
    "DeliveryEvent",
    "DigestCount",
    "Feedback",
    "LetterSent",
    "OwnersLink",
    "Pace",
    "ReaderCount",
    "Sending",
    "SignUp",
    "Subscriber",
    "Suppression",
    "UnusedReports",
    "Upkeep",
    "new_key",
]
