"""Form fields of a post that stock Django does not have: key points, tags, the shown date, picked posts."""

from collections.abc import Callable
from datetime import date, datetime, time

from django import forms
from django.utils import timezone
from django.utils.text import slugify

from blog.clinic_time import NoSuchTime, at_clinic
from blog.content.plain import tidy_line
from blog.models import Post, Tag
from blog.models.article import MAX_KEY_POINT_LENGTH, MAX_KEY_POINTS, MAX_RELATED_POSTS, validate_left_out

MAX_TAGS = 12
OFFERED_POSTS = 200
FIRST_YEAR = 1970


class KeyPointsWidget(forms.MultiWidget):
    """One short text area for each key point, which grows with its text."""

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__([forms.Textarea(attrs={"rows": 1}) for _ in range(MAX_KEY_POINTS)], attrs)

    def decompress(self, value: list[str] | None) -> list[str]:
        """The lines in their text areas."""
        return [*(value or []), *[""] * MAX_KEY_POINTS][:MAX_KEY_POINTS]

    def get_context(self, name: str, value: object, attrs: dict[str, str] | None) -> dict[str, object]:
        """Give each text area a name that screen readers say."""
        context = super().get_context(name, value, attrs)
        for number, widget in enumerate(context["widget"]["subwidgets"], start=1):
            widget["attrs"]["aria-label"] = f"Key point {number}"
        return context


class KeyPointsField(forms.MultiValueField):
    """Up to three key points as a list of lines; blank ones drop out."""

    widget = KeyPointsWidget

    def __init__(self, **kwargs) -> None:
        lines = [forms.CharField(max_length=MAX_KEY_POINT_LENGTH, required=False) for _ in range(MAX_KEY_POINTS)]
        super().__init__(fields=lines, require_all_fields=False, required=False, **kwargs)

    def compress(self, data_list: list[str]) -> list[str]:
        """The lines that have words, each in one line."""
        return [line for typed in data_list if (line := tidy_line(typed or ""))]

    def has_changed(self, initial: list[str] | None, data: list[str] | None) -> bool:
        """Whether the list differs, blank lines aside."""
        return (initial or []) != self.compress(data or [])


class PickedPostsWidget(forms.MultiWidget):
    """One select for each picked post."""

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__([forms.Select() for _ in range(MAX_RELATED_POSTS)], attrs)

    def decompress(self, value: list[int] | None) -> list[int | str]:
        """The ids in their selects."""
        return [*(value or []), *[""] * MAX_RELATED_POSTS][:MAX_RELATED_POSTS]

    def get_context(self, name: str, value: object, attrs: dict[str, str] | None) -> dict[str, object]:
        """Give each select a name that screen readers say."""
        context = super().get_context(name, value, attrs)
        for number, widget in enumerate(context["widget"]["subwidgets"], start=1):
            widget["attrs"]["aria-label"] = f"Picked post {number}"
        return context


class PickedPostsField(forms.MultiValueField):
    """Up to three posts as a list of ids, in the chosen order. Call ``offer`` before use."""

    widget = PickedPostsWidget

    def __init__(self, **kwargs) -> None:
        picks = [
            forms.TypedChoiceField(
                coerce=int,
                empty_value=None,
                required=False,
                error_messages={"invalid_choice": "That post cannot be picked any more. Choose another one."},
            )
            for _ in range(MAX_RELATED_POSTS)
        ]
        super().__init__(fields=picks, require_all_fields=False, required=False, **kwargs)

    def offer(self, post: Post, now: datetime) -> None:
        """Offer the newest live posts, and those that are picked already, but not ``post`` itself."""
        picked = post.related_posts if isinstance(post.related_posts, list) else []
        live = Post.objects.filter(publications__live_from__lte=now, publications__live_until__gt=now)
        live = live.exclude(pk=post.pk).order_by("-publications__live_from", "-pk").values_list("pk", "title")
        offered = dict(live[:OFFERED_POSTS])
        missing = [pk for pk in picked if pk not in offered]
        if missing:
            offered |= dict(live.filter(pk__in=missing))
            gone = Post.objects.filter(pk__in=missing).exclude(pk__in=offered).values_list("pk", "title")
            offered |= {pk: f"{title} (not live now)" for pk, title in gone}
        choices = [("", "Nothing picked"), *offered.items()]
        for field, widget in zip(self.fields, self.widget.widgets, strict=True):
            field.choices = widget.choices = choices

    def compress(self, data_list: list[int | None]) -> list[int]:
        """The picked ids, each once."""
        return list(dict.fromkeys(pk for pk in data_list if pk))

    def has_changed(self, initial: list[int] | None, data: list[str] | None) -> bool:
        """Whether the list differs, empty selects aside."""
        return [str(pk) for pk in initial or []] != list(dict.fromkeys(pk for pk in data or [] if pk))


