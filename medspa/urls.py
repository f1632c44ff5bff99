"""The site's addresses: the public blog at the root, staff under /admin/."""

from django.contrib import admin
from django.urls import include, path

from blog.preview import preview

urlpatterns = [
    path("admin/", admin.site.urls),
    # Not among the public pages: it shows a draft to whoever has its secret.
    path("preview/<str:token>/", preview, name="preview"),
    path("", include("blog.urls")),
]

handler404 = "blog.views.not_found"
handler500 = "blog.trouble.server_error"
