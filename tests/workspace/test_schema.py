"""Editors are told what the models accept."""

import json
from pathlib import Path

import pytest

from aftershow.workspace.schema import MODELS, schemas, stale, write_schemas

CONFIG = Path(__file__).parents[2] / "config"


def test_the_schemas_in_config_are_fresh() -> None:
    """What editors are told is what the models accept now."""
    assert stale(CONFIG / "schema") == [], (
        "run: python -c 'from pathlib import Path; from aftershow.workspace.schema import write_schemas; "
        'write_schemas(Path("config/schema"))\''
    )


def test_a_schema_that_is_missing_or_old_is_named(tmp_path: Path) -> None:
    """Only the files that differ are named."""
    write_schemas(tmp_path / "schema")
    (tmp_path / "schema" / "show.json").write_text("{}")
    (tmp_path / "schema" / "segments.json").unlink()
    assert stale(tmp_path / "schema") == ["segments.json", "show.json"]


@pytest.mark.parametrize("name", list(MODELS))
def test_an_editor_sees_no_unknown_key_and_reads_what_keys_mean(name: str) -> None:
    """Each schema closes its keys, as the models do, and carries the text under the fields."""
    schema = json.loads(schemas()[f"{name}.json"])
    assert (schema["$schema"], schema["additionalProperties"]) == (
        "https://json-schema.org/draft/2020-12/schema",
        False,
    )
    assert schema["description"]


def test_a_duration_may_be_written_in_an_editor_as_in_the_file() -> None:
    """Lengths of time are text with examples; a bare 0 is one of them."""
    expires = json.loads(schemas()["aftershow.json"])["properties"]["expires"]
    assert expires["type"] == ["string", "integer"]
    assert (expires["default"], expires["examples"][-1]) == ("1 week", 0)


@pytest.mark.parametrize("file", sorted(CONFIG.rglob("*.yaml")), ids=lambda path: path.name)
def test_each_file_in_config_names_its_schema(file: Path) -> None:
    """An editor finds the schema through the first line of the file."""
    if file.name.endswith(".test.yaml"):
        return
    first = file.read_text(encoding="utf-8").splitlines()[0]
    mark, _, schema = first.partition("$schema=")
    assert mark == "# yaml-language-server: "
    assert (file.parent / schema).resolve().parent == CONFIG / "schema"
