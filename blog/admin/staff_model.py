"""What every screen over one kind of record shares: plain words, and deletion that explains itself."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, ProtectedError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import capfirst

from blog.models import Post, Publication, Revision, public_write
from blog.models.fields import ParagraphField
from blog.search_index import index_name

LISTED_USES = 20
# Lookups that ask for patterns, for years that no calendar has, or for what SQLite cannot look for in a list.
_NO_VALUES = {"regex", "iregex", "year", "iso_year", "contains"}


class StaffModelAdmin(admin.ModelAdmin):
    """A ``ModelAdmin`` in the house's words: nothing is deleted in bulk, and what is in use says where.

    Subclasses may set ``saved_words`` (a sentence after saving) and override ``uses_of``.
    """

    actions = None
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = {ParagraphField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}
    show_full_result_count = False
    change_form_template = "admin/staff_change_form.html"
    saved_words = "Saved."

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What an address may filter by: Django's own rule without what can break or stall a database."""
        return is_plain(lookup, value) and super().lookup_allowed(lookup, value, request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Model | None:
        """The record with this key; none for what only Python takes for a number, such as 1_00."""
        is_key = object_id.isascii() and object_id.isdecimal()
        return super().get_object(request, object_id, from_field) if is_key else None

    def uses_of(self, obj: Model) -> Iterable[Model]:
        """Records that keep this one from being deleted, for a list of links; empty when nothing does."""
        return ()

    def message_user(self, request: HttpRequest, message: str, level: int = messages.INFO, **kwargs) -> None:
        """Say it in the house's words where Django would say its own after an act that worked."""
        super().message_user(request, getattr(request, "staff_sentence", message), level, **kwargs)

    def save_model(self, request: HttpRequest, obj: Model, form: BaseForm, change: bool) -> None:
        """Save through the model, so that the change stamp moves, and choose the sentence to say."""
        super().save_model(request, obj, form, change)
        request.staff_sentence = f"“{obj}”: {self.saved_words[0].lower()}{self.saved_words[1:]}"

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete through the model, so that the change stamp moves, and choose the sentence to say."""
        sentence = f"“{obj}” is deleted."
        super().delete_model(request, obj)
        request.staff_sentence = sentence

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Django's own under a plain heading."""
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Ask first; or say what the record is used in, because then it stays."""
        if request.method != "POST":
            return self._ask_or_delete(request, object_id, extra_context)
        # Whoever saves a text holds what it uses until that is sure; its uses are looked for after waiting for that.
        with transaction.atomic():
            self.model._default_manager.select_for_update(of=("self",)).filter(pk=_number(object_id)).first()
            return self._ask_or_delete(request, object_id, extra_context)

    def _ask_or_delete(self, request: HttpRequest, object_id: str, extra_context: dict | None) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        if obj is not None:
            if not self.has_delete_permission(request, obj):
                raise PermissionDenied
            if uses := list(self.uses_of(obj)):
                return self._in_use(request, obj, uses)
        title = {"title": f"Delete: {obj}"}
        try:
            return super().delete_view(request, object_id, title | (extra_context or {}))
        except ProtectedError as error:
            return self._in_use(request, obj, list(error.protected_objects))

    def _in_use(self, request: HttpRequest, obj: Model, uses: list[Model]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"In use: {obj}",
            "opts": self.opts,
            "object": obj,
            **self.listed_uses(obj, uses),
        }
        return TemplateResponse(request, "admin/in_use.html", context)

    def listed_uses(self, obj: Model, uses: list[Model]) -> dict:
        """The uses of a record for a template; see the function of this name."""
        return listed_uses(uses)

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Django's own, with the note on errors in the house's words (``staff_errors``) instead of Django's."""
        form = context["adminform"].form
        kind = capfirst(self.opts.verbose_name)
        context |= {
            "staff_errors": error_note(form),
            "errors": None,
            "subtitle": None,
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            "title": f"{kind}: {form.instance}" if form.instance.pk else f"New {self.opts.verbose_name}",
        }
        return super().render_change_form(request, context, *args, **kwargs)


class FixedAddress:
    """Mixin: the address is made from the name while a record is new, and fixed once saved."""

    prepopulated_fields = {"slug": ("name",)}
    # How a publication names this kind of record; its public page exists while a live article has it.
    in_publication = ""

    def save_model(self, request: HttpRequest, obj: Model, form: BaseForm, change: bool) -> None:
        """Save; under a changed name, readers' search finds the articles from now on."""
        with public_write():
            super().save_model(request, obj, form, change)
            if change and {"name", "credentials"} & set(form.changed_data):
                index_name(obj)

    def view_on_site(self, obj: Model) -> str | None:
        """The public page, or None while readers would find nothing there."""
        has_articles = Publication.objects.live(timezone.now()).filter(**{self.in_publication: obj}).exists()
        return obj.get_absolute_url() if has_articles else None

    def get_prepopulated_fields(self, request: HttpRequest, obj: Model | None = None) -> dict:
        """Only a new record's address follows its name."""
        if obj is not None or not self.has_add_permission(request):
            return {}
        return super().get_prepopulated_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple:
        """The address of a saved record cannot be changed: links to it are out in the world."""
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "slug") if obj is not None else fixed


def is_plain(lookup: str, value: str | list[str] = "") -> bool:
    """Whether a filter in an address asks for values that a database can hold, and not for a pattern."""
    typed = value if isinstance(value, list) else str(value).split(",")
    too_large = any(one.strip().lstrip("-").isdecimal() and len(one.strip()) > 18 for one in map(str, typed))
    return not too_large and not _NO_VALUES & set(lookup.split("__"))


def error_note(form: BaseForm) -> dict | None:
    """What the note above a refused form says: how many places, the first one's id, and sentences about the whole."""
    if not form.errors:
        return None
    faulty = [form[name].id_for_label or form[name].auto_id for name in form.fields if name in form.errors]
    return {"count": len(form.errors), "first": faulty[0] if faulty else "", "sentences": form.non_field_errors()}


def listed_uses(uses: list[Model]) -> dict:
    """The first records of a list for a template: ``uses`` with name, kind and address, ``more_uses`` as a number."""
    shown = [
        {
            "name": str(use),
            "kind": capfirst(use._meta.verbose_name),
            "url": f"admin:{use._meta.app_label}_{use._meta.model_name}_change",
            "pk": use.pk,
        }
        for use in uses[:LISTED_USES]
    ]
    for use in shown:
        try:
            use["url"] = reverse(use["url"], args=[use["pk"]])
        except NoReverseMatch:
            use["url"] = ""
    return {"uses": shown, "more_uses": max(0, len(uses) - LISTED_USES)}


def _number(object_id: str) -> int | None:
    number = unquote(object_id)
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else None


def posts_with(**match) -> list[Post]:
    """Posts of which any version, now or earlier, matches these lookups on ``Revision``."""
    versions = Revision.objects.filter(post=OuterRef("pk"), **match)
    return list(Post.objects.filter(Exists(versions)).defer("body").order_by("-saved_at"))
