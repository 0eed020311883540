#!/usr/bin/env python3
"""Django's command line for this product."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a sentence about a setting; where it was read helps nobody
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
