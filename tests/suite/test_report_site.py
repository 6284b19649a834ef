"""The site: that its links lead somewhere, its numbers are the record's, and its texts stay texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from report_samples import divergence, record_of, refusal, sample_run, started
from site_samples import FINISHED, PEERS, broken_law, five_runs, generated, hostile, run_of

from conformance import events
from conformance.divergence import Difference, Layer, Verdict
from conformance.report import html, site
from conformance.report.figures import SEVERITIES
from conformance.report.record import RecordError
from conformance.report.site import Site
from conformance.scenario import JSON, Evidence, EvidenceKind, JSONObject, Reply


class Page(HTMLParser):
    """What a page consists of, as a browser would have it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.marked: list[str] = []
        self.text: list[str] = []
        self._marking = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if named.get("id"):
            self.ids.append(str(named["id"]))
        self._marking = "marked" in (named.get("class") or "").split()

    def handle_endtag(self, tag: str) -> None:
        self._marking = False

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._marking:
            self.marked.append(data.strip())

    def links(self) -> Iterator[str]:
        for _, name, value in self.attributes:
            if name in ("href", "src") and value:
                yield value

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


RUNS: dict[str, list[JSONObject]] = {
    "nothing": [record_of([]).document()],
    "no target": [record_of([events.RunFinished(False, "interrupted", 0.1)]).document()],
    "no divergence": [run_of(findings=0)],
    "a run": [record_of(sample_run()).document()],
    "unfinished": [record_of(sample_run()[:-1]).document()],
    "all that there is": [run_of()],
    "five": five_runs(),
    "hostile": [hostile()],
}


def written(documents: list[JSONObject], directory: Path) -> dict[str, Page]:
    site.write(documents, directory)
    paths = sorted(directory.rglob("*.html"))
    return {str(path.relative_to(directory)): Page(path.read_text("utf-8")) for path in paths}


# --- files that link to each other --------------------------------------------------------------------------


@pytest.mark.parametrize("name", RUNS)
def test_every_link_leads_somewhere_and_ids_are_unique(name: str, tmp_path: Path) -> None:
    pages = written(RUNS[name], tmp_path)
    assert "index.html" in pages
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), path
        for link in page.links():
            if link.startswith("https://"):
                continue
            parts = urlsplit(link)
            assert not parts.scheme, link
            assert not link.startswith("/"), link  # a site from a file has no root
            aim = (tmp_path / path).parent / unquote(parts.path) if parts.path else tmp_path / path
            assert aim.is_file(), (path, link)
            if parts.fragment and "=" not in parts.fragment:
                assert parts.fragment in pages[str(aim.resolve().relative_to(tmp_path.resolve()))].ids, (path, link)


@pytest.mark.parametrize("name", RUNS)
def test_nothing_comes_from_the_network_and_every_page_can_be_read_aloud(name: str, tmp_path: Path) -> None:
    for path, page in written(RUNS[name], tmp_path).items():
        loaded = [value for tag, name, value in page.attributes if name == "src" or (tag, name) == ("link", "href")]
        assert all(value and re.fullmatch(r"(\.\./)?assets/site\.(css|js)", value) for value in loaded), path
        assert page.tags.count("h1") == page.tags.count("main") == 1, path
        assert ("html", "lang", "en") in page.attributes
        assert not [name for _, name, _ in page.attributes if name.startswith("on")], path
        unnamed = [tag for tag in ("input", "select") if page.tags.count(tag) > _named(page, tag)]
        assert not unnamed, path


def _named(page: Page, tag: str) -> int:
    labels = {value for one, name, value in page.attributes if (one, name) == ("label", "for")}
    own = [value for one, name, value in page.attributes if (one, name) == (tag, "id") and value in labels]
    return len(own) + sum((one, name) == (tag, "aria-label") for one, name, _ in page.attributes)


