"""The mails' templates under the eyes of MJML's own compiler: `python -m tests.mjml`, a part of `make check`."""
