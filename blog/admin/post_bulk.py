"""Acting on many posts: a screen that asks, and one that says what was done and takes it back. And copying one."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from blog import publishing
from blog.clinic_time import clock
from blog.models import Author, BulkAct, Post, Publication, RevisionLink, StaffWord, Tag, Topic

from .work import with_standing

# Notes on the list about what can still be undone; older ones have their own page.
LISTED_ACTS = 3
LISTED_LINKS = 10
# Until when, in the session: so that the list asks for them only after an act.
UNDO_UNTIL = "bulk_undo_until"


class StaffActionForm(ActionForm):
    """Django's own, in the house's words."""

    action = forms.ChoiceField(label="With those selected:")


class _BulkForm(forms.Form):
    """What an act needs to know; some need nothing."""

    def __init__(self, *args, posts: list[Post], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.posts = posts

    def wanted(self) -> publishing.Wanted:
        """The choices of a valid form."""
        return publishing.Wanted(**self.cleaned_data)


class _TopicForm(_BulkForm):
    topic = forms.ModelChoiceField(
        Topic.objects.all(), widget=forms.RadioSelect, empty_label=None, error_messages={"required": "Choose a topic."}
    )


class _TagForm(_BulkForm):
    tag = forms.ModelChoiceField(
        Tag.objects.all(), empty_label="Choose a tag", error_messages={"required": "Choose a tag."}
    )


class _TheirTagForm(_TagForm):
    def __init__(self, *args, posts: list[Post], **kwargs) -> None:
        super().__init__(*args, posts=posts, **kwargs)
        used = Post.tags.through.objects.filter(post__in=[post.pk for post in posts]).values("tag")
        self.fields["tag"].queryset = Tag.objects.filter(pk__in=used)


class _AuthorForm(_BulkForm):
    author = forms.ModelChoiceField(
        Author.objects.all(), empty_label="Choose an author", error_messages={"required": "Choose an author."}
    )


class _ReasonForm(_BulkForm):
    reason = forms.CharField(
        label="Why?",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept for the record with each post. Readers never see it. Write no patient’s name.",
        error_messages={"required": "Say in a few words why they go."},
    )


@dataclass(frozen=True)
class Screen:
    """One act as the list offers it: its name there, the button that does it, and what to know before."""

    name: str
    button: str
    form: type[_BulkForm]
    note: str
    danger: bool = False


IN_DRAFTS = (
    "Each post gets a new draft. What readers see stays until somebody publishes it. A post that somebody is writing "
    "in, that is in review or that was approved is left alone, and so is one that your login may not change."
)
SCREENS = {
    "set_topic": Screen("Set the topic…", "Set the topic of", _TopicForm, IN_DRAFTS),
    "add_tag": Screen("Add a tag…", "Add the tag to", _TagForm, IN_DRAFTS),
    "remove_tag": Screen("Remove a tag…", "Remove the tag from", _TheirTagForm, IN_DRAFTS),
    "set_author": Screen("Set the author…", "Set the author of", _AuthorForm, IN_DRAFTS),
    "trash": Screen(
        "Move to the trash…",
        "Move to the trash:",
        _BulkForm,
        "Drafts that readers never saw go to the trash, and can be taken out again as they were. "
        "A post that is or was public is left alone: take that off the site instead.",
    ),
    "restore": Screen(
        "Take out of the trash…", "Take out of the trash:", _BulkForm, "Each comes back as the draft it was."
    ),
    "take_off": Screen(
        "Take off the site…",
        "Take off the site now:",
        _ReasonForm,
        "At the address of each, readers then see that the page is no longer here. The texts stay with you. What was "
        "already sent out cannot be called back: feeds, e-mails, screenshots, prints.",
        danger=True,
    ),
}


def bulk_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of these screens, for the post admin's ``get_urls``. All ask for a login."""
    guard = model_admin.admin_site.admin_view
    return [
        path("bulk/", guard(require_POST(do_it)), name="blog_post_bulk"),
        path("bulk/<int:pk>/", guard(result), name="blog_post_bulk_result"),
        path("bulk/<int:pk>/undo/", guard(require_POST(undo)), name="blog_post_bulk_undo"),
        path("<int:pk>/duplicate/", guard(require_POST(duplicate)), name="blog_post_duplicate"),
    ]


