"""People: names that stand on articles, logins, and what each role may do."""

from http import HTTPStatus
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db.models import Count, Field, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst

from blog import people
from blog.models import Author, Image, MedicalReview
from blog.pictures import thumbnail_url
from blog.signing_in import passwords, second_factor
from blog.signing_in.sessions import end_sessions

from .medical_reviews import offers_withdrawal, withdraw_all_urls
from .picture_words import held_picture
from .staff_model import FixedAddress, StaffModelAdmin, posts_with

ROLES = {
    "Writer": "Writes posts and changes own ones. Never publishes.",
    "Editor": "Changes all posts, publishes them, takes them off the site, keeps topics, tags and images.",
    "Medical reviewer": "Approves a text or sends it back, and may take a page off the site. Publishes nothing.",
    "Manager": "Does what an editor does, and looks after the practice, the people and their logins.",
}
RIGHTS_OVER = (
    "post review medicalreview image photoconsent author topic tag source drug procedure phrase practice auditentry "
    "user group"
).split()
MAX_PROFILES = 20


class ProfilesField(forms.CharField):
    """Web addresses, one per line, as a list. Refuses what is not an http or https address."""

    widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", "spellcheck": "false"})

    def prepare_value(self, value: object) -> object:
        """A list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: object) -> list[str]:
        """Lines as a list, blank ones left out."""
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def validate(self, value: list[str]) -> None:
        """Each line is a whole web address. Raises ``ValidationError`` that names the first one that is not."""
        super().validate(value)
        if len(value) > MAX_PROFILES:
            raise ValidationError(f"There is room for {MAX_PROFILES} addresses.")
        for line in value:
            try:
                URLValidator(schemes=["http", "https"])(line)
                urlsplit(line)
            except (ValidationError, ValueError):
                raise ValidationError(
                    f"“{line}” is not a web address. Write it whole, as in https://example.com."
                ) from None

    def has_changed(self, initial: object, data: object) -> bool:
        """Whether the lines differ from the stored list."""
        return (initial or []) != self.to_python(data)


class AuthorForm(forms.ModelForm):
    """The form of an author."""

    same_as = ProfilesField(
        label="Profiles elsewhere", required=False, help_text=Author._meta.get_field("same_as").help_text
    )

    def clean_photo(self) -> Image | None:
        """The photo, held until the author is saved; see ``held_picture``."""
        return held_picture(self.cleaned_data["photo"])

    def clean(self) -> dict:
        """Whoever reviews is known to readers by credentials, and signs with an own login."""
        values = super().clean()
        if values.get("is_medical_reviewer"):
            if not values.get("credentials") and "credentials" not in self.errors:
                self.add_error(
                    "credentials",
                    "A reviewer needs credentials, such as MD or RN: they stand beside the name on every page that "
                    "the person signs. Add them, or untick “Reviews articles”.",
                )
            if not values.get("user") and "user" not in self.errors:
                self.add_error(
                    "user",
                    "A reviewer signs with an own login. Choose the person’s login, or invite them first under Users; "
                    "or untick “Reviews articles”.",
                )
        is_blank = "credentials" in values and not values["credentials"] and "credentials" not in self.errors
        if is_blank and self.instance.pk and MedicalReview.objects.standing().filter(reviewer=self.instance).exists():
            self.add_error(
                "credentials",
                "This person stands by articles as their reviewer with these credentials. Withdraw those first; "
                "the button for that is on this page. Then take the credentials away.",
            )
        return values


@admin.register(Author)
class AuthorAdmin(FixedAddress, StaffModelAdmin):
    """People who sign articles."""

    form = AuthorForm
    change_form_template = "admin/blog/author/change_form.html"
    fieldsets = (
        (None, {"fields": ("name", "slug", "credentials", "job_title", "bio")}),
        ("Photo and profiles", {"fields": ("photo", "same_as")}),
        ("Who writes under this name", {"fields": ("user",)}),
        (
            "Medical review",
            {
                "fields": ("is_medical_reviewer", "license_type", "license_state"),
                "description": "Pages say “Medically reviewed by” for the licenses MD, DO, NP and PA, and “Clinically "
                "reviewed by” for every other. The login also needs the role Medical reviewer.",
            },
        ),
    )
    list_display = ("photo_cell", "name", "credentials", "job_title", "user")
    list_display_links = ("name",)
    list_select_related = ("photo", "user")
    search_fields = ("name", "credentials", "job_title")
    autocomplete_fields = ("photo",)

    class Media:
        js = ("staff/labels.js",)

    in_publication = "author"
    saved_words = "Saved. Readers see it at once."

    def get_urls(self) -> list[URLPattern]:
        """Django's own, after the page that withdraws all reviews of a person."""
        return [*withdraw_all_urls(self), *super().get_urls()]

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs) -> forms.Field | None:
        """Logins and photos are chosen here and made on their own screens."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Django's own, with the way to withdraw what the person signed."""
        reviewer = context.get("original")
        context["may_withdraw_all"] = reviewer is not None and offers_withdrawal(request.user, reviewer)
        return super().render_change_form(request, context, *args, **kwargs)

    def uses_of(self, obj: Author) -> list:
        """Posts of which any version carries this name."""
        return posts_with(author=obj)

    @admin.display(description=format_html('<span class="visually-hidden">{}</span>', "Photo"))
    def photo_cell(self, author: Author) -> str:
        """The photo, small."""
        url = thumbnail_url(author.photo) if author.photo else ""
        return format_html('<img src="{}" alt="" class="st-thumb">', url) if url else ""


