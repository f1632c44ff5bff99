"""What a phone loads, counted by Chromium as the network carries it; and Lighthouse, where it is asked for."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass

from chromium import NOT_FOUND, find_chromium, flags
from load import CannotMeasure
from results import Row, Section
from servers import Bench

PAGES = {"article": "/blog/who-pays-for-botulinum-toxin/", "index": "/blog/"}
SCREEN = {"width": 390, "height": 844}
DENSITIES = (2, 3)
KB = 1000
OWN_KINDS = ("Document", "Stylesheet", "Font")
FRAME, HERO, WHOLE = 60, 60, 120  # KB
LIGHTHOUSE = ("node@22", "lighthouse@13")
# Samples ask search engines to stay away, which Lighthouse counts against a page; a clinic's own articles do not.
FOR_SEARCH_ENGINES = """
from django.db import connection
connection.cursor().execute("UPDATE blog_publication SET noindex = false")
"""
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


@dataclass
class Load:
    """What loading a page brought: bytes by kind of file; ``hero`` is the first large picture."""

    bytes: dict[str, int]
    hero: int
    whole: int
    scrolled: int
    third: list[str]
    scripts: list[str]
    cookies: list[str]


def measure(bench: Bench, plan) -> list[Section]:
    """Bytes of an article and the index on a phone; Lighthouse's four marks with ``--lighthouse``."""
    chromium = find_chromium()
    if chromium is None:
        raise CannotMeasure(NOT_FOUND)
    data = bench.samples()
    data.site().python(FOR_SEARCH_ENGINES)
    with bench.serve(data, SITE_URL="") as site:
        sections = [Section("On a phone, 390 pixels wide", _weights(site, chromium))]
        if plan.lighthouse:
            sections.append(Section("Lighthouse, an article on a phone", _lighthouse(bench, site, chromium)))
    return sections


def _weights(site, chromium: str) -> list[Row]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags())
        loads = {(name, one): _load(browser, site.url, PAGES[name], one) for name in PAGES for one in DENSITIES}
        browser.close()
    rows = [_frame(name, loads[name, DENSITIES[0]]) for name in PAGES]
    article, index = ([loads[name, one] for one in DENSITIES] for name in PAGES)
    rows += [
        _kilobytes("main picture of an article", [load.hero for load in article], HERO),
        _kilobytes("article as it opens", [load.whole for load in article], WHOLE),
        _kilobytes("article read to its end", [load.scrolled for load in article], WHOLE),
        _kilobytes("index as it opens", [load.whole for load in index]),
        _kilobytes("index read to its end", [load.scrolled for load in index]),
    ]
    for what, found in {
        "requests to others": [address for load in loads.values() for address in load.third],
        "cookies": [name for load in loads.values() for name in load.cookies],
        "scripts": [address for load in loads.values() for address in load.scripts],
    }.items():
        rows.append(Row(what, " ".join([str(len(found)), *found]), len(found), at_most=0))
    return rows


def _frame(name: str, load: Load) -> Row:
    parts = {kind: load.bytes.get(kind, 0) for kind in OWN_KINDS}
    shown = ", ".join(f"{kind.lower()} {size / KB:.1f}" for kind, size in parts.items())
    total = sum(parts.values()) / KB
    return Row(f"{name}: HTML, CSS and font", f"{total:.1f} KB: {shown}", total, at_most=FRAME, unit=" KB")


def _kilobytes(what: str, sizes: list[int], bound: float | None = None) -> Row:
    shown = ", ".join(f"{size / KB:.1f} KB at {one}" for size, one in zip(sizes, DENSITIES, strict=True))
    return Row(what, f"{shown} device pixels to one", max(sizes) / KB, at_most=bound, unit=" KB")


def _load(browser, url: str, path: str, density: int) -> Load:
    context = browser.new_context(
        viewport=SCREEN, device_scale_factor=density, is_mobile=True, has_touch=True, color_scheme="light"
    )
    page = context.new_page()
    network = context.new_cdp_session(page)
    kinds: dict[str, tuple[str, str]] = {}
    sizes: dict[str, int] = {}
    network.on(
        "Network.responseReceived",
        lambda event: kinds.update({event["requestId"]: (event["type"], event["response"]["url"])}),
    )
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    network.send("Network.enable")
    page.goto(url + path, wait_until="networkidle")
    whole = sum(sizes.values())
    hero = page.evaluate("(document.querySelector('.hero img, main img') || {}).currentSrc || ''")
    # Read to the end as a person does, a screen at a time.
    for _ in range(60):
        page.mouse.wheel(0, SCREEN["height"])
        page.wait_for_timeout(60)
        if page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2"):
            break
    page.wait_for_load_state("networkidle")
    by_kind: dict[str, int] = {}
    for request, size in sizes.items():
        kind = kinds[request][0]
        by_kind[kind] = by_kind.get(kind, 0) + size
    found = Load(
        bytes=by_kind,
        hero=next((sizes[request] for request, (_, address) in kinds.items() if address == hero), 0),
        whole=whole,
        scrolled=sum(sizes.values()),
        third=[address for _, address in kinds.values() if not address.startswith((url, "data:"))],
        scripts=[address for kind, address in kinds.values() if kind == "Script"],
        cookies=[cookie["name"] for cookie in context.cookies()],
    )
    context.close()
    return found


def _lighthouse(bench: Bench, site, chromium: str) -> list[Row]:
    npm, folder = shutil.which("npm"), bench.home / "lighthouse"
    if npm is None:
        raise CannotMeasure("npm was not found. On Debian or Ubuntu: sudo apt install npm")
    folder.mkdir()
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", folder, *LIGHTHOUSE]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise CannotMeasure(f"npm could not install {' and '.join(LIGHTHOUSE)}: {done.stderr.strip()[-200:]}")
    node = folder / "node_modules/node/bin/node"
    program = [node if node.exists() else "node", folder / "node_modules/lighthouse/cli/index.js"]
    options = ["--quiet", "--output=json", f"--chrome-flags=--headless {' '.join(flags())}"]
    done = subprocess.run(
        [*program, site.url + PAGES["article"], *options],
        env=os.environ | {"CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        timeout=180,
    )
    if done.returncode:
        raise CannotMeasure(f"Lighthouse ended with: {done.stderr.strip()[-300:]}")
    report = json.loads(done.stdout)
    return [_mark(report, name) for name in CATEGORIES]


def _mark(report: dict, name: str) -> Row:
    category = report["categories"][name]
    mark = round(category["score"] * 100)
    scores = {audit["id"]: report["audits"][audit["id"]]["score"] for audit in category["auditRefs"] if audit["weight"]}
    wanting = ", ".join(audit for audit, score in scores.items() if score is not None and score < 1)
    measured = f"{mark}{f': {wanting}' if wanting and mark < 100 else ''}"
    return Row(f"{name} (Lighthouse {report['lighthouseVersion']})", measured, mark, at_least=100)
