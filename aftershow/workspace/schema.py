"""JSON Schemas, with which editors complete and check the YAML files while a person types."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from aftershow.workspace.segments import Segments
from aftershow.workspace.settings import Settings
from aftershow.workspace.shows import Show
from aftershow.workspace.times.durations import FromText
from aftershow.workspace.yaml.model import Model

#: What this package reads, by the name of its schema; a campaign's model is the journey's.
MODELS: Mapping[str, type[Model]] = {"aftershow": Settings, "segments": Segments, "show": Show}


class _Schema(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:
        """The key itself is title enough."""
        return False

    def encode_default(self, dft: Any) -> Any:
        """A default is shown as a person would write it."""
        if isinstance(dft, Mapping):
            return {key: self.encode_default(value) for key, value in dft.items()}
        return str(dft) if isinstance(dft, FromText) else super().encode_default(dft)


def schemas(models: Mapping[str, type[Model]] = MODELS) -> dict[str, str]:
    """Return the text of each schema (JSON Schema 2020-12) by its file name, NAME.json."""
    return {f"{name}.json": _text(model) for name, model in models.items()}


def write_schemas(folder: Path, models: Mapping[str, type[Model]] = MODELS) -> None:
    """Write the schemas into a folder, which is made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas(models).items():
        (folder / name).write_text(text, encoding="utf-8")


def stale(folder: Path, models: Mapping[str, type[Model]] = MODELS) -> list[str]:
    """Return the names of the files in a folder that are missing or differ from the models."""
    return [name for name, text in schemas(models).items() if _content(folder / name) != text]


def _text(model: type[Model]) -> str:
    schema = model.model_json_schema(schema_generator=_Schema)
    dialect = {"$schema": GenerateJsonSchema.schema_dialect}
    return json.dumps(dialect | schema, indent=2, ensure_ascii=False) + "\n"


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
