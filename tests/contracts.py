"""Import contracts of our own, for import-linter; pyproject.toml says where they hold."""

from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class ApartContract(Contract):
    """The files of a package don't know each other, without a list of them.

    One that begins with `_` is a helper: of the file whose name comes next, such as _smtp_line of smtp, else
    of all. Nobody else knows a file's helpers, and a helper of all knows no file.
    """

    type_name = "apart"

    package = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import between two files of the package."""
        wrong = list(_wrong(graph, str(self.package)))
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say who imports whom."""
        for importer, imported in check.metadata["wrong"]:
            output.print_error(f"{importer} is not allowed to import {imported}", bold=False)
        output.new_line()


def _wrong(graph: ImportGraph, package: str) -> Iterator[tuple[str, str]]:
    names = {child.rsplit(".", 1)[1] for child in graph.find_children(package)}
    for importer in sorted(graph.find_descendants(package)):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            if imported.startswith(f"{package}."):
                one, other = (
                    _owner(module.split(".")[package.count(".") + 1], names)
                    for module in (importer, imported)
                )
                if other not in (None, one):
                    yield importer, imported


def _owner(name: str, names: set[str]) -> str | None:
    """Return the file that a file belongs to: itself, or the one that it helps; None where it helps all."""
    if not name.startswith("_"):
        return name
    # A name may have several words, and the longest that fits is meant: _print_shop_line helps print_shop.
    helped = [other for other in names if f"{name[1:]}_".startswith(f"{other}_")]
    return max(helped, key=len, default=None)
