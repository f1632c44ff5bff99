"""Whether this container's site answers; for Docker's HEALTHCHECK. Ends with an error if not."""

import os
import urllib.request
from urllib.parse import urlsplit

site = urlsplit(os.environ.get("SITE_URL") or "http://127.0.0.1:8000")
address, _, port = (os.environ.get("BIND") or "0.0.0.0:8000").rpartition(":")
if address in ("", "0.0.0.0", "[::]"):
    address = "127.0.0.1"
# Asks as the proxy in front does, so that neither the host nor the missing encryption is refused.
request = urllib.request.Request(
    f"http://{address}:{port}/healthz", headers={"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
)
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=4)
