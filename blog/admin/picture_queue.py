"""The queue after an upload of many pictures: describe them one after the other."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from blog import pictures, publishing
from blog.models import Image

from .picture_words import DescribedPicture, undescribed
from .staff_model import error_note


def queue_urls(site: AdminSite) -> list[URLPattern]:
    """The address of the queue, for the urls of the admin's pictures."""

    def view(request: HttpRequest) -> HttpResponse:
        return describe_next(site, request)

    return [path("describe/", site.admin_view(view), name="blog_image_describe")]


def describe_next(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the first picture that needs a description; keep what was said of it, and go on to the next.

    ``of`` in the address is how many there were at the start, ``after`` the number of one to pass over.
    """
    if not request.user.has_perm("blog.change_image"):
        return site.refusal(request, "Your login may not describe pictures. Ask for the Writer role.")
    total, after = _number(request.GET.get("of")), _number(request.GET.get("after"))
    waiting = undescribed()
    if request.method == "POST":
        sent = Image.objects.filter(pk=_number(request.POST.get("picture")))
        image = undescribed().filter(pk__in=sent).first()
        if image is None:
            # A colleague may have said that it shows a patient: a page that was open before must not undo that.
            what = "described by a colleague" if sent.exists() else "deleted"
            messages.warning(request, f"That picture was {what} meanwhile. Here is the next one.")
            return redirect(_here(total, after))
        form = DescribedPicture(request.POST, instance=image)
        if form.is_valid():
            try:
                publishing.say_of_picture(request.user, image, form.words(request.user))
                return redirect(_here(total, after))
            except publishing.Refused as refused:
                form.add_error(None, str(refused))
    else:
        image = waiting.filter(pk__gt=after).first() or waiting.first()
        if image is None:
            messages.success(request, "Every picture has a description.")
            return redirect("admin:blog_image_changelist")
        form = DescribedPicture(instance=image)
    left = waiting.count()
    total = max(total, left)
    context = {
        **site.each_context(request),
        "title": f"{left} of {total} {'needs' if left == 1 else 'need'} a description",
        "opts": Image._meta,
        "form": form,
        "original": image,
        "screen_url": pictures.screen_url(image),
        "staff_errors": error_note(form),
        "later": _here(total, image.pk) if left > 1 else "",
    }
    return TemplateResponse(request, "admin/blog/image/describe.html", context)


def _here(total: int, after: int) -> str:
    return f"{reverse('admin:blog_image_describe')}?{urlencode({'of': total, 'after': after})}"


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0
