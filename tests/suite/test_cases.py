"""Case files to scenarios and back: what a case means, what is refused and how, and the corpus itself."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import cases
from conformance.cases import CaseError, case_files, corpus_directory, dump_case, is_case_file, load_cases
from conformance.scenario import (
    Evidence,
    EvidenceKind,
    Expectation,
    ExpectedMessage,
    Match,
    Scenario,
    Step,
)

HEADER = "touchstone: 1\nfeature: some-feature\ncases:\n"
EVIDENCE = "{kind: inferred, source: nobody}"


def load_text(directory: Path, text: str) -> tuple[Scenario, ...]:
    file = directory / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    return load_cases([file])


def load_one(directory: Path, body: str) -> Scenario:
    """The only case of a file with the usual header, id, title and evidence, and this besides."""
    (scenario,) = load_text(directory, f"{HEADER}  - id: x/y\n    title: T.\n    evidence: {EVIDENCE}\n{body}")
    return scenario


def refusal(directory: Path, text: str) -> str:
    """What the file is refused with, without its path."""
    with pytest.raises(CaseError) as refused:
        load_text(directory, text)
    (line,) = str(refused.value).splitlines()
    return line.partition("cases.yaml")[2]


# --- what a case means ------------------------------------------------------------------------------------


def test_a_step_that_says_nothing_must_succeed(tmp_path: Path) -> None:
    scenario = load_one(tmp_path, "    steps:\n      - ListTables: {}\n")
    assert scenario.steps == (Step("ListTables", expect=Expectation()),)
    assert scenario.feature == "some-feature"
    assert scenario.evidence == Evidence(EvidenceKind.INFERRED, "nobody")
    assert scenario.source.endswith("cases.yaml:4")


def test_a_step_may_expect_nothing_and_then_needs_no_evidence(tmp_path: Path) -> None:
    text = HEADER + "  - id: x/y\n    title: T.\n    steps:\n      - {ListTables: {}, expect: any}\n"
    (scenario,) = load_text(tmp_path, text)
    assert scenario.steps[0].expect is None
    assert scenario.evidence is None


@pytest.mark.parametrize(
    ("written", "expectation"),
    [
        ("{body: {}}", Expectation(body={})),
        ("{members: {Count: 1}}", Expectation(members={"Count": 1})),
        ("{error: ValidationException}", Expectation(error="ValidationException")),
        ("{error: E, message: m}", Expectation(error="E", message=ExpectedMessage("m"))),
        ("{error: E, message: {prefix: m}}", Expectation(error="E", message=ExpectedMessage("m", Match.PREFIX))),
        ("{error: E, message: {pattern: m.*}}", Expectation(error="E", message=ExpectedMessage("m.*", Match.PATTERN))),
        (
            "{error: E, alternatives: [{body: {}, note: elsewhere}]}",
            Expectation(error="E", alternatives=(Expectation(body={}, note="elsewhere"),)),
        ),
    ],
)
def test_expectations(tmp_path: Path, written: str, expectation: Expectation) -> None:
    scenario = load_one(tmp_path, f"    steps:\n      - ListTables: {{}}\n        expect: {written}\n")
    assert scenario.steps[0].expect == expectation


def test_raw_text_and_headers(tmp_path: Path) -> None:
    body = "    steps:\n      - ListTables: {}\n        raw: '{\"Limit\"'\n        headers: {A: b, C: null}\n"
    (step,) = load_one(tmp_path, body).steps
    assert step.body() == b'{"Limit"'
    assert step.headers == {"A": "b", "C": None}


def test_tables_are_named_or_given(tmp_path: Path) -> None:
    (tmp_path / "tables.yaml").write_text(
        "touchstone: 1\ntables:\n  named: {KeySchema: [], AttributeDefinitions: []}\n", encoding="utf-8"
    )
    scenario = load_one(tmp_path, "    tables: [named, {TableName: given}]\n    steps: [{ListTables: {}}]\n")
    assert scenario.tables == (
        {"TableName": "named", "KeySchema": [], "AttributeDefinitions": []},
        {"TableName": "given"},
    )


def test_without_tables_of_its_own_a_file_uses_those_of_the_corpus(tmp_path: Path) -> None:
    scenario = load_one(tmp_path, "    tables: [hash]\n    steps: [{ListTables: {}}]\n")
    assert scenario.tables[0]["TableName"] == "hash"


def test_each_gives_a_case_for_every_entry_and_keeps_types(tmp_path: Path) -> None:
    text = f"""{HEADER}
  - id: x/y
    title: With ${{name}}.
    evidence: {{kind: recorded, source: "probe ${{name}}"}}
    each:
      - {{name: one, limit: 1, key: TableName, value: [a]}}
      - {{name: two, limit: 2, key: Other, value: {{b: null}}, extra: there}}
    steps:
      - ListTables:
          Limit: ${{limit}}
          ${{key}}: ${{value}}
          Text: "${{name}}: ${{limit}}"
          Extra: ${{extra?}}