def test_texts_of_others_stay_texts(tmp_path: Path) -> None:
    honest = {path.count("/"): page for path, page in written([run_of()], tmp_path / "honest").items()}
    for path, page in written([hostile()], tmp_path / "hostile").items():
        assert page.tags.count("script") == 1, path
        assert page.tags.count("b") <= honest[path.count("/")].tags.count("b") + 1, path
        assert not [value for value in page.links() if value.startswith("javascript")], path
    finding = next((tmp_path / "hostile").glob("moto*/????????????.html")).read_text("utf-8")
    assert "alert(1)" in finding
    assert "<script>alert" not in finding
    assert "{{ 7 * 7 }}" in finding


def test_a_page_that_did_not_escape_would_be_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(html._environment().filters, "clip_title", html.Markup)
    with pytest.raises(AssertionError):
        test_texts_of_others_stay_texts(tmp_path)


def test_a_finding_keeps_its_page_and_what_is_gone_is_taken_away(tmp_path: Path) -> None:
    first, second = run_of(findings=6), run_of(findings=4)
    site.write([first], tmp_path)
    page = tmp_path / "moto-5.2.5" / f"{generated(2)['key']}.html"
    gone = tmp_path / "moto-5.2.5" / f"{generated(5)['key']}.html"
    assert page.exists()
    assert gone.exists()
    (tmp_path / "moto-5.2.5" / "notes.html").write_text("mine")
    site.write([second], tmp_path)
    assert page.exists()
    assert not gone.exists()
    assert (tmp_path / "moto-5.2.5" / "notes.html").read_text() == "mine"


