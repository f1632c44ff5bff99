"""The site's own settings, with a counter before everything else and a few addresses of the bench's own."""

from medspa.settings import *  # noqa: F403
from medspa.settings import MIDDLEWARE as SHIPPED

MIDDLEWARE = ["inside.Counting", *SHIPPED]
ROOT_URLCONF = "inside"