class TagWordsField(forms.CharField):
    """Tags as words with commas between them; the form's value is the list of words, each once."""

    def prepare_value(self, value: object) -> str:
        """Tags as one line of words."""
        return ", ".join(value) if isinstance(value, list) else value or ""

    def to_python(self, value: str | None) -> list[str]:
        """The words; the same word in another case is the same tag."""
        words = {line.casefold(): line for typed in (value or "").split(",") if (line := tidy_line(typed))}
        return list(words.values())

    def validate(self, value: list[str]) -> None:
        """At most twelve tags, none longer than a tag can be, each with a letter or digit for its address."""
        if len(value) > MAX_TAGS:
            raise forms.ValidationError(f"A post has at most {MAX_TAGS} tags. Keep those that readers would look for.")
        longest = Tag._meta.get_field("name").max_length
        for word in value:
            if len(word) > longest:
                raise forms.ValidationError(f"“{word[:30]}…” is too long for a tag; the most is {longest} characters.")
            if not slugify(word):
                raise forms.ValidationError(f"“{word}” has no plain letter or digit, so the tag could have no address.")

    def run_validators(self, value: list[str]) -> None:
        """Nothing more: the validators of a text field do not fit a list."""

    def has_changed(self, initial: list[str] | None, data: str | None) -> bool:
        """Whether other words stand there, whatever their order or case."""
        return {word.casefold() for word in initial or []} != {word.casefold() for word in self.to_python(data)}


class KeysField(forms.CharField):
    """Records by their keys, in order: «3 5». The form's value is the list; the page's scripts fill it in."""

    widget = forms.HiddenInput

    def __init__(self, validator: Callable[[object], None], **kwargs) -> None:
        self.check_keys = validator
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: object) -> str:
        """The keys in one line."""
        return " ".join(str(pk) for pk in value) if isinstance(value, list) else value or ""

    def to_python(self, value: str | None) -> list[int]:
        """The keys, each once. Raises ``ValidationError`` for anything that is no key."""
        words = (value or "").replace(",", " ").split()
        if not all(word.isascii() and word.isdecimal() and len(word) < 19 for word in words):
            raise forms.ValidationError("This is no list of records. Choose them once more.")
        return list(dict.fromkeys(int(word) for word in words))

    def validate(self, value: list[int]) -> None:
        """As the column says."""
        self.check_keys(value)

    def run_validators(self, value: list[int]) -> None:
        """Nothing more: the validators of a text field do not fit a list."""

    def has_changed(self, initial: list[int] | None, data: str | None) -> bool:
        """Whether other keys, or another order, stand there."""
        return self.prepare_value(initial or []) != " ".join((data or "").replace(",", " ").split())


class LeftOutField(forms.CharField):
    """Safety notes that are left out, one a line: «drug-3 The reason». The form's value is the column's list."""

    widget = forms.Textarea(attrs={"rows": 2})

    def prepare_value(self, value: object) -> str:
        """One line for each note."""
        if not isinstance(value, list):
            return value or ""
        return "\n".join(f"{one['record']}-{one['id']} {one['reason']}" for one in value)

    def to_python(self, value: str | None) -> list[dict[str, object]]:
        """The notes, each once. Raises ``ValidationError`` for a line that names no record or has no reason."""
        found = {}
        for line in (value or "").splitlines():
            key, _, reason = tidy_line(line).partition(" ")
            record, _, number = key.partition("-")
            if not key:
                continue
            if not (number.isascii() and number.isdecimal() and len(number) < 19):
                raise forms.ValidationError("A line here begins with the note that is left out, such as drug-3.")
            found[key] = {"record": record, "id": int(number), "reason": reason}
        return list(found.values())

    def validate(self, value: list[dict[str, object]]) -> None:
        """As the column says: a drug or a procedure, and a reason."""
        validate_left_out(value)

    def run_validators(self, value: list[dict[str, object]]) -> None:
        """Nothing more: the validators of a text field do not fit a list."""

    def has_changed(self, initial: list[dict[str, object]] | None, data: str | None) -> bool:
        """Whether other lines stand there."""
        return self.prepare_value(initial or []).split() != (data or "").split()


class ShownDateField(forms.DateField):
    """The shown date as a day of the clinic; the form's value is a day, and ``moment_of`` makes the moment of it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def prepare_value(self, value: object) -> object:
        """A stored moment as its day at the clinic."""
        return timezone.localtime(value).date() if isinstance(value, datetime) else value

    def has_changed(self, initial: object, data: str | None) -> bool:
        """Whether another day stands there."""
        return super().has_changed(self.prepare_value(initial), data)


def moment_of(day: date | None, stored: datetime | None, now: datetime) -> datetime | None:
    """The moment to store for a shown day: the stored one while its day is unchanged, else noon at the clinic.

    Today before noon it is ``now``, so that it never lies ahead. Raises ``ValidationError`` for a day to come,
    and for one so long ago that it can only be a slip.
    """
    if day is None or (stored is not None and timezone.localtime(stored).date() == day):
        return stored if day is not None else None
    if day > timezone.localtime(now).date():
        raise forms.ValidationError(
            "This date lies ahead. Leave it blank, and choose the time of going live under “Publish…”.", code="ahead"
        )
    if day.year < FIRST_YEAR:
        raise forms.ValidationError(f"Look at the year: no post can be older than {FIRST_YEAR}.", code="old")
    try:
        return min(at_clinic(day, time(12)), now)
    except NoSuchTime as error:
        raise forms.ValidationError("The clinic’s clock skips that day’s noon. Choose the day after.") from error
