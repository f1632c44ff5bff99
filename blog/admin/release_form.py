"""The forms of the publishing screens: when, and what else the act needs."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone

from blog.clinic_time import NoSuchTime, at_clinic

NINE = time(9, 0)
FARTHEST = timedelta(days=5 * 366)
NOW, LATER = "now", "later"
WAIT, GO = "wait", "go"
TIMES = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p"]


class WhenForm(forms.Form):
    """Now, or at a set time of the clinic's clock. ``cleaned_data["at"]`` is that moment, or None for now."""

    when = forms.ChoiceField(
        choices=[(NOW, "Now"), (LATER, "At a set time")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose when.", "invalid_choice": "Choose when."},
    )
    date = forms.DateField(
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "This is not a date. Write it as 12/31/2026."},
    )
    time = forms.TimeField(
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        input_formats=TIMES,
        error_messages={"invalid": "This is not a time. Write it as 9:00 am."},
    )

    def __init__(self, *args, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        tomorrow = timezone.localdate(now) + timedelta(days=1)
        self.initial = {"when": NOW, "date": tomorrow, "time": NINE} | self.initial

    @property
    def today(self) -> str:
        """The clinic's day, as an attribute for the script that names the button."""
        return timezone.localdate(self.now).isoformat()

    def clean(self) -> dict:
        """Turn date and time into a moment that the clinic's clock really shows, and that lies ahead."""
        values = super().clean()
        values["at"] = None
        if values.get("when") != LATER or self.errors:
            return values
        if not (values.get("date") and values.get("time")):
            missing = "date" if not values.get("date") else "time"
            self.add_error(missing, f"Choose a {missing}, or choose “Now”.")
            return values
        try:
            self._judge(values)
        except NoSuchTime as sentence:
            self.add_error("time", str(sentence))
        return values

    def _judge(self, values: dict) -> None:
        today = timezone.localdate(self.now)
        if values["date"] < today:
            self.add_error("date", "That day has passed. Choose a later one, or choose “Now”.")
        elif values["date"] > today + FARTHEST:
            self.add_error("date", "That is more than five years away. Look at the year.")
        else:
            values["at"] = at_clinic(values["date"], values["time"])
            if values["at"] <= self.now:
                self.add_error("time", "That time has passed. Choose a later one, or choose “Now”.")


class PublishForm(WhenForm):
    """Which text goes live, when, whether readers are told that it was updated, and when it leaves again.

    ``cleaned_data["until"]`` is the moment of leaving, or None where no day was chosen.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput)
    show_updated = forms.BooleanField(required=False)
    # Asked only where a clinician may review it; nothing is chosen beforehand.
    review = forms.ChoiceField(
        required=False,
        choices=[(WAIT, "Wait"), (GO, "Do not wait")],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose whether it waits for the review."},
    )
    until_date = forms.DateField(
        label="Leaves on",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "This is not a date. Write it as 12/31/2026."},
    )
    until_time = forms.TimeField(
        label="at",
        required=False,
        initial=NINE,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        input_formats=TIMES,
        error_messages={"invalid": "This is not a time. Write it as 9:00 am."},
    )

    def clean(self) -> dict:
        """Judge the moment of leaving like that of going live: shown by the clinic's clock, and after it."""
        values = super().clean()
        values["until"] = None
        day = values.get("until_date")
        if day is None or self.errors:
            return values
        try:
            until = at_clinic(day, values.get("until_time") or NINE)
        except NoSuchTime as sentence:
            self.add_error("until_time", str(sentence))
            return values
        if until <= (values["at"] or self.now):
            self.add_error("until_date", "It would leave before it goes live. Choose a later day, or none.")
        elif day > timezone.localdate(self.now) + 2 * FARTHEST:
            self.add_error("until_date", "That is more than ten years away. Look at the year.")
        values["until"] = until
        return values


class TakeOffForm(WhenForm):
    """When a post leaves the site, and why."""

    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say in a few words why it goes."},
    )

    def __init__(self, *args, is_live: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not is_live:
            self.fields["when"].choices = [(LATER, "At a set time")]
            self.initial["when"] = LATER
