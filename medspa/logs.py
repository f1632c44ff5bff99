"""What no log may hold: addresses that are a secret by themselves."""

import logging
import re

# A draft shown by link, and a link that sets a password: what follows in the path is the secret.
SECRET = re.compile(r"(/(?:preview|welcome)/)[^\s\"'<>]+", re.IGNORECASE)


class WithoutSecrets(logging.Formatter):
    """A log line with a star for the secret part of an address, wherever in it that stands, tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        """Django's or gunicorn's own line, without secrets."""
        return SECRET.sub(r"\1*", super().format(record))
