"""The site in a real browser: Chromium without a window, from files, with no network.

A page forbids scripts that are not its own, so what a test wants to know is asked by a few lines at the end of the
site's script, in a copy of the site; the answer is left on the document, which Chromium prints when it has settled.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from site_samples import five_runs, generated, hostile, run_of

from conformance.report import site, trend

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

PAGES = ("index.html", "coverage.html", "moto-5.2.5/index.html", f"moto-5.2.5/{generated(2)['key']}.html")
PHONE = 390


def asked(page: Path, profile: Path, question: str, *, width: int = 1280) -> Any:
    """What the JavaScript expression says of the page. Whatever the page complains of fails the test.

    The page is in a frame of that width: a window without a screen has a least width of its own.
    """
    script = page.parents[len(page.relative_to(profile.parent / "site").parts) - 1] / "assets" / "site.js"
    own = script.read_text("utf-8")
    asking = f"parent.postMessage(JSON.stringify(await (async () => ({question}))()), '*')"
    script.write_text(f"{own}\naddEventListener('load', () => setTimeout(async () => {{ {asking} }}, 50));\n", "utf-8")
    frame = profile.parent / "frame.html"
    frame.write_text(
        f"<!doctype html><script>onmessage = (event) => {{ document.body.dataset.answer = event.data; }}</script>"
        f'<body><iframe src="{page.as_uri()}" width="{width}" height="900"></iframe></body>',
        "utf-8",
    )
    try:
        done = subprocess.run(
            [
                *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
                *("--disable-background-networking", "--enable-logging=stderr", "--virtual-time-budget=4000"),
                *(f"--user-data-dir={profile}", "--dump-dom", frame.as_uri()),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    finally:
        script.write_text(own, "utf-8")
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not complaints
    answer = re.search(r'data-answer="([^"]*)"', done.stdout)
    assert answer, done.stdout[:500]
    return json.loads(unescape(answer[1]))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a site in it: five targets, one of which has many findings, and a history."""
    folder = tmp_path_factory.mktemp("browser")
    runs = [*five_runs(findings=4)[:4], run_of(findings=60)]
    older = [run_of(version=f"5.{minor}", findings=20 * minor) for minor in range(2)]
    site.write(runs, folder / "site", [point for run in older for point in trend.points_of(run)])
    return folder


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", [PHONE, 1280])
def test_no_page_scrolls_sideways(place: Path, page: str, width: int) -> None:
    widths = asked(
        place / "site" / page, place / "profile", "[document.documentElement.scrollWidth, innerWidth]", width=width
    )
    assert widths[0] <= widths[1] == width


def test_texts_of_others_do_not_make_a_page_scroll_sideways(tmp_path: Path) -> None:
    document = hostile()
    document["divergences"][0]["sentence"] = "W" * 5_000
    site.write([document], tmp_path / "site")
    for page in sorted((tmp_path / "site").rglob("*.html")):
        widths = asked(page, tmp_path / "profile", "[document.documentElement.scrollWidth, innerWidth]", width=PHONE)
        assert widths[0] <= widths[1], page


VISIBLE = "document.querySelectorAll('.group:not([hidden]) .findings > li:not([hidden])').length"


def test_the_filter_narrows_the_list_and_clearing_brings_it_back(place: Path) -> None:
    question = f"""await (async () => {{
      const form = document.querySelector(".filters"), pause = () => new Promise((go) => setTimeout(go, 30));
      const seen = [{VISIBLE}];
      form.elements.severity.value = "wrong refusal";
      form.dispatchEvent(new Event("input"));
      seen.push({VISIBLE}, form.querySelector("output").textContent);
      form.elements.text.value = "thing 8 ";
      form.dispatchEvent(new Event("input"));
      seen.push({VISIBLE});
      form.elements.text.value = "nothing like it";
      form.dispatchEvent(new Event("input"));
      seen.push({VISIBLE}, document.querySelector(".nothing").hidden);
      form.reset(); await pause();
      seen.push({VISIBLE});
      return seen;
    }})()"""
    seen = asked(place / "site" / "moto-5.2.5" / "index.html", place / "profile", question)
    assert seen == [62, 10, "10 of 62", 2, 0, False, 62]


def test_a_cell_of_the_matrix_leads_to_the_findings_of_its_feature(place: Path) -> None:
    page = place / "site" / "moto-5.2.5" / "index.html"
    question = f"""await (async () => {{
      location.hash = "#source=laws"; await new Promise((go) => setTimeout(go, 100)); return {VISIBLE};
    }})()"""
    assert asked(page, place / "profile", question) == 1


def test_a_reproducer_is_copied_by_a_button_and_chosen_by_a_key(place: Path) -> None:
    question = """await (async () => {
      const shown = () => [...document.querySelectorAll(".panel")].filter((panel) => panel.offsetHeight).length;
      document.querySelector("#tab-curl").click();
      const panel = [...document.querySelectorAll(".panel")].find((one) => one.offsetHeight);
      panel.querySelector(".copy").click();
      await new Promise((go) => setTimeout(go, 300));
      return [shown(), panel.querySelector("pre").getAttribute("aria-label"), panel.querySelector(".copy").textContent,
        getComputedStyle(panel.querySelector(".copy")).display, String(getSelection()).startsWith("curl")];
    })()"""
    shown, label, said, display, selected = asked(place / "site" / PAGES[3], place / "profile", question)
    assert (shown, label, display) == (1, "curl", "block")
    assert said == "copied" or (said == "selected" and selected)


def test_everything_is_reached_by_the_keyboard(place: Path) -> None:
    """No element takes part by the mouse alone, and a long reply can be scrolled by keys."""
    question = """[
      [...document.querySelectorAll("pre")].filter(
        (one) => one.scrollHeight > one.clientHeight + 1 && one.tabIndex < 0,
      ).length,
      [...document.querySelectorAll("*")].filter((one) => one.tabIndex > 0).length,
      document.querySelectorAll("a:not([href])").length,
    ]"""
    for page in PAGES:
        assert asked(place / "site" / page, place / "profile", question) == [0, 0, 0], page


def test_the_filter_finds_one_of_1500(tmp_path: Path) -> None:
    site.write([run_of(findings=1500)], tmp_path / "site")
    question = f"""await (async () => {{
      const form = document.querySelector(".filters");
      form.elements.text.value = "thing 1234";
      form.dispatchEvent(new Event("input"));
      return {VISIBLE};
    }})()"""
    assert asked(tmp_path / "site" / "moto-5.2.5" / "index.html", tmp_path / "profile", question) == 1
