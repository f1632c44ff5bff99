"""Field classes for what people type."""

from django.db import models

from blog.content.clean import clean
from blog.content.plain import tidy_line, tidy_text


class LineField(models.CharField):
    """One line of plain text, without characters that a page or feed cannot carry, whatever way it comes in."""

    def to_python(self, value: object) -> str | None:
        """Tidy the value; see ``tidy_line``."""
        value = super().to_python(value)
        return tidy_line(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        """Tidy the value in the database and on the instance alike."""
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


class ParagraphField(models.TextField):
    """Plain text of several lines, tidied like ``LineField``."""

    def to_python(self, value: object) -> str | None:
        """Tidy the value; see ``tidy_text``."""
        value = super().to_python(value)
        return tidy_text(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        """Tidy the value in the database and on the instance alike."""
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


class BodyField(models.TextField):
    """Article HTML as editors write it. Whatever way a body comes in, it is stored cleaned.

    The value is plain HTML, not bound to any editor: which one staff see is the admin form's choice.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Clean the body as it goes into the database and on the instance alike.

        Raises ``blog.content.clean.BodyTooLong`` for more text than an article can be.
        """
        cleaned = clean(getattr(model_instance, self.attname) or "")
        setattr(model_instance, self.attname, cleaned)
        return cleaned


class LinesField(models.JSONField):
    """A list of plain lines, each tidied like ``LineField``; blank ones drop out."""

    def pre_save(self, model_instance: models.Model, add: bool) -> object:
        """Tidy the lines in the database and on the instance alike."""
        value = getattr(model_instance, self.attname)
        if isinstance(value, list):
            value = [line for item in value if (line := tidy_line(item) if isinstance(item, str) else item)]
            setattr(model_instance, self.attname, value)
        return value