"""
    one, two = load_text(tmp_path, text)
    assert [one.id, two.id] == ["x/y[one]", "x/y[two]"]
    assert one.title == "With one."
    assert one.evidence == Evidence(EvidenceKind.RECORDED, "probe one")
    assert one.steps[0].request == {"Limit": 1, "TableName": ["a"], "Text": "one: 1"}
    assert two.steps[0].request == {"Limit": 2, "Other": {"b": None}, "Text": "two: 2", "Extra": "there"}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{$repeat: [ab, 3]}", "ababab"),
        ("{$join: [a, {$repeat: [b, 2]}, c]}", "abbc"),
        ('{$list: [2, {S: "k${i}"}]}', [{"S": "k1"}, {"S": "k2"}]),
        ("{$list: [0, x]}", []),
        ("{$nest: [M, 2, {S: x}]}", {"M": {"n": {"M": {"n": {"S": "x"}}}}}),
        ("{$nest: [L, 1, {S: x}]}", {"L": [{"S": "x"}]}),
        ("{$json: '\"\\ud800\"'}", "\ud800"),
        ("{$$repeat: [a, 1]}", {"$repeat": ["a", 1]}),
        ("$${name}", "${name}"),
        ("{a: 1, $b: 2}", {"a": 1, "$b": 2}),
        ("1", 1),
        ("1.5", 1.5),
        ("1e5", 100000.0),
        ("-0.5E-2", -0.005),
        ("true", True),
        ("null", None),
        ("'no'", "no"),
        ("N", "N"),
        ("y", "y"),
        ("1a", "1a"),
        ("Infinity", "Infinity"),
    ],
)
def test_values(tmp_path: Path, written: str, value: Any) -> None:
    (step,) = load_one(tmp_path, f"    steps:\n      - ListTables:\n          Value: {written}\n").steps
    assert step.request == {"Value": value}
    assert type(step.request["Value"]) is type(value)


# --- what is refused --------------------------------------------------------------------------------------

GOOD = f"  - id: x/y\n    title: T.\n    evidence: {EVIDENCE}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ':1: is no case file: it must begin with "touchstone: 1"'),
        ("feature: x\ncases: []\n", ':1: is no case file: it must begin with "touchstone: 1"'),
        ("touchstone: 2\n", ":1: is of format 2; this version reads format 1"),
        ("touchstone: 1\nfeatures: x\n", ':2: unknown key "features"; did you mean "feature"?'),
        ("touchstone: 1\nfeature: x\n", ':1: the file has no "cases"'),
        ("touchstone: 1\nfeature: x\ncases: []\n", ':3: "cases" must be a list with at least one case'),
        (f"touchstone: 1\ncases:\n{GOOD}", ':1: the file has no "feature"; name it, like "feature: put-item"'),
        (HEADER + "  - x\n", ":4: a case is a mapping with id, title, evidence, tables and steps"),
        (
            HEADER + "  - title: T.\n",
            ':4: the case has no "id"; give it one without spaces, like "put-item/returns-old-item"',
        ),
        (HEADER + GOOD + "    step: []\n", ':7: x/y: unknown key "step"; did you mean "steps"?'),
        (
            HEADER + "  - id: x/y\n    steps: [{ListTables: {}}]\n",
            ':4: x/y: the case has no "title"; say in a sentence what DynamoDB does',
        ),
        (HEADER + GOOD, ':4: x/y: the case has no "steps"; list the operations to send'),
        (
            HEADER + "  - id: x/y\n    title: T.\n    steps: [{ListTables: {}}]\n",
            ':4: x/y: the case has no "evidence"; add {kind: recorded | documented | agreed | inferred, source: ...}',
        ),
        (
            HEADER + "  - {id: x/y, title: T., evidence: {kind: seen, source: s}, steps: [{ListTables: {}}]}\n",
            ":4: x/y: the evidence's kind must be one of recorded, documented, agreed, inferred",
        ),
        (
            HEADER + "  - {id: x/y, title: T., evidence: {kind: agreed}, steps: [{ListTables: {}}]}\n",
            ":4: x/y: the evidence has no source: a page's address, a probe, who agrees",
        ),
        (
            "touchstone: 1\nfeature: x\nevidence: {emulators: {kind: agreed, source: s}}\ncases:\n"
            "  - {id: x/y, title: T., evidence: emulator, steps: [{ListTables: {}}]}\n",
            ':5: x/y: no evidence emulator is named in the file\'s "evidence"; did you mean "emulators"?',
        ),
        (
            HEADER + GOOD + "    steps: [{PutItems: {}}]\n",
            ':7: x/y: no operation is called "PutItems"; did you mean "PutItem"?',
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {}, expects: {}}]\n",
            ':7: x/y: no operation is called "expects"; did you mean "expect"?',
        ),
        (HEADER + GOOD + "    steps: [{expect: any}]\n", ":7: x/y: a step has exactly one operation; this has none"),
        (
            HEADER + GOOD + "    steps: [{ListTables: {}, PutItem: {}}]\n",
            ":7: x/y: a step has exactly one operation; this has ListTables and PutItem",
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: []}]\n",
            ":7: x/y: the request of ListTables is a mapping; write {} for an empty one",
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {Limit: 1}, raw: x}]\n",
            ':7: x/y: "raw" is the text to send instead of the request, which is then {}: ListTables: {}',
        ),
        (
            HEADER + GOOD + "    tables: [hahs]\n    steps: [{ListTables: {}}]\n",
            ':7: x/y: no table hahs is defined in tables.yaml; did you mean "hash"?',
        ),
        (
            HEADER + GOOD + "    tables: [hash]\n    steps: [{Scan: {TableName: hsah}}]\n",
            ':8: x/y: the table hsah is created nowhere in the case; did you mean "hash"?',
        ),
        (
            HEADER + GOOD + "    steps:\n      - ListTables: {}\n        expect: {error: E, body: {}}\n",
            ':9: x/y: "error" and "body" exclude each other; keep one',
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {}, expect: {}}]\n",
            ':7: x/y: "expect" has error (and message), or body, or members; leave it out for a bare success',
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {}, expect: {message: m}}]\n",
            ':7: x/y: "message" needs "error": a success has no message',
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {}, expect: {error: E, message: {regex: m}}}]\n",
            ':7: x/y: "message" is the text, or {prefix: text}, or {pattern: regular expression}',
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {}, expect: {error: E, message: {pattern: '('}}}]\n",
            ":7: x/y: the pattern is no regular expression: missing ), unterminated subpattern at position 0",
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {}, expect: {error: E, alternatives: [{error: F}]}}]\n",
            ':7: x/y: the alternative has no "note"; say where and when AWS answers so',
        ),
        (
            HEADER + GOOD + "    steps:\n      - PutItem:\n          Item:\n            n: {N: 1}\n",
            ":10: x/y: N takes text in quotes, not 1; correct it, or tag the case wrong-json-types",
        ),
        (
            HEADER + GOOD + "    steps: [{PutItem: {Item: {n: {NS: ['1', 2]}}}}]\n",
            ':7: x/y: NS takes a list of texts in quotes, not ["1", 2]; correct it, or tag the case wrong-json-types',
        ),
        (
            HEADER + GOOD + "    steps: [{PutItem: {Item: {n: {BOOL: 'true'}}}}]\n",
            ':7: x/y: BOOL takes true or false, not "true"; correct it, or tag the case wrong-json-types',
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {A: no}}]\n",
            ":7: the plain word no is a bool to some readers of YAML; write it in quotes",
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {A: 2024-01-01}}]\n",
            ":7: the plain word 2024-01-01 is a timestamp to some readers of YAML; write it in quotes",
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {A: 010}}]\n",
            ":7: the plain word 010 is a int to some readers of YAML; write it in quotes",
        ),
        (HEADER + GOOD + "    steps: [{ListTables: {1: a}}]\n", ":7: the key '1' is not text; write it in quotes"),
        (
            HEADER + GOOD + "    steps: [{ListTables: {A: 1, A: 2}}]\n",
            ':7: the key "A" stands twice in one mapping; the first is in line 7',
        ),
        (
            HEADER + GOOD + "    steps:\n      - ListTables:\n",
            ":8: a value is missing; write null or {}, and quotes around text with a comma",
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: !!binary YQ==}]\n",
            ":7: the tag binary is not supported; leave it out",
        ),
        (
            HEADER + GOOD + "    each: [{name: n, limit: 1}]\n    steps: [{ListTables: {Limit: '${limt}'}}]\n",
            ":8: x/y[n]: no variable limt is defined; did you mean ${limit}?",
        ),
        (
            HEADER + GOOD + "    each: [{limit: 1}]\n    steps: [{ListTables: {}}]\n",
            ':7: x/y: the entry of "each" has no "name"; give it a short one without spaces',
        ),
        (
            HEADER + GOOD + "    each: [{name: n}, {name: n}]\n    steps: [{ListTables: {}}]\n",
            ':7: x/y: the name n stands twice in "each"',
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {A: {$repaet: [a, 1]}}}]\n",
            ":7: x/y: no template $repaet is known; did you mean $repeat?",
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {A: {$repeat: [a, b]}}}]\n",
            ":7: x/y: $repeat is not given what it takes: a count, not 'b'",
        ),
        (
            HEADER + GOOD + "    steps: [{ListTables: {A: {$repeat: [a, 99999999999]}}}]\n",
            ":7: x/y: $repeat is not given what it takes: at most 33554432 in all",
        ),
    ],
)
def test_a_fault_is_told_in_one_line(tmp_path: Path, text: str, line: str) -> None:
    assert refusal(tmp_path, text) == line


def test_text_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    # What the parser says of it differs between libyaml and PyYAML's own.
    told = refusal(tmp_path, "touchstone: 1\nfeature: x: y\n")
    assert told.startswith(":2: is not YAML: mapping values are not allowed")


def test_ids_are_unique_over_all_files(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(f"{HEADER}{GOOD}    steps: [{{ListTables: {{}}}}]\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"b\.yaml:4: the id x/y is taken by .*a\.yaml:4"):
        load_cases([tmp_path])
    assert len(load_cases([tmp_path / "a.yaml", tmp_path / "a.yaml"])) == 1


def test_a_directory_holds_case_files_and_other_things(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "a.yaml").write_text(f"{HEADER}{GOOD}    steps: [{{ListTables: {{}}}}]\n", encoding="utf-8")
    (tmp_path / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("touchstone: 1\n", encoding="utf-8")
    assert case_files(tmp_path) == (tmp_path / "deeper" / "a.yaml",)
    assert len(load_cases([tmp_path])) == 1


def test_a_directory_without_case_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="holds no case file"):
        load_cases([tmp_path])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"absent\.yaml: cannot be read: No such file or directory"):
        load_cases([tmp_path / "absent.yaml"])


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"touchstone: 1\nfeature: \xff\n")
    with pytest.raises(CaseError, match=r"a\.yaml: is not UTF-8: byte 23"):
        load_cases([tmp_path / "a.yaml"])


# --- and back ---------------------------------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)
_SPECIAL_TEXT = st.sampled_from(
    [
        "",
        " ",
        "no",
        "null",
        "1",
        "1e5",
        "${x}",
        "$${x}",
        "$repeat",
        "a: b",
        "- a",
        "#",
        "\ud800",
        "\x85\u2028\ufeff",
        "x" * 500,
    ]
)
_VALUES = _JSON | _SPECIAL_TEXT | st.dictionaries(_SPECIAL_TEXT, _SPECIAL_TEXT, max_size=2)
_NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
_REQUESTS = st.dictionaries(st.text(min_size=1) | _SPECIAL_TEXT, _VALUES, max_size=4)
_SUCCESSES = st.builds(Expectation) | st.builds(
    Expectation, body=st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=3)
)
_REFUSALS = st.builds(
    Expectation,
    error=st.just("ValidationException"),
    message=st.none()
    | st.builds(ExpectedMessage, text=st.text(min_size=1), match=st.sampled_from([Match.EXACT, Match.PREFIX])),
    alternatives=st.just(()) | st.tuples(st.builds(Expectation, error=st.just("E"), note=st.text(min_size=1))),
)
_STEPS = st.builds(
    Step,
    operation=st.sampled_from(sorted(cases.OPERATIONS)),
    request=_REQUESTS,
    headers=st.dictionaries(_NAMES, st.none() | st.text(), max_size=2),
    expect=st.none() | _SUCCESSES | _REFUSALS,
) | st.builds(Step, operation=st.just("ListTables"), raw=st.text(), expect=st.none())
_SCENARIOS = st.builds(
    Scenario,
    id=_NAMES,
    feature=_NAMES,
    title=st.text(min_size=1),
    evidence=st.builds(Evidence, st.sampled_from(EvidenceKind), st.text(min_size=1), st.text()),
    tables=st.lists(st.builds(lambda name, rest: {"TableName": name, **rest}, _NAMES, _REQUESTS), max_size=2).map(
        tuple
    ),
    steps=st.lists(_STEPS, min_size=1, max_size=4).map(tuple),
    tags=st.sets(_NAMES, max_size=2).map(frozenset),
)


@settings(max_examples=60)
@given(scenario=_SCENARIOS)
def test_a_dumped_case_loads_to_the_same_scenario(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario) -> None:
    tables = tuple(table for table in scenario.tables if isinstance(table["TableName"], str))
    scenario = replace(scenario, tables=tables, tags=scenario.tags | {cases.WRONG_JSON_TYPES})
    (loaded,) = load_text(tmp_path_factory.getbasetemp(), dump_case(scenario))
    assert replace(loaded, source="") == scenario


def test_a_scenario_that_nobody_typed_gets_what_a_case_needs(tmp_path: Path) -> None:
    found = Scenario("generated 7", "put-item", steps=(Step("PutItem", {"Item": {"n": {"N": 1}}}),), source="seed 7")
    text = dump_case(found)
    assert text.startswith("# seed 7\ntouchstone: 1\n")
    (loaded,) = load_text(tmp_path, text)
    assert loaded.id == "generated-7"
    assert loaded.title == "generated 7"
    assert loaded.tags == {cases.WRONG_JSON_TYPES}
    assert loaded.steps == found.steps


def test_a_dumped_case_reads_like_a_typed_one() -> None:
    scenario = Scenario(
        id="put-item/example",
        feature="put-item",
        title="A title.",
        evidence=Evidence(EvidenceKind.AGREED, "everybody"),
        tables=({"TableName": "hash", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]},),
        steps=(
            Step("PutItem", {"TableName": "hash", "Item": {"pk": {"S": "x" * 2048}}}, expect=Expectation(body={})),
            Step(
                "Query",
                {
                    "TableName": "hash",
                    "KeyConditionExpression": "pk = :v",
                    "ExpressionAttributeValues": {":v": {"S": "no"}},
                    "ProjectionExpression": "some, more, names, of, attributes",
                },
                expect=Expectation(error="ValidationException", message=ExpectedMessage("The", Match.PREFIX)),
            ),
        ),
    )
    assert (
        dump_case(scenario)
        == """\