def offered_actions(request: HttpRequest) -> dict:
    """What the list offers this person to do with the posts that are ticked, as Django's ``get_actions`` gives it."""
    names = ["restore"] if "trash" in request.GET else [name for name in SCREENS if name != "restore"]
    found = {name: (ask, name, SCREENS[name].name) for name in names if publishing.may_act(request.user, name)}
    if request.user.has_perm("blog.add_post") and "trash" not in request.GET:
        found["duplicate"] = (duplicate_one, "duplicate", "Duplicate (one post)")
    return found


# --- From the list ------------------------------------------------------------------------------------


def ask(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Post]) -> HttpResponse | None:
    """What Django calls for an act that was chosen on the list: the screen that asks, or a word about what is wrong."""
    keys = list(queryset.values_list("pk", flat=True)[: publishing.MOST_POSTS + 1])
    if len(keys) > publishing.MOST_POSTS:
        messages.warning(
            request, f"Nothing was changed: {publishing.MOST_POSTS} posts are the most at once. Choose fewer."
        )
        return None
    return _asking(request, request.POST.get("action", ""), keys, request.GET.urlencode())


def duplicate_one(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Post]) -> HttpResponse | None:
    """Copy the one post that is ticked and open the copy."""
    keys = list(queryset.values_list("pk", flat=True)[:2])
    if len(keys) != 1:
        messages.warning(request, "Nothing was copied: tick exactly one post, then choose Duplicate.")
        return None
    return open_copy(request, keys[0])


def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Copy a post from its own screen and open the copy."""
    return open_copy(request, pk)


def open_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a copy of a post and go to its form, or say why not."""
    post = Post.objects.filter(pk=pk).first()
    if post is None:
        raise Http404
    try:
        copy = publishing.duplicate(request.user, post)
    except publishing.NotThere as gone:
        raise Http404 from gone
    except publishing.NotAllowed as refused:
        return admin.site.refusal(request, str(refused))
    messages.success(request, f"This is a copy of “{post.title}”, as it was last saved. Readers see nothing of it yet.")
    return redirect("admin:blog_post_change", copy.pk)


def _asking(
    request: HttpRequest, name: str, keys: list[int], back: str, form: _BulkForm | None = None, refusal: str = ""
) -> HttpResponse:
    now = timezone.now()
    posts = with_standing(keys, now)
    for post in posts:
        post.word = StaffWord(post.staff_word).label
    screen = SCREENS[name]
    context = {
        **admin.site.each_context(request),
        "title": screen.name.rstrip("…"),
        "screen": screen,
        "action": name,
        "posts": posts,
        "posts_words": _count(len(posts)),
        "form": form or screen.form(posts=posts),
        "refusal": refusal,
        "back": back,
        "linking": _live_posts_linking_to(keys, now) if name in ("take_off", "trash") else [],
        "until": clock(now + publishing.UNDO_FOR),
    }
    return TemplateResponse(request, "admin/blog/post/bulk.html", context)


def _live_posts_linking_to(keys: list[int], now: datetime) -> list[Publication]:
    """Other live posts whose texts link to any of these."""
    tied = RevisionLink.objects.filter(revision=OuterRef("revision"), post__in=keys)
    live = Publication.objects.live(now).exclude(post__in=keys).filter(Exists(tied))
    return list(live.only("title", "post_id").order_by("title", "pk")[:LISTED_LINKS])


def _count(number: int) -> str:
    return "1 post" if number == 1 else f"{number} posts"


# --- Doing it, and undoing it ---------------------------------------------------------------------------


