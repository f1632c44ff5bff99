"""Addresses of the public pages."""

from django.urls import path, re_path

from blog import crawlers, feeds, views

app_name = "blog"

urlpatterns = [
    path("", views.home, name="home"),
    path("blog/", views.index, name="index"),
    path("blog/<slug:slug>/", views.article, name="article"),
    path("blog/pictures/<int:pk>/<str:name>", views.patient_picture, name="patient_picture"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("tags/<slug:slug>/", views.tag, name="tag"),
    path("authors/<slug:slug>/", views.author, name="author"),
    path("search/", views.search, name="search"),
    path("feed/", feeds.rss, name="feed"),
    path("feed/atom/", feeds.atom, name="feed_atom"),
    path("feed/json/", feeds.json_feed, name="feed_json"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    # One address for each: with zeros before it, a single one could fill the memory that pages are kept in.
    re_path(r"^sitemap-(?P<number>0|[1-9][0-9]{0,17})\.xml$", crawlers.sitemap_part, name="sitemap_part"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("media/<str:name>", views.media, name="media"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
