"""Who signs a post, on its form: the login's own author, others whom one may name, or a name written down anew."""

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html

from blog import publishing
from blog.models import Author, Post
from blog.publishing import signing


class SigningField(forms.CharField):
    """The name of a person who is no author yet."""

    def __init__(self) -> None:
        super().__init__(
            label="Your name",
            required=False,
            max_length=Author._meta.get_field("name").max_length,
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
            help_text="As readers should see it. Saving puts it under this post, and makes your author page with it.",
        )


def offer_authors(form: forms.ModelForm, user: User | None) -> None:
    """Set up the form's ``author`` and ``sign_as``: whom this person may name, and whether to ask for their own name.

    The name is asked for where nobody real signs the post yet and the person may become an author. Names of the samples
    are not offered.
    """
    post: Post = form.instance
    own = signing.own_author(user) if user else None
    if post.pk is None and own is not None:
        form.initial.setdefault("author", own.pk)
    field = form.fields["author"]
    is_signed = post.author_id is not None and not post.author.is_sample
    if is_signed or not (user and signing.may_sign_anew(user)):
        del form.fields["sign_as"]
    elif post.pk is None:
        form.initial.setdefault("sign_as", user.get_full_name())
    if not (user and user.has_perm("blog.change_any_post")):
        allowed = {own.pk if own else None, post.author_id} - {None}
        field.queryset = Author.objects.filter(pk__in=allowed)
        if not allowed:
            field.help_text = "An editor or manager can link your name."
        return
    field.queryset = Author.objects.filter(Q(is_sample=False) | Q(pk=post.author_id))
    if "sign_as" not in form.fields:
        if own is None:
            field.help_text = "Your own name is not here? A manager adds it under Authors."
    elif not Author.objects.filter(is_sample=False).exists():
        field.help_text = format_html(
            'There is no author yet. Write your name below, or <a href="{}">add another person</a>.',
            reverse("admin:blog_author_add"),
        )


def check_signing(form: forms.ModelForm, user: User) -> None:
    """Refuse, at its field, a name that this person cannot sign with."""
    if name := _wanted(form, form.cleaned_data.get("author")):
        try:
            signing.check_name(user, name)
        except publishing.Refused as error:
            form.add_error("sign_as", str(error))


def settle_author(form: forms.ModelForm, user: User) -> None:
    """Put the written name under the post, as an author. Part of the save's transaction, so that none stays behind."""
    if name := _wanted(form, form.instance.author):
        form.instance.author = signing.sign_as(user, name)


def _wanted(form: forms.ModelForm, author: Author | None) -> str:
    """The name to sign with: none where a real author is chosen, which goes before it."""
    return "" if author is not None and not author.is_sample else form.cleaned_data.get("sign_as", "")
