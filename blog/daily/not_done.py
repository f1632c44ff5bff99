"""How a step of the daily work says that it could not do it."""


class NotDone(Exception):
    """A step did not do all that was to do; the text says to staff what is left and why."""
