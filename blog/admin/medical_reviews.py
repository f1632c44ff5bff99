"""The screens on which a clinician takes a signature back: one, from its mail or its post, or all of one person."""

from datetime import datetime

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from blog import publishing, reviewed
from blog.clinic_time import full_date
from blog.models import Author, MedicalReview, Post, Practice, Publication

from .post_list import is_number
from .post_screens import PostScreens, screen
from .practice_of import practice_of

LONGEST_LIST = 200


def withdraw_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The address for one signature, for the post admin's ``get_urls``."""
    view = model_admin.admin_site.admin_view(WithdrawScreen(model_admin).withdraw)
    return [path("<int:pk>/withdraw-review/", view, name="blog_post_withdraw_review")]


class WithdrawScreen(PostScreens):
    """Taking back one signature under a post."""

    @screen
    def withdraw(self, request: HttpRequest, post: Post, now: datetime) -> HttpResponse:
        """Say what readers will see (GET), then take exactly the signature back that the screen showed (POST)."""
        because, refusal = request.POST.get("because", ""), ""
        signature = _signature_of(post, request)
        if signature is None and not self.model_admin.has_view_permission(request, post):
            raise publishing.NotAllowed("Your login may not read this post. Ask the person who manages logins.")
        if request.method == "POST":
            try:
                if signature is None:
                    raise publishing.Refused("This screen did not say which review to withdraw. Open it again.")
                publishing.withdraw(request.user, signature, because)
            except (publishing.NotAllowed, publishing.NotThere):
                raise
            except publishing.Refused as refused:
                refusal = str(refused)
            else:
                messages.success(
                    request,
                    f"The review of “{signature.revision.title}” is withdrawn. Its page no longer names "
                    f"{signature.reviewer.byline}.",
                )
                return redirect("admin:index")
        if signature is not None and not publishing.may_withdraw(request.user, signature):
            raise publishing.NotAllowed("Only whose review this is, or a manager, may withdraw it. Ask one of them.")
        live = Publication.objects.live(now).filter(post=post).first()
        shown = reviewed.current_review(live, now) if live is not None else None
        return self.page(
            request,
            "withdraw_review.html",
            post,
            f"Withdraw the review: {signature.revision.title if signature else post.title}",
            signature=signature,
            is_own=signature is not None and _is_of(signature, request.user),
            reviewed_on=full_date(signature.reviewed_on) if signature else "",
            is_carried=signature is not None and signature.carried_from_id is not None,
            because=because,
            refusal=refusal,
            is_live=live is not None,
            shown=shown,
            must=practice_of(request).review_policy == Practice.ReviewPolicy.MUST,
            may_take_off=publishing.may_take_off(request.user),
        )


def _signature_of(post: Post, request: HttpRequest) -> MedicalReview | None:
    """The signature that a form names; without one the latest that stands, the person's own first."""
    known = MedicalReview.objects.filter(post=post).select_related("post", "reviewer", "revision", "signed_by")
    if request.method == "POST":
        key = request.POST.get("signature", "")
        return known.filter(pk=int(key)).first() if is_number(key) else None
    standing = list(known.standing())
    return next((one for one in standing if _is_of(one, request.user)), standing[0] if standing else None)


def _is_of(signature: MedicalReview, user: User) -> bool:
    return user.pk in (signature.signed_by_id, signature.reviewer.user_id)


def withdraw_all_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The address for all signatures of one person, for the author admin's ``get_urls``."""

    def view(request: HttpRequest, object_id: str) -> HttpResponse:
        return withdraw_all(model_admin, request, object_id)

    guarded = model_admin.admin_site.admin_view(view)
    return [path("<path:object_id>/withdraw-reviews/", guarded, name="blog_author_withdraw_reviews")]


def withdraw_all(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """List what a reviewer signed (GET), then take all of it back (POST)."""
    reviewer = model_admin.get_object(request, unquote(object_id))
    if reviewer is None:
        raise Http404
    site, refusal = model_admin.admin_site, ""
    because = request.POST.get("because", "")
    if not may_withdraw_all(request.user, reviewer):
        return site.refusal(request, "Only the reviewer, or a manager, may withdraw these reviews. Ask one of them.")
    if request.method == "POST":
        try:
            count = len(publishing.withdraw_all(request.user, reviewer, because))
        except publishing.Refused as refused:
            refusal = str(refused)
        else:
            articles = "1 article is" if count == 1 else f"{count} articles are"
            messages.success(
                request,
                f"The reviews of {articles} withdrawn. No page names {reviewer.byline} as its reviewer any more.",
            )
            return redirect("admin:blog_author_change", reviewer.pk)
    now = timezone.now()
    standing = MedicalReview.objects.filter(reviewer=reviewer).standing().select_related("post", "revision")
    context = {
        **site.each_context(request),
        "title": f"Withdraw all reviews of {reviewer}",
        "opts": model_admin.opts,
        "reviewer": reviewer,
        "rows": _rows(standing, now),
        "more": max(0, standing.count() - LONGEST_LIST),
        "because": because,
        "refusal": refusal,
        "must": practice_of(request).review_policy == Practice.ReviewPolicy.MUST,
    }
    return TemplateResponse(request, "admin/blog/author/withdraw_reviews.html", context)


def _rows(standing: "MedicalReview.objects", now: datetime) -> list[dict]:
    signatures = list(standing[:LONGEST_LIST])
    live = Publication.objects.live(now).filter(post__in=[one.post_id for one in signatures])
    digests = dict(live.values_list("post_id", "digest"))
    return [
        {
            "title": one.revision.title,
            "url": reverse("admin:blog_post_change", args=[one.post_id]),
            "words": f"Reviewed on {full_date(one.reviewed_on)}",
            "is_shown": digests.get(one.post_id) == one.digest,
        }
        for one in signatures
    ]


def may_withdraw_all(user: User, reviewer: Author) -> bool:
    """Whether this person may withdraw all reviews of another, or of their own."""
    return reviewer.user_id == user.pk or user.has_perm("blog.change_practice")


def offers_withdrawal(user: User, reviewer: Author) -> bool:
    """The same, where there is anything to withdraw."""
    return may_withdraw_all(user, reviewer) and MedicalReview.objects.filter(reviewer=reviewer).standing().exists()
