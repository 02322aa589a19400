"""The fixed vocabularies, one row for each thing; docs/glossary.md is their home in prose."""
