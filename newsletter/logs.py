"""What must not stand in a log."""

import logging
import re

SECRET_PATH = re.compile(r"/(confirm|preferences|unsubscribe|return|own|address|refuse|feedback)/[^/\s'\"]+")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


class Discreet(logging.Filter):
    """Takes readers' links and e-mail addresses out of a message. Django logs the path of a refused request, and such
    a path can be a working link."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; let every record pass."""
        said = record.getMessage()
        told = ADDRESS.sub("<address>", SECRET_PATH.sub(r"/\1/…", said))
        if told != said:
            record.msg, record.args = told, ()
        return True
