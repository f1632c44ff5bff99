"""The WSGI application that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medspa.settings")

application = get_wsgi_application()
# While readers need a password, or whoever develops looks at every change, no page is kept.
if settings.SITE_OPEN and not settings.DEBUG:
    from medspa.page_cache import PageCache

    application = PageCache(application)
