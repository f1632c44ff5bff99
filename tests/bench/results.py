"""What was measured, held against what it should be: comparisons, rows and the table."""

import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

BEGIN, END = "<!-- what make bench wrote: begin -->", "<!-- what make bench wrote: end -->"
HEADINGS = ("what", "measured", "should be", "")


@dataclass(frozen=True)
class Spread:
    """Several measures of one thing."""

    values: Sequence[float]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return median(self.values)

    def shown(self, form: str = ".2f", unit: str = "") -> str:
        """The middle one, with the smallest and the largest."""
        low, high = (format(found, form) for found in (min(self.values), max(self.values)))
        middle = format(self.median, form)
        return f"{middle}{unit}" if low == high else f"{middle}{unit} ({low} to {high})"


@dataclass(frozen=True)
class Comparison:
    """Two things measured in turns, so that what slows the machine for a while slows both."""

    ones: Spread
    others: Spread

    @property
    def ratio(self) -> float:
        """Between what stands in the middle of each: a turn that chance slowed on one side counts for little."""
        return self.ones.median / self.others.median

    @property
    def ratios(self) -> Spread:
        """The first over the second, turn by turn."""
        return Spread([one / other for one, other in zip(self.ones.values, self.others.values, strict=True)])


def compare(one: Callable[[], float], other: Callable[[], float], turns: int) -> Comparison:
    """Measure one, the other, one, the other …, ``turns`` times each."""
    pairs = [(one(), other()) for _ in range(turns)]
    return Comparison(Spread([pair[0] for pair in pairs]), Spread([pair[1] for pair in pairs]))


@dataclass(frozen=True)
class Row:
    """One line of the table. ``value`` is what a bound is held against; without a bound it is only told."""

    what: str
    measured: str
    value: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    failed: bool = False

    @property
    def bound(self) -> str:
        """What it should be; blank where nothing is asked."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}{self.unit}"
        if self.at_most == 0:
            return "0"
        return f"≤ {self.at_most:g}{self.unit}" if self.at_most is not None else ""

    @property
    def verdict(self) -> str:
        """Whether it is so, and by how much not."""
        if self.failed:
            return "not measured"
        if not self.bound:
            return "told only"
        lacking = self.at_least - self.value if self.at_least is not None else self.value - self.at_most
        return "holds" if lacking <= 0 else f"does not hold, by {_short(lacking)}{self.unit}"


def _short(number: float) -> str:
    return format(number, ".2g" if number < 10 else ".0f")


def not_measured(what: str, why: str) -> Row:
    """A line that says why there is no figure."""
    return Row(what, " ".join(why.split()).replace("|", "/")[:200], failed=True)


@dataclass
class Section:
    """Lines that belong together."""

    name: str
    rows: list[Row] = field(default_factory=list)


def table(sections: Sequence[Section]) -> str:
    """All lines as one table, in Markdown that is laid out for a screen, too."""
    lines = [HEADINGS]
    for section in sections:
        lines.append((f"**{section.name}**", "", "", ""))
        lines += [(row.what, row.measured, row.bound, row.verdict) for row in section.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    laid = [_line([cell.ljust(width) for cell, width in zip(line, widths, strict=True)]) for line in lines]
    return "\n".join([laid[0], _line(["-" * width for width in widths]), *laid[1:]])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |".rstrip()


def summary(sections: Sequence[Section]) -> str:
    """How many lines hold, in one sentence."""
    verdicts = [row.verdict for section in sections for row in section.rows]
    held, not_held = verdicts.count("holds"), sum(one.startswith("does not") for one in verdicts)
    return f"{held} hold, {not_held} do not, {verdicts.count('not measured')} were not measured."


def write_down(sections: Sequence[Section], about: str, path: Path) -> None:
    """Put the table into a document, in the place of the one before; the words around it stay."""
    text = path.read_text("utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    block = f"{BEGIN}\n{about}\n\n{table(sections)}\n\n{summary(sections)}\n{END}"
    path.write_text(f"{before}{block}{after}", "utf-8")


def about(programs: dict[str, str], took: float) -> str:
    """When and on what it was measured, in one paragraph. ``took`` in seconds."""
    day = datetime.now(UTC).date().isoformat()
    packages = [f"{name} {version(name)}" for name in ("Django", "gunicorn", "Pillow", "brotli")]
    others = [f"{name} {found}" for name, found in programs.items() if found]
    parts = [f"Python {platform.python_version()}", *packages, *others]
    commit = _commit()
    return (
        f"Measured on {day}{f' at commit {commit}' if commit else ''}, on {_processor()} with {os.cpu_count()} cores, "
        f"in {took / 60:.0f} minutes: {', '.join(parts)}."
    )


def _commit() -> str:
    command = ["git", "-C", Path(__file__).parent, "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
