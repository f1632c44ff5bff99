"""What ``make audit`` does: asks PyPI's advisories about every package that is pinned, whatever is installed here.

A run that could not ask about each of them is no good one: it ends with status 2, and says so.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-dev.txt")
FOUND, NOT_ASKED = 1, 2


def judged(answer: str, said: str) -> tuple[int, str]:
    """Status and words for what pip-audit wrote: ``answer`` is its JSON, ``said`` what it said beside that."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = " ".join((said.strip() or "it gave no answer").splitlines()[-1].split())
        return NOT_ASKED, (
            f"The advisories could not be asked, so nothing is known: {reason}\n"
            "Look whether this computer reaches PyPI, and run make audit again."
        )
    lines = []
    for package in packages:
        for found in package.get("vulns", []):
            better = ", ".join(found.get("fix_versions") or []) or "none yet"
            names = " ".join([found["id"], *found.get("aliases", [])])
            lines.append(f"{package['name']} {package['version']}: {names}; fixed in: {better}")
    missed = [package["name"] for package in packages if "skip_reason" in package]
    if lines:
        lines.append("Raise these versions, run make check and make test, and read SECURITY.md on how soon.")
    if missed:
        which = ", ".join(missed[:5]) + (", …" if len(missed) > 5 else "")
        lines.append(
            f"Nothing is known about {len(missed)} of {len(packages)} packages ({which}): PyPI gave no answer.\n"
            "Look whether this computer reaches PyPI itself and no mirror of it, and run make audit again."
        )
    if lines:
        return FOUND if any(package.get("vulns") for package in packages) else NOT_ASKED, "\n".join(lines)
    return 0, f"No advisory speaks of the {len(packages)} packages that are pinned."


def main() -> int:
    """Ask, and print what is known."""
    files = [argument for name in FILES for argument in ("--requirement", str(ROOT / name))]
    quiet = ("--progress-spinner", "off", "--format", "json", "--aliases", "on", "--timeout", "15")
    command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", *quiet, *files]
    done = subprocess.run(command, capture_output=True, text=True)
    status, words = judged(done.stdout, done.stderr)
    print(words, file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
