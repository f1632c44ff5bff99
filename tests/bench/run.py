"""``make bench``: measures what the house promises to hold, and prints one table.

Starts everything that it measures, on this computer only, and ends it. ``--quick`` takes about two minutes and shows
that everything can be measured; its figures say little. A whole run writes its table into docs/performance.md.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass

import cached
import encoding
import growth
import memory
import phone
import uncached
import visible
from live_site import ROOT
from load import CannotMeasure
from results import Section, about, not_measured, summary, table, write_down
from servers import Bench, say

GROUPS = {
    "cached": cached.measure,
    "uncached": uncached.measure,
    "growth": growth.measure,
    "visible": visible.measure,
    "memory": memory.measure,
    "phone": phone.measure,
    "pictures": encoding.measure,
}
DOCUMENT = ROOT / "docs" / "performance.md"
LONGEST = 25 * 60  # seconds, after which it stops by itself
LARGE = 100_000


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    seconds: float  # of one turn of wrk
    turns: int
    articles: int  # not kept yet
    many: int  # posts
    times: int  # each kind of page for growth
    publications: int
    questions: int
    crawl: float  # seconds of one crawl at most
    uploads: int
    large: int = 0
    lighthouse: bool = False


FULL = Plan(1, 15, 100, 10_000, 15, 8, 2000, 300, 3)
QUICK = Plan(1, 1, 10, 200, 3, 1, 50, 20, 1)


def main() -> None:
    """Measure, print, write down."""
    asked = _arguments()
    plan = QUICK if asked.quick else FULL
    more = {"large": LARGE if asked.large else 0, "lighthouse": asked.lighthouse}
    plan = Plan(**(vars(plan) | more))
    _stop_by_itself(LONGEST * (3 if asked.large else 1))
    started, groups = time.monotonic(), asked.only or list(GROUPS)
    bench = Bench()
    try:
        sections = [section for name in groups for section in _measured(bench, plan, name)]
        said = about(bench.programs() | _versions(), time.monotonic() - started)
        print(f"\n{table(sections)}\n\n{summary(sections)}\n{said}")
        if asked.quick or asked.only:
            print("Nothing was written down: only a whole run is worth keeping.")
        else:
            write_down(sections, said, DOCUMENT)
            print(f"Written into {DOCUMENT.relative_to(ROOT)}.")
    finally:
        say("Tidying up …")
        bench.close()
    if any(row.failed for section in sections for row in section.rows):
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="about two minutes, to see that it works")
    parser.add_argument("--large", action="store_true", help=f"growth to {LARGE:,} posts, too")
    parser.add_argument("--lighthouse", action="store_true", help="Lighthouse, too; npm fetches it")
    parser.add_argument("--only", nargs="+", choices=GROUPS, metavar="GROUP", help=f"of {', '.join(GROUPS)}")
    return parser.parse_args()


def _stop_by_itself(seconds: int) -> None:
    # Raised as an exception, so that the servers are ended whatever hangs.
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"Stopped: this took longer than {seconds // 60} minutes."))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    signal.alarm(seconds)


def _measured(bench: Bench, plan: Plan, name: str) -> list[Section]:
    """The group's lines; where it cannot be measured, a line that says why, and the others go on."""
    say(f"Measuring: {name} …")
    started = time.monotonic()
    try:
        found = GROUPS[name](bench, plan)
    except CannotMeasure as reason:
        found = [Section(name.title(), [not_measured(name, str(reason))])]
    except Exception as error:
        traceback.print_exc()
        last = str(error).strip().splitlines()[-1:] or [""]
        found = [Section(name.title(), [not_measured(name, f"{type(error).__name__}: {last[0][:150]}")])]
    say(f"  {time.monotonic() - started:.0f} s")
    return found


def _versions() -> dict[str, str]:
    found = {}
    for name, command in {"nginx": ["nginx", "-v"], "wrk": ["wrk", "-v"]}.items():
        if program := shutil.which(command[0], path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"):
            done = subprocess.run([program, *command[1:]], capture_output=True, text=True)
            words = (done.stderr + done.stdout).replace("/", " ").split()
            found[name] = next((word for word in words if any(letter.isdigit() for letter in word)), "")
    return found


if __name__ == "__main__":
    main()