touchstone: 1
feature: put-item
cases:
  - id: put-item/example
    title: A title.
    evidence: {kind: agreed, source: everybody}
    tables: [{TableName: hash, KeySchema: [{AttributeName: pk, KeyType: HASH}]}]
    steps:
      - PutItem: {TableName: hash, Item: {pk: {S: {$repeat: [x, 2048]}}}}
        expect: {body: {}}
      - Query:
          TableName: hash
          KeyConditionExpression: "pk = :v"
          ExpressionAttributeValues: {":v": {S: "no"}}
          ProjectionExpression: "some, more, names, of, attributes"
        expect: {error: ValidationException, message: {prefix: The}}
"""
    )


# --- the corpus -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus() -> tuple[Scenario, ...]:
    return load_cases([corpus_directory()])


def test_the_corpus_loads(corpus: tuple[Scenario, ...]) -> None:
    assert len(corpus) > 900
    assert all(scenario.id.startswith(scenario.feature + "/") for scenario in corpus)


def test_the_corpus_covers_the_operations(corpus: tuple[Scenario, ...]) -> None:
    cases_of = Counter(operation for scenario in corpus for operation in scenario.operations)
    operations = """CreateTable DescribeTable ListTables DeleteTable PutItem GetItem UpdateItem DeleteItem Query Scan
    BatchGetItem BatchWriteItem"""
    assert all(cases_of[operation] >= 5 for operation in operations.split())


def test_the_corpus_dumps_and_loads(corpus: tuple[Scenario, ...], tmp_path: Path) -> None:
    for scenario in corpus[::10]:
        (loaded,) = load_text(tmp_path, dump_case(scenario))
        assert replace(loaded, source=scenario.source) == scenario


@pytest.mark.parametrize("file", case_files(), ids=lambda file: file.stem)
def test_files_of_the_corpus_fit_the_schema(file: Path) -> None:
    _schema().validate(yaml.safe_load(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"touchstone": 1, "feature": "x"},
        {"touchstone": 2, "feature": "x", "cases": [{"id": "a", "title": "t", "steps": [{"Scan": {}}]}]},
        {"touchstone": 1, "feature": "x", "cases": [{"id": "a b", "title": "t", "steps": [{"Scan": {}}]}]},
        {"touchstone": 1, "feature": "x", "cases": [{"id": "a", "title": "t", "steps": [{"Scan": {}, "expects": {}}]}]},
        {
            "touchstone": 1,
            "feature": "x",
            "cases": [{"id": "a", "title": "t", "steps": [{"Scan": {}, "expect": {"error": "E", "body": {}}}]}],
        },
        {
            "touchstone": 1,
            "feature": "x",
            "cases": [{"id": "a", "title": "t", "steps": [{"Scan": {}, "expect": {"message": "m"}}]}],
        },
    ],
)
def test_the_schema_refuses(wrong: dict[str, Any]) -> None:
    assert not _schema().is_valid(wrong)


def _schema() -> jsonschema.Draft202012Validator:
    schema = json.loads((Path(cases.__file__).parent / "case_schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_a_corpus_within_the_package_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "conformance"
    (package / "_cases").mkdir(parents=True)
    monkeypatch.setattr(cases, "__file__", str(package / "cases.py"))
    assert corpus_directory() == package / "_cases"


def test_other_yaml_is_no_case_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("services: {}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_bytes(b"touchstone: 1\n\xff")
    assert not is_case_file(tmp_path / "a.yaml")
    assert not is_case_file(tmp_path / "b.yaml")
    assert not is_case_file(tmp_path / "absent.yaml")


def test_a_report_shows_no_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sources = {case.source for case in load_cases(case_files())}
    assert any(source.startswith("cases/put-item.yaml:") for source in sources)
    assert not any(Path(source).is_absolute() for source in sources)
