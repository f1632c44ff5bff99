"""The one error with which this room turns a picture down."""


class PictureRefused(ValueError):
    """A picture that cannot be taken.

    Its message, ``str(error)``, is one or two plain sentences for the person
    who uploads: what is wrong, and what to do. It holds nothing from the file
    but its measures, so it may be shown as it is.
    """