class RolesField(forms.ModelMultipleChoiceField):
    """The roles of a person, each with what it may do."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Group) -> str:
        """The role's name and its sentence."""
        sentence = ROLES.get(obj.name)
        return format_html("<span><strong>{}.</strong> {}</span>", obj.name, sentence) if sentence else obj.name


class RightsField(forms.ModelMultipleChoiceField):
    """The rights of a role."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Permission) -> str:
        """The kind of record and the right: «Post: Can edit posts of others»."""
        return f"{capfirst(obj.content_type.name)}: {obj.name}"


class RoleForm(forms.ModelForm):
    """The form of a role: rights over records that have a screen here."""

    permissions = RightsField(
        Permission.objects.filter(content_type__model__in=RIGHTS_OVER)
        .select_related("content_type")
        .order_by("content_type__model", "pk"),
        label="May",
        required=False,
    )


class StaffUserForm(UserChangeForm):
    """The form of a login."""

    groups = RolesField(Group.objects.order_by("pk"), label="Roles", required=False)


class StaffPasswordForm(AdminPasswordChangeForm):
    """Django's own, without the choice of another way to log in: there is none here."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        self.fields["password1"].label, self.fields["password2"].label = "New password", "The same password again"
        self.fields["password2"].help_text = ""


class RoleFilter(admin.RelatedFieldListFilter):
    """By role."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.title = "role"


class MayLogInFilter(admin.BooleanFieldListFilter):
    """By whether the login is open."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.title = "whether the login is open"


admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class StaffUserAdmin(StaffModelAdmin, UserAdmin):
    """Logins. Nobody is deleted, because the records name them; a login is closed instead."""

    form = StaffUserForm
    add_form = UserCreationForm
    add_form_template = "admin/staff_user_add.html"
    change_form_template = "admin/auth/user/change_form.html"
    change_password_form = StaffPasswordForm
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("username", "second_step")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("What this login may do", {"fields": ("is_active", "groups", "is_superuser")}),
    )
    list_display = ("username", "full_name", "roles", "is_active", "last_login")
    list_filter = (("is_active", MayLogInFilter), ("groups", RoleFilter))
    filter_horizontal = ()
    saved_words = "Saved."

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With the roles, which the list names."""
        return super().get_queryset(request).prefetch_related("groups")

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Close a login instead: what the person did stays under their name."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A login that may do everything is changed only by another such login."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple:
        """Nobody takes away their own way in, and only who may do everything gives that right to others."""
        fixed = () if request.user.is_superuser else ("is_superuser",)
        fixed = (*fixed, "second_step")
        return (*fixed, "is_active", "is_superuser") if obj is not None and obj.pk == request.user.pk else fixed

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list | tuple:
        """Without the power above all roles for those who cannot give it."""
        found = super().get_fieldsets(request, obj)
        if obj is None or request.user.is_superuser:
            return found
        kept = [(name, [field for field in rest["fields"] if field != "is_superuser"]) for name, rest in found]
        return [(name, {"fields": fields}) for name, fields in kept]

    def get_form(self, request: HttpRequest, obj: User | None = None, **kwargs) -> type[forms.ModelForm]:
        """Django's own, with plain labels."""
        form = super().get_form(request, obj, **kwargs)
        for name, label, help_text in (
            ("username", "User name", "What the person types to log in: letters, digits and @ . + - _"),
            (
                "is_active",
                "May log in",
                "Untick it when somebody leaves. The login is closed at once, preview links that they made end, and "
                "nothing is lost.",
            ),
            ("is_superuser", "May do everything", "Above all roles. One or two people need it."),
        ):
            if name in form.base_fields:
                form.base_fields[name].label, form.base_fields[name].help_text = label, help_text
        return form

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Every login here is a member of staff: the blog has no other logins. Rights wait for ``save_related``."""
        if change:
            request.wanted_rights = {"is_active": obj.is_active, "everything": obj.is_superuser}
            stored = User.objects.get(pk=obj.pk)
            obj.is_active, obj.is_superuser = stored.is_active, stored.is_superuser
        else:
            obj.is_staff = True
        super().save_model(request, obj, form, change)
        if change:
            people.record_other_name(request.user, stored, obj)
        else:
            people.record_new_login(request.user, obj)
            request.staff_sentence = f"The login “{obj}” is made. Now choose its roles; without one it may do nothing."

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        """Give the rights through ``blog.people``, which judges and writes down who did it."""
        if change:
            roles = form.cleaned_data.get("groups")
            people.change_rights(request.user, form.instance, roles=roles, **request.wanted_rights)
            if "is_active" in form.changed_data and not form.instance.is_active:
                end_sessions(form.instance)
        super().save_related(request, form, formsets, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Django's own screen; a login that may do everything is safe from those that may not."""
        user = self.get_object(request, id)
        if user is not None and not self.has_change_permission(request, user):
            raise PermissionDenied
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            keep = request.session.session_key if user.pk == request.user.pk else None
            passwords.changed(request.user, user, timezone.now(), keep=keep)
        return response

    @admin.display(description="Second step")
    def second_step(self, user: User) -> str:
        """Whether there is one, and the way to reset it."""
        if not second_factor.has_second_factor(user):
            return "Not set up"
        return format_html('Set up. <a href="{}">Reset it…</a>', reverse("admin:second_step_reset", args=[user.pk]))

    @admin.display(description="Name", ordering="first_name")
    def full_name(self, user: User) -> str:
        """First and last name."""
        return user.get_full_name()

    @admin.display(description="Roles")
    def roles(self, user: User) -> str:
        """The roles by name."""
        names = ["Everything"] if user.is_superuser else [group.name for group in user.groups.all()]
        return ", ".join(names) or "None"


@admin.register(Group)
class RoleAdmin(StaffModelAdmin, GroupAdmin):
    """Roles: what each may do, and how many people have it."""

    list_display = ("name", "sentence", "people")
    form = RoleForm
    filter_horizontal = ()
    saved_words = "Saved."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """With the number of open logins in each role."""
        return super().get_queryset(request).annotate(open_logins=Count("user", filter=Q(user__is_active=True)))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The roles that this blog is made for stay."""
        return (obj is None or obj.name not in ROLES) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple:
        """Their names stay, too."""
        return ("name",) if obj is not None and obj.name in ROLES else ()

    @admin.display(description="May do")
    def sentence(self, group: Group) -> str:
        """What people in this role may do."""
        return ROLES.get(group.name, "A role that was made here")

    @admin.display(description="Open logins", ordering="open_logins")
    def people(self, group: Group) -> int:
        """How many people have it."""
        return group.open_logins