def do_it(request: HttpRequest) -> HttpResponse:
    """Do what the screen asked about, then lead to what came of it."""
    name, back = request.POST.get("action", ""), request.POST.get("back", "")
    keys = [int(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME) if key.isascii() and key.isdecimal()]
    keys = [key for key in dict.fromkeys(keys) if key < 2**63][: publishing.MOST_POSTS + 1]
    if name not in SCREENS:
        raise Http404
    try:
        # Before what was chosen is judged: the page that asks again names posts.
        publishing.require_act(request.user, name)
        form = SCREENS[name].form(request.POST, posts=list(Post.objects.filter(pk__in=keys).only("pk")))
        if not form.is_valid():
            return _asking(request, name, keys, back, form)
        act = publishing.act_on_many(request.user, name, keys, form.wanted())
    except publishing.NotAllowed as refused:
        return admin.site.refusal(request, str(refused))
    except publishing.Refused as refused:
        return _asking(request, name, keys, back, form, refusal=str(refused))
    request.session[UNDO_UNTIL] = (act.at + publishing.UNDO_FOR).isoformat()
    return redirect("admin:blog_post_bulk_result", act.pk)


def _own_act(request: HttpRequest, pk: int) -> BulkAct:
    """The act with this key, if this person did it and may still see posts. Raises ``Http404`` for everybody else."""
    if not request.user.has_perm("blog.view_post"):
        raise PermissionDenied
    act = BulkAct.objects.filter(pk=pk, actor=request.user).first()
    if act is None:
        raise Http404
    return act


def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What was done, what was not and why; for a while with ways to take it back."""
    act = _own_act(request, pk)
    now = timezone.now()
    items = list(act.items.select_related("post").order_by("pk"))
    may_undo = publishing.can_be_undone(act, now) and _may_undo(request.user, act)
    done = [item for item in items if "refused" not in item.facts]
    for item in done:
        item.said, item.kept = item.facts["said"], item.facts.get("kept", "")
        item.can_be_undone = may_undo and item.undone_at is None
    refused = [item for item in items if "refused" in item.facts]
    for item in refused:
        item.said = item.facts["refused"]
    context = {
        **admin.site.each_context(request),
        "title": act.words,
        "act": act,
        "done": done,
        "refused": refused,
        "still_done": sum(item.undone_at is None for item in done),
        "may_undo": may_undo and any(item.undone_at is None for item in done),
        "needs_editor": act.name == "take_off" and not _may_undo(request.user, act),
        "until": clock(act.at + publishing.UNDO_FOR),
    }
    return TemplateResponse(request, "admin/blog/post/bulk_result.html", context)


def _may_undo(user: User, act: BulkAct) -> bool:
    # Who may take a page off may not always put it back.
    return act.name != "take_off" or publishing.may_release(user)


def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the act back, for the post named ``post`` or for all, and say for how many that went."""
    act = _own_act(request, pk)
    key = request.POST.get("post", "")
    one = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else None
    open_before = act.items.filter(undone_at__isnull=True, after__isnull=False)
    asked = open_before.count() if one is None else open_before.filter(post=one).count()
    try:
        count = publishing.undo_many(request.user, act, post_id=one)
    except publishing.Refused as refused:
        messages.warning(request, str(refused))
        return redirect("admin:blog_post_bulk_result", act.pk)
    stays = asked - count
    words = f"Undone for {_count(count)}." if count else "Nothing was undone."
    if stays:
        stay = "stays as it is" if stays == 1 else "stay as they are"
        words += f" {_count(stays)} {stay}: see why below."
    (messages.warning if stays else messages.success)(request, words)
    return redirect("admin:blog_post_bulk_result", act.pk)


def undoable_acts(request: HttpRequest, now: datetime) -> list[dict]:
    """What this person did to many posts and can still undo, for notes on the list. One query, and mostly none."""
    if request.session.get(UNDO_UNTIL, "") <= now.isoformat():
        return []
    user = request.user
    open_items = Q(items__undone_at__isnull=True, items__after__isnull=False)
    acts = (
        BulkAct.objects.filter(actor=user, at__gt=now - publishing.UNDO_FOR, at__lte=now)
        .annotate(count=Count("items", filter=open_items))
        .filter(count__gt=0)[:LISTED_ACTS]
    )
    return [
        {
            "words": act.words,
            "posts": _count(act.count),
            "until": clock(act.at + publishing.UNDO_FOR),
            "undo_url": reverse("admin:blog_post_bulk_undo", args=[act.pk]),
            "result_url": reverse("admin:blog_post_bulk_result", args=[act.pk]),
            "may_undo": _may_undo(user, act),
        }
        for act in acts
    ]
