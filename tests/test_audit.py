"""What `make audit` says of what pip-audit wrote: a run that could not ask is never taken for a good one."""

import json

import pytest
from audit import FOUND, NOT_ASKED, judged


def package(name: str, **more) -> dict:
    return {"name": name, "version": "1.0", **(more or {"vulns": []})}


ADVISORY = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["1.1", "2.0"], "description": "long"}
ABSENT = {"skip_reason": "Dependency not found on PyPI and could not be audited: somewhat (1.0)"}
RUNS = {
    "nothing found": ([package("django"), package("pillow")], 0, "No advisory speaks of the 2 packages"),
    "one found": (
        [package("django", vulns=[ADVISORY])],
        FOUND,
        "django 1.0: PYSEC-2026-1 CVE-2026-1; fixed in: 1.1, 2.0",
    ),
    "no fix": ([package("django", vulns=[ADVISORY | {"fix_versions": []}])], FOUND, "fixed in: none yet"),
    "not all asked": ([package("django"), package("nh3", **ABSENT)], NOT_ASKED, "known about 1 of 2 packages (nh3)"),
    "found, not all asked": ([package("a", vulns=[ADVISORY]), package("b", **ABSENT)], FOUND, "known about 1 of 2"),
}


@pytest.mark.parametrize(("packages", "status", "words"), RUNS.values(), ids=RUNS)
def test_what_was_found_is_said(packages, status, words):
    assert judged(json.dumps({"dependencies": packages, "fixes": []}), "")[0] == status
    assert words in judged(json.dumps({"dependencies": packages, "fixes": []}), "")[1]


@pytest.mark.parametrize("answer", ["", "no JSON", "[]", "{}"])
def test_a_service_that_is_away_is_one_sentence_and_no_good_run(answer):
    status, words = judged(answer, "Traceback\nERROR:pip_audit: could not connect\n")
    assert status == NOT_ASKED
    assert words.startswith(
        "The advisories could not be asked, so nothing is known: ERROR:pip_audit: could not connect\n"
    )
