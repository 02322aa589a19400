"""YAML 1.2 is read as people mean it, and what is not YAML is said with its line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftershow.errors import Problem, WorkspaceError
from aftershow.workspace.yaml.reading import MAX_DEPTH, MAX_VALUES, parse
from aftershow.workspace.yaml.yaml_file import MAX_BYTES, YamlFile, collect


def problem_of(text: str) -> str:
    with pytest.raises(WorkspaceError) as caught:
        parse("x.yaml", text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("21:00", "21:00"),
        ("2026-11-24", "2026-11-24"),
        ("+15005550006", "+15005550006"),
        ("01752", "01752"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("5.55E+09", "5.55E+09"),
        ("1" * 19, "1" * 19),
        ("'2525'", "2525"),
        ("!!str 2525", "2525"),
        ('"true"', "true"),
        ("2525", 2525),
        ("-3", -3),
        ("2.40", 2.4),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_a_value_is_what_a_person_means(written: str, value: object) -> None:
    """Only true, false, null and plain decimal numbers are not text."""
    read = parse("x.yaml", f"key: {written}").data["key"]
    assert (read, type(read)) == (value, type(value))


def test_a_key_is_always_text() -> None:
    """A key that looks like a number or a truth is the text that stands there."""
    assert parse("x.yaml", "{1: a, no: b, true: c, 2026-01-01: d}").data == {
        "1": "a",
        "no": "b",
        "true": "c",
        "2026-01-01": "d",
    }


def test_an_alias_repeats_what_it_names() -> None:
    """Anchors and aliases work as in any YAML."""
    assert parse("x.yaml", "a: &hours [8, 21]\nb: *hours").data == {"a": [8, 21], "b": [8, 21]}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\n\tb: 2", "x.yaml:2: a tab stands where YAML wants spaces"),
        (
            "a: 1\n b: 2",
            "x.yaml:2: a colon is in the wrong place: check the indentation, "
            "and put text with a colon in quotes",
        ),
        (
            "a: b: c",
            "x.yaml:1: a colon is in the wrong place: check the indentation, "
            "and put text with a colon in quotes",
        ),
        ("a: 1\nb\nc: 2", "x.yaml:3: a colon is missing after this key"),
        ("a: - b", "x.yaml:1: a list begins on a line of its own"),
        ("\na: @home", "x.yaml:2: text that begins with a special character must stand in quotes"),
        ("a: *", "x.yaml:1: text that begins with `*` or `&` must stand in quotes"),
        ("a: *b", "x.yaml:1: text that begins with `*` must stand in quotes"),
        ("a:\n  'x\n\nb: 1\n", "x.yaml:2: a quotation mark is not closed"),
        ("a:\n  [x,\n\nb\n", "x.yaml:2: a bracket is not closed"),
        (
            "a:\n  - b\n c: 1",
            "x.yaml:3: the indentation does not match the lines above, "
            "or something follows a closing quotation mark",
        ),
        (
            'a: "C:\\data"',
            "x.yaml:1: a backslash in double quotes has a meaning of its own: "
            "write it twice, or use single quotes",
        ),
        ("a: 1\n---\nb: 2", "x.yaml:2: a file holds one document: remove the line `---`"),
        ("a: 1\nb: x\x00", "x.yaml:2: a control character is in the text"),
        ("a: 1\nb: 2\na: 3", "x.yaml:3: a: this key stands already in line 1"),
        ("s:\n  - {a: 1,\n     a: 2}", "x.yaml:3: s.1.a: this key stands already in line 2"),
        (
            "a: !secret x",
            "x.yaml:1: a: tags are not understood here: put text that begins with `!` in quotes",
        ),
        (
            "a: !!python/name:os.system",
            "x.yaml:1: a: tags are not understood here: put text that begins with `!` in quotes",
        ),
        ("a: 1\n? [b, c]\n: 2", "x.yaml:2: a key is one word or text, found a list"),
        ('a: "\\ud800"', "x.yaml:1: a: half a character (a surrogate) is in the text"),
        ('a: "\\UFFFFFFFF"', "x.yaml: this is not YAML"),
    ],
)
def test_what_is_not_yaml_is_said_with_its_line(text: str, problem: str) -> None:
    """Each mistake names its line and what to do, in words of a person who writes campaigns."""
    assert problem_of(text) == problem


def test_all_repeated_keys_are_said_at_once() -> None:
    """A file with two mistakes of this kind names both."""
    assert problem_of("a: 1\na: 2\nb: {c: 1, c: 2}").count("\n") == 1


def test_a_file_that_unfolds_through_aliases_is_refused() -> None:
    """Ten aliases of ten aliases of ten … are counted as what they would become."""
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 7))
    assert f"more than {MAX_VALUES} values" in problem_of(f"l0: &l0 x\n{levels}")


@pytest.mark.parametrize("text", ["a: &a [*a]", "[" * 200 + "]" * 200, "[" * 600 + "]" * 600])
def test_values_inside_values_have_an_end(text: str) -> None:
    """A list that contains itself, or thousands of brackets, are refused."""
    assert f"more than {MAX_DEPTH} levels" in problem_of(text)


@settings(max_examples=150)
@given(st.text("ab:-[]{},&*!|>'\"%@`#?~ \t\n01.+\\", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the reader fail in any other way than with problems."""
    problems: list[Problem] = []
    document = collect(problems, lambda: parse("x.yaml", text))
    assert (document is None) == bool(problems)


def test_a_source_knows_the_line_of_each_value() -> None:
    """Keys and list items have their line; what is not there has the line of what surrounds it."""
    source = YamlFile.parse(
        "x.yaml", "# first\nsteps:\n  - email: thanks\n    after:\n      2 days\n  -\n    text: hi\n"
    )
    lines = [
        source.line_of(place)
        for place in [
            (),
            ("steps",),
            ("steps", 0),
            ("steps", 0, "after"),
            ("steps", 1, "text"),
            ("steps", 0, "if"),
        ]
    ]
    assert lines == [1, 2, 3, 4, 7, 3]
    assert source.line_of(("nothing", "here")) == 1
    assert str(source.problem(("steps", 1, "text"), "no")) == "x.yaml:7: steps.2.text: no"


def test_the_hash_is_that_of_the_text(tmp_path: Path) -> None:
    """A byte-order mark does not make another version of a campaign."""
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\n")
    source = YamlFile.load(tmp_path, "a.yaml")
    assert (source.data, source.text) == ({"a": "é"}, "a: é\n")
    assert source.sha256 == YamlFile.parse("b.yaml", "a: é\n").sha256
    assert len(source.sha256) == 64


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a: 1\nb: M\xfcller\n", "c/a.yaml:2: a character is not UTF-8: save the file as UTF-8"),
        (b"# " + b"x" * MAX_BYTES, "c/a.yaml: larger than 1 MB: this can't be what was meant"),
        (None, "c/a.yaml: there is no such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, content: bytes | None, problem: str) -> None:
    """The wrong encoding, an enormous file and no file at all are problems of that file."""
    (tmp_path / "c").mkdir()
    if content is not None:
        (tmp_path / "c" / "a.yaml").write_bytes(content)
    with pytest.raises(WorkspaceError) as caught:
        YamlFile.load(tmp_path, "c/a.yaml")
    assert str(caught.value) == problem
