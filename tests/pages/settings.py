"""The product's settings, with addresses at which it goes wrong, and staff who need no telephone."""

from newsletter.settings import *

ROOT_URLCONF = "tests.pages.wrong"
ADMIN_SECOND_FACTOR = False
SIGN_UP_SECONDS = 0  # buttons are pressed at once here
