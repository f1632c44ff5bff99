"""The clinic itself: one record, so one form and no list."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget, RelatedFieldWidgetWrapper
from django.db.models import Field, URLField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import get_text_list

from blog.content.plain import tidy_line
from blog.models import AuditEntry, Image, Practice, public_write
from blog.models.practice import MAX_MENU_LINKS, MAX_MENU_NAME_LENGTH, can_be_dialled, validate_menu_links
from blog.publishing import PolicyChange, lapse_for, record, set_review_policy
from blog.publishing.signers import policy

from .picture_words import held_picture
from .review_policy import policy_help
from .staff_model import StaffModelAdmin

# Of the posts that a new rule takes out of the schedule no more are named in its message.
NAMED = 3


class MenuLinksWidget(forms.MultiWidget):
    """A row of two boxes for each link: what it says, and where it leads."""

    template_name = "admin/blog/practice/menu_links.html"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        row = [
            AdminTextInputWidget(attrs={"maxlength": MAX_MENU_NAME_LENGTH}),
            forms.URLInput(attrs={"class": "vURLField"}),
        ]
        super().__init__(row * MAX_MENU_LINKS, attrs)

    def decompress(self, value: list[dict[str, str]] | None) -> list[str]:
        """The links in their boxes."""
        boxes = [text for link in value or [] for text in (link["name"], link["url"])]
        return [*boxes, *[""] * (2 * MAX_MENU_LINKS)][: 2 * MAX_MENU_LINKS]

    def get_context(self, name: str, value: object, attrs: dict[str, str] | None) -> dict[str, object]:
        """The boxes in rows, each with a name that screen readers say; ``value`` is stored links, or what was typed."""
        if not value or isinstance(value[0], dict):
            value = self.decompress(value)
        context = super().get_context(name, value, attrs)
        boxes = context["widget"]["subwidgets"]
        for number, box in enumerate(boxes):
            box["attrs"]["aria-label"] = f"Link {number // 2 + 1}, {'address' if number % 2 else 'name'}"
        for box, example in zip(boxes, ("Treatments", "https://example.com/treatments"), strict=False):
            box["attrs"]["placeholder"] = example
        context["rows"] = [boxes[start : start + 2] for start in range(0, len(boxes), 2)]
        return context


class MenuLinksField(forms.MultiValueField):
    """Up to five links as a list of ``{"name", "url"}``; blank rows drop out. An address may leave out https://."""

    widget = MenuLinksWidget

    def __init__(self, **kwargs) -> None:
        row = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(fields=row * MAX_MENU_LINKS, require_all_fields=False, required=False, **kwargs)

    def compress(self, data_list: list[str]) -> list[dict[str, str]]:
        """The rows that hold anything, as links. Raises ``ValidationError`` for one that leads nowhere."""
        texts = [tidy_line(text or "") for text in data_list]
        rows = zip(texts[::2], texts[1::2], strict=True)
        links = [{"name": name, "url": _whole(url)} for name, url in rows if name or url]
        for link in links:
            if not link["url"]:
                raise forms.ValidationError(
                    f"“{link['name']}” has no address. Copy it from your website, or clear the name."
                )
        validate_menu_links(links)
        return links

    def has_changed(self, initial: list[dict[str, str]] | None, data: list[str] | None) -> bool:
        """Whether the boxes hold other texts."""
        return self.widget.decompress(initial) != [text or "" for text in data or self.widget.decompress(None)]


def _whole(url: str) -> str:
    return f"https://{url}" if url and "://" not in url else url