def test_a_page_is_written_anew_only_where_the_finding_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long run is written many times on its way, and may have 1,500 findings."""
    document = run_of()
    site.write([document], tmp_path)
    rendered: list[int] = []
    render = Site.finding

    def noted(self: Site, subject: site.Subject, number: int, made_from: str = "") -> str:
        rendered.append(number)
        return render(self, subject, number, made_from)

    monkeypatch.setattr(Site, "finding", noted)
    site.write([document], tmp_path)
    assert rendered == []
    document["divergences"][3]["occurrences"] += 1
    site.write([document], tmp_path)
    assert len(rendered) == 1


def test_two_runs_of_one_target_are_refused() -> None:
    with pytest.raises(RecordError, match=r"two records are of moto 5\.2\.5: join them with `touchstone merge`"):
        Site([run_of(), run_of()])


def test_two_versions_stand_beside_each_other(tmp_path: Path) -> None:
    pages = written([run_of(), run_of(version="5.3")], tmp_path)
    assert {"moto-5.2.5/index.html", "moto-5.3/index.html"} <= pages.keys()


# --- numbers ------------------------------------------------------------------------------------------------


def test_the_matrix_keeps_the_four_outcomes_and_the_findings_apart(tmp_path: Path) -> None:
    (subject, _) = Site([run_of(findings=12)]).subjects
    assert dict(subject.total.outcomes()) == {"agree": 1, "diverge": 1, "unsupported": 1, "indeterminate": 1}
    assert subject.total.judged == 4
    assert subject.total.found == 13  # twelve of generated operations, one of a law, and not the one of a case
    page = written([run_of(findings=12)], tmp_path)["index.html"]
    cells = [value for tag, name, value in page.attributes if tag == "td" and name == "class"]
    assert cells.count("found") == 2  # put-item, and all
    for verdict in Verdict:
        assert f"1 {verdict}" in page.words
    assert "1 of 4 cases agree, 1 diverge, 1 unsupported, 1 indeterminate" in page.words
    assert "1 of 2 laws broken" in page.words
    assert "12 findings beyond them in 1,520 generated operations" in page.words


def test_a_target_has_all_its_findings_by_severity_and_none_of_others(tmp_path: Path) -> None:
    pages = written(five_runs(findings=14), tmp_path)
    for number, target in enumerate(PEERS, start=1):
        path = f"{target}-{number}.0/index.html"
        page = pages[path]
        listed = [value for tag, name, value in page.attributes if (tag, name) == ("li", "data-severity")]
        assert len(listed) == 16
        assert listed == sorted(listed, key=lambda severity: SEVERITIES.index(str(severity)))
        links = {value for tag, name, value in page.attributes if (tag, name) == ("a", "href") and value}
        own = {f"{generated(one, target)['key']}.html" for one in range(14)}
        assert own <= links
        assert len([one for one in pages if one.startswith(f"{target}-") and not one.endswith("index.html")]) == 16


def test_a_target_shows_its_laws_cases_speed_and_seed(tmp_path: Path) -> None:
    words = written([run_of()], tmp_path)["moto-5.2.5/index.html"].words
    assert "The law of pages-concatenate pages-concatenate 40 0 0 360 ✗ broken 2 times Scan" in words
    assert "The law of no-5xx no-5xx 40 0 0 360 ✓ holds" in words
    assert "The law of streams-replay streams-replay 0 3 0 0 ∅ unsupported it has no streams" in words
    assert "get-item/absent-2 refused: UnknownOperationException" in words
    assert "get-item/absent-3 it did not answer" in words
    assert "1,520 operations compared in 12.0 s, 127 a second" in words
    assert "seed 7" in words


def test_a_lost_target_and_an_interrupted_run_are_told_on_every_page_but_findings(tmp_path: Path) -> None:
    document = run_of(footer={"complete": False, "reason": "interrupted", "seconds": 1.0})
    document["targets"][1]["lost"] = "connection refused"
    pages = written([document], tmp_path)
    assert "moto stopped answering: connection refused" in pages["index.html"].words
    assert "It stopped answering: connection refused" in pages["moto-5.2.5/index.html"].words
    assert "did not come to its end: interrupted" in pages["moto-5.2.5/index.html"].words
    unfinished = written([record_of(sample_run()[:-1]).document()], tmp_path / "two")
    assert "has not ended" in unfinished["index.html"].words


def test_coverage_says_what_no_run_reached(tmp_path: Path) -> None:
    first, second = run_of(), run_of("dynalite", "4.0")
    second["coverage"] = [{**second["coverage"][0], "reached": {"BatchGetItem": 1}, "never": ["PutItem", "GetItem"]}]
    words = written([first, second], tmp_path)["coverage.html"].words
    assert "moto 1,520 operations 2 of 4 50 %" in words
    assert "dynalite 1,520 operations 1 of 4 25 %" in words
    assert "Never reached by any run, 1: <b>Odd</b> ." in words
    assert "Nothing that is known of was left out." in words


def test_without_coverage_there_is_no_page_of_it(tmp_path: Path) -> None:
    assert "coverage.html" not in written([run_of(coverage=[])], tmp_path)


# --- a finding ----------------------------------------------------------------------------------------------


def page_of(document: JSONObject, key: str, *others: JSONObject) -> Page:
    built = Site([document, *others])
    for subject in built.subjects:
        for number, found in enumerate(subject.findings):
            if found["key"] == key:
                return Page(built.finding(subject, number))
    raise AssertionError(key)


def test_a_finding_has_its_sentence_its_steps_and_four_reproducers_to_copy() -> None:
    found = generated(2)
    page = page_of(run_of(), found["key"])
    assert found["sentence"] in page.words
    assert page.tags.count("button") == 4
    panels = {value for tag, name, value in page.attributes if (tag, name) == ("pre", "aria-label")}
    assert panels == {"YAML case", "boto3", "AWS CLI", "curl"}
    assert "curl http://127.0.0.1:8000 # 2" in page.words
    assert "here they differ" in page.words
    assert "met 3 times" in page.words


def test_a_finding_says_that_it_is_flaky_or_known_or_of_a_law() -> None:
    document = run_of()
    assert "Flaky: it did not show again" in page_of(document, generated(0)["key"]).words
    assert "Known: it has always been so" in page_of(document, generated(1)["key"]).words
    assert "A law is broken: pages-concatenate" in page_of(document, broken_law()["key"]).words


def test_the_same_finding_on_other_targets_is_linked() -> None:
    moto, local = run_of(), run_of("dynamodb-local", "2.6")
    page = page_of(moto, generated(2)["key"], local)
    assert f"../dynamodb-local-2.6/{generated(2, 'dynamodb-local')['key']}.html" in page.links()


def test_where_most_answer_alike_and_unlike_the_baseline_it_is_on_trial() -> None:
    """Two against one and two: not yet. Three against one and one: it is."""
    shows = [run_of(target, "1") for target in ("moto", "dynalite")]
    not_yet = [run_of(target, "1", findings=0) for target in ("dynoxide", "ministack")]
    key = generated(2, "moto")["key"]
    assert "We are on trial" not in page_of(shows[0], key, shows[1], *not_yet).words
    third = run_of("dynamodb-local", "1")
    words = page_of(shows[0], key, shows[1], third, not_yet[0]).words
    assert "We are on trial here. moto, dynalite and dynamodb-local answer alike; only reference" in words
    alone = page_of(shows[0], key).words
    assert "We are on trial" not in alone


def test_targets_that_agreed_in_the_same_run_are_counted_for_the_baseline() -> None:
    agreed = Evidence(EvidenceKind.AGREED, "reference, third")
    found = [divergence(name, evidence=agreed) for name in ("moto", "other")]
    names = [events.TargetDescription(name, "1", "") for name in ("reference", "moto", "other", "third")]
    document = record_of([started(*names), *map(events.DivergenceFound, found), FINISHED]).document()
    assert "We are on trial" not in page_of(document, found[0].signature.key).words
    for one in found:
        one.evidence = Evidence(EvidenceKind.INFERRED, "reference")
    document = record_of([started(*names), *map(events.DivergenceFound, found), FINISHED]).document()
    assert (
        "moto and other answer alike; only reference answers otherwise."
        in page_of(document, found[0].signature.key).words
    )


def test_a_case_that_the_baseline_does_not_pass_puts_it_on_trial() -> None:
    found = divergence("reference", baseline="case", scenario=divergence().scenario)
    page = page_of(record_of([started(), events.DivergenceFound(found)]).document(), found.signature.key)
    assert "We are on trial here. reference is our own baseline" in page.words


def test_an_address_in_the_evidence_is_a_link() -> None:
    address = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html"
    document = run_of()
    document["divergences"][0]["evidence"] = {"kind": "documented", "source": address, "note": ""}
    assert address in page_of(document, document["divergences"][0]["key"]).links()


@pytest.mark.parametrize(
    ("difference", "replies", "marked"),
    [
        (
            Difference(Layer.OUTCOME, "accepted"),
            (refusal("no"), Reply(200, {})),
            ["HTTP 400, refused", "HTTP 200, accepted"],
        ),
        (
            Difference(Layer.MESSAGE, "other words"),
            (refusal("one"), Reply(400, {"__type": "x#ValidationException", "Message": "two"})),
            ['"message": "one"', '"Message": "two"'],
        ),
        (
            Difference(Layer.ERROR_TYPE, "another"),
            (refusal("one", "x#A"), refusal("one", "x#B")),
            ['"__type": "x#A",', '"__type": "x#B",'],
        ),
        (
            Difference(Layer.DATA, "another number", "Items[1].v.N"),
            (
                Reply(200, {"Items": [{"v": {"N": "0"}}, {"v": {"N": "1"}, "long": {"S": "x" * 80}}]}),
                Reply(200, {"Items": [{"v": {"N": "0"}}, {"v": {"N": "2"}, "long": {"S": "x" * 80}}]}),
            ),
            ['"v": {"N": "1"},', '"v": {"N": "2"},'],
        ),
        # The path is into the canonical reply and leads nowhere here: what differs is marked.
        (
            Difference(Layer.DATA, "member missing", "Items[7].v"),
            (Reply(200, {"Count": 1, "a": "x" * 80}), Reply(200, {"Count": 2, "a": "x" * 80})),
            ['"Count": 1,', '"Count": 2,'],
        ),
    ],
)
def test_what_differs_is_marked_on_both_sides(
    difference: Difference, replies: tuple[Reply, Reply], marked: list[str]
) -> None:
    # Objects that fit are on one line; these must not, for their members to be lines.
    for reply in replies:
        if isinstance(reply.body, dict) and reply.body:
            reply.body["padding"] = "x" * 80
    left, right = replies
    found = divergence(layer=difference.layer, difference=difference, replies={"reference": left, "moto": right})
    page = page_of(record_of([started(), events.DivergenceFound(found)]).document(), found.signature.key)
    assert [text.rstrip(",") for text in page.marked] == [text.rstrip(",") for text in marked]


def test_against_a_case_the_left_side_is_what_it_expects() -> None:
    (from_case,) = [found for found in run_of(findings=0)["divergences"] if found["baseline"] == "case"]
    left, right = html.sides(from_case)
    assert (left.name, left.headline) == ("expected", "refused")
    assert any("Input collection [a, a] contains duplicates" in line.text for line in left.lines)
    assert (right.name, right.headline) == ("moto", "HTTP 200, accepted")
    assert [side.name for side in html.other_replies(from_case)] == ["reference"]


def test_a_broken_law_shows_what_came_alone() -> None:
    found = broken_law()
    found["replies"]["moto"]["body"] = {"Items": [], "padding": "x" * 80}
    (side,) = html.sides(found)
    assert [line.text.strip() for line in side.lines if line.marked] == ['"Items": [],']
    document = run_of(findings=0)
    document["divergences"] = [{**found, "difference": {**found["difference"], "expected": None}}]
    words = page_of(document, found["key"]).words
    assert "null" not in words.partition("To run it")[0]


@pytest.mark.parametrize(
    ("value", "path", "steps"),
    [
        ({"Items": [{"price": 1}]}, "Items[0].price", ("Items", 0, "price")),
        ({"a.b": {"c[0]": 1}}, "a.b.c[0]", ("a.b", "c[0]")),
        ({"a": {"b": 1}, "a.b": 2}, "a.b", ("a.b",)),
        ([[1, 2]], "[0][1]", (0, 1)),
        ({"a": 1}, "b", None),
        ({"a": [1]}, "a[1]", None),
        ({"a": 1}, "a.b", None),
        ({"a": 1}, "", None),
        (None, "a", None),
    ],
)
def test_a_path_is_resolved_by_the_value_it_leads_into(
    value: JSON, path: str, steps: tuple[str | int, ...] | None
) -> None:
    assert html.resolve(value, path) == steps


# --- size ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"Item": {"data": {"S": "x" * 400_000}, "list": {"L": [{"N": str(number)} for number in range(5000)]}}},
        {"Item": {"k" * 60_000: {"S": "x"}}},
        "<html>\n" + "<p>" * 100_000,
        "\n".join(["a line"] * 10_000),
    ],
    ids=["large values", "a large name", "a long line", "many lines"],
)
def test_a_large_reply_does_not_make_a_large_page(body: JSON) -> None:
    found = divergence(layer=Layer.DATA, replies={name: Reply(200, body) for name in ("reference", "moto", "third")})
    found.difference = Difference(Layer.DATA, "another value", "Item", body, body)
    document = record_of([started(), events.DivergenceFound(found)]).document()
    long = "- PutItem: {" + "x" * 300_000 + "}\n"
    document["divergences"][0]["reproducers"] = dict.fromkeys(("yaml", "boto3", "aws_cli", "curl"), long)
    built = Site([document])
    page = built.finding(built.subjects[0], 0)
    assert len(page.encode()) < 100_000
    assert "cut here: the whole text is in the record" in page


def test_a_site_of_five_targets_with_300_findings_each_stays_small(tmp_path: Path) -> None:
    site.write(five_runs(findings=300), tmp_path)
    assert (tmp_path / "index.html").stat().st_size < 300_000
    pages = list(tmp_path.glob("*/????????????.html"))
    assert len(pages) == 5 * 302
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 30_000_000


def test_everything_that_is_coloured_has_a_mark_and_a_meaning() -> None:
    assert set(html.SEVERITY_MARK) == set(html.SEVERITY_CLASS) == set(SEVERITIES)
    assert set(html.OUTCOME_MARK) == set(Verdict)
    assert set(html.LAYER_MEANING) == set(Layer)
    assert set(html.EVIDENCE_MEANING) == set(EvidenceKind)
    for marks in (html.SEVERITY_MARK, html.OUTCOME_MARK):
        assert len(set(marks.values())) == len(marks)
    style = html.asset("site.css")
    assert all(f".{name} " in style for name in html.SEVERITY_CLASS.values())
