"""An application that gives back answers that it holds: as fast as any application under gunicorn can be."""

import base64
import json
from http import HTTPStatus

from medspa.bootstrap import var_dir

_kept = json.loads((var_dir() / "answers.json").read_text("utf-8"))
ANSWERS = {
    path: (f"{status} {HTTPStatus(status).phrase}", [tuple(header) for header in headers], [base64.b64decode(body)])
    for path, (status, headers, body) in _kept.items()
}
ANSWERS["/healthz"] = ("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")], [b"ok"])


def application(request, start_response):
    """The answer of this path."""
    status, headers, body = ANSWERS[request["PATH_INFO"]]
    start_response(status, headers)
    return body
