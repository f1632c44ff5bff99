"""The site's addresses: the public blog at the root, staff under /admin/."""

from django.contrib import admin
from django.urls import include, path, re_path

from blog.preview import preview
from blog.views import tap

urlpatterns = [
    path("admin/", admin.site.urls),
    # Not among the public pages: it shows a draft to whoever has its secret.
    path("preview/<str:token>/", preview, name="preview"),
    # No page either: browsers tell here that a reader tapped “Call” or “Book a visit”.
    re_path(r"^tap/(?P<happened>call|book)/(?P<slug>[-a-zA-Z0-9_]+)/$", tap, name="tap"),
    path("", include("blog.urls")),
]

handler404 = "blog.views.not_found"
handler500 = "blog.trouble.server_error"