class PracticeForm(forms.ModelForm):
    """The form of the practice."""

    class Meta:
        widgets = {"review_policy": forms.RadioSelect}
        help_texts = {
            "logo": "First add it under Images, then choose it here by its description. It stands at the top of every "
            "page instead of the name. Blank: the name beside a small window.",
            "phone": "One number, as you would print it: (907) 555-0142. Blank: no Call button, and no number under "
            "“Problem after a treatment?”.",
        }

    menu_links = MenuLinksField(
        label="Links to your website", help_text=Practice._meta.get_field("menu_links").help_text
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # Left out, it stays what it is.
        if "review_policy" in self.fields:
            self.fields["review_policy"].required = False
            # A page that was opened before somebody else answered must not answer anew by itself.
            self.fields["review_policy"].show_hidden_initial = True

    def clean_logo(self) -> Image | None:
        """The logo, held until the practice is saved; see ``held_picture``."""
        return held_picture(self.cleaned_data["logo"])

    def clean_share_image(self) -> Image | None:
        """The picture for shared links, held until the practice is saved; see ``held_picture``."""
        return held_picture(self.cleaned_data["share_image"])

    def clean_phone(self) -> str:
        """A number that the Call buttons can dial, or blank."""
        phone = self.cleaned_data["phone"]
        if phone and not can_be_dialled(phone):
            raise forms.ValidationError(
                "Write one number that a phone can dial: (907) 555-0142, or +1 907 555 0142 ext. 3. "
                "Other numbers belong under “After hours”."
            )
        return phone


@admin.register(Practice)
class PracticeAdmin(StaffModelAdmin):
    """Who speaks on this blog and how to reach them."""

    form = PracticeForm
    change_form_template = "admin/blog/practice/change_form.html"
    fieldsets = (
        (None, {"fields": ("name", "tagline", "logo")}),
        ("How to reach you", {"fields": ("phone", "hours", "after_hours_text", "address")}),
        ("Medical review", {"fields": ("review_policy",)}),
        ("The blog page", {"fields": ("blog_title", "blog_intro")}),
        ("Beside your website", {"fields": ("website_url", "menu_links")}),
        ("Under every article", {"fields": ("disclaimer", "booking_url", "cta_heading", "cta_text")}),
        (
            "At the foot of every page",
            {"fields": ("medical_director", "editorial_policy_url", "privacy_policy_url")},
        ),
        ("Search engines and shared links", {"fields": ("search_console_token", "share_image")}),
    )
    autocomplete_fields = ("logo", "share_image")
    # Django's own box for addresses repeats what it holds as a link, and is too narrow for most.
    formfield_overrides = StaffModelAdmin.formfield_overrides | {
        URLField: {"assume_scheme": "https", "widget": forms.URLInput(attrs={"class": "vTextField"})}
    }
    saved_words = "Saved. Readers see it at once."

    class Media:
        js = ("staff/labels.js",)

    def get_form(self, request: HttpRequest, obj: Practice | None = None, **kwargs) -> type[forms.ModelForm]:
        """Django's own; beside the review policy stands what each choice would do here and now."""
        form = super().get_form(request, obj, **kwargs)
        if "review_policy" in form.base_fields:
            form.base_fields["review_policy"].help_text = policy_help(timezone.now())
        return form

    def save_model(self, request: HttpRequest, obj: Practice, form: forms.ModelForm, change: bool) -> None:
        """Save, and write down which details are other ones now."""
        with public_write():
            # Both hold posts, which come before the practice.
            if "disclaimer" in form.changed_data:
                lapse_for(obj, timezone.now(), request.user)
            if "review_policy" in form.changed_data:
                self._say_what_changed(request, set_review_policy(request.user, obj.review_policy))
            obj.review_policy = policy(hold=True)
            super().save_model(request, obj, form, change)
            others = [name for name in form.changed_data if name != "review_policy"]
            if others:
                names = ", ".join(form.fields[name].label for name in others)
                record(request.user, AuditEntry.Act.PRACTICE_CHANGED, at=timezone.now(), reason=names)

    def _say_what_changed(self, request: HttpRequest, change: PolicyChange) -> None:
        if change.unscheduled:
            titles = get_text_list([f"“{post.title}”" for post in change.unscheduled[:NAMED]], "and")
            more = len(change.unscheduled) - NAMED
            messages.warning(
                request,
                f"Not scheduled any more, because nobody has reviewed it: {titles}"
                f"{f' and {more} more' if more > 0 else ''}. The drafts stand as they were; ask for a review of each.",
            )
        if change.live_without_review:
            count = len(change.live_without_review)
            messages.info(
                request,
                f"{count} live {'article has' if count == 1 else 'articles have'} no review. What is live stays live.",
            )

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs) -> forms.Field | None:
        """Pictures are chosen here and added on their own screen."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one practice, and it is there from the start."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Practice | None = None) -> bool:
        """The practice cannot be deleted."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The form instead of a list of one."""
        Practice.objects.get_or_create(pk=1)
        return redirect("admin:blog_practice_change", 1)

    def response_post_save_change(self, request: HttpRequest, obj: Practice) -> HttpResponse:
        """Back to the form, which is all there is."""
        return redirect("admin:blog_practice_change", 1)
