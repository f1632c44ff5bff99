"""On the path of a server, this puts its clock as far from the real one as the file CLOCK_OFF_BY says, in seconds.

Both places from which the site, Django and what they use take the time read the file each time. The clock that only
goes forward stays as it is, as when the time of a computer is set.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

_file, _time, _now = Path(os.environ["CLOCK_OFF_BY"]), time.time, timezone.now


def _off() -> float:
    return float(_file.read_text())


def _shifted_time() -> float:
    return _time() + _off()


def _shifted_now() -> datetime:
    return _now() + timedelta(seconds=_off())


time.time, timezone.now = _shifted_time, _shifted_now
