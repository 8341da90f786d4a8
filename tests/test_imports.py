"""What the code imports is declared in pyproject.toml, what is declared is used, and nothing of ours exists twice."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHORT_NAMES = {"agent", "prompts", "store"}  # newaisle holds links to these folders
PRODUCT = ("newaisle", *SHORT_NAMES)
TRAINING = "agent/models/adapters/training"  # what is run to make an adapter, and by nothing that is shipped
FOLDERS = (*PRODUCT, "tests", "benchmarks")
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED: dict[str, list[str]] = {"core": _PROJECT["dependencies"], **_PROJECT["optional-dependencies"]}


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a package. `late`: it happens in a function, or for type checkers alone."""

    package: str
    file: str
    late: bool


def imports(*folders: str) -> list[Import]:
    """Everything that files import by absolute names, the standard library aside."""
    return [found for folder in folders for found in _imports(folder)]


@cache
def _imports(folder: str) -> list[Import]:
    return [
        Import(name.partition(".")[0], file.relative_to(ROOT).as_posix(), late)
        for file in sorted((ROOT / folder).rglob("*.py"))
        if folder == TRAINING or not file.is_relative_to(ROOT / TRAINING)
        for name, late in _imported(ast.parse(file.read_text(encoding="utf-8")))
        if name.partition(".")[0] not in sys.stdlib_module_names
    ]


def _imported(tree: ast.AST, late: bool = False) -> Iterator[tuple[str, bool]]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Import(names):
                yield from ((alias.name, late) for alias in names)
            case ast.ImportFrom(module, level=0):
                yield module or "", late
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.If(test=ast.Name("TYPE_CHECKING")):
                yield from _imported(node, late=True)
            case _:
                yield from _imported(node, late)


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


@cache
def _names() -> Mapping[str, set[str]]:
    """The packages in each distribution."""
    names: dict[str, set[str]] = defaultdict(set)
    for package, its in packages_distributions().items():
        for name in its:
            names[_normal(name)].add(package)
    return names


def distributions(*groups: str) -> set[str]:
    """What a group of dependencies in pyproject.toml consists of, without versions."""
    found = (re.match(r"[\w.-]+", requirement) for group in groups for requirement in DECLARED[group])
    return {_normal(match[0]) for match in found if match}


def packages(distribution: str) -> set[str]:
    """The packages in a distribution; one that is not installed here goes by its own name."""
    return _names().get(distribution) or {distribution.replace("-", "_")}


def declared(*groups: str) -> set[str]:
    return {package for distribution in distributions(*groups) for package in packages(distribution)}


def own() -> set[str]:
    """Our packages, and the modules that tests import from their own folders."""
    return {"newaisle", "tests", "benchmarks", *(file.stem for file in (ROOT / "tests").rglob("*.py"))}


def test_what_always_runs_is_declared() -> None:
    allowed = declared("core") | {"newaisle"}
    assert [found for found in imports(*PRODUCT) if not found.late and found.package not in allowed] == []


@pytest.mark.parametrize(
    ("folders", "groups"),
    [
        (PRODUCT, ("core", "local", "parquet")),
        ([TRAINING], ("core", "train")),
        (["tests"], ("core", "dev")),
        (["benchmarks"], ("core", "bench")),
    ],
)
def test_what_is_imported_is_declared(folders: tuple[str, ...], groups: tuple[str, ...]) -> None:
    allowed = declared(*groups) | own()
    assert [found for found in imports(*folders) if found.package not in allowed] == []


@pytest.mark.parametrize(
    ("groups", "folders"),
    [
        (("core", "local", "parquet"), PRODUCT),
        (("train",), [TRAINING]),
        (("bench",), ["benchmarks"]),
        (("dev",), ["tests"]),
    ],
)
def test_what_is_declared_is_used(groups: tuple[str, ...], folders: tuple[str, ...]) -> None:
    used = {found.package for found in imports(*folders)}
    idle = [name for name in distributions(*groups) if not packages(name) & used and not is_tool(name)]
    assert idle == []


def is_tool(name: str) -> bool:
    """Whether a distribution is run by the Makefile or by pytest, or tells mypy the types of one that is imported."""
    run = set(re.findall(r"\$\(BIN\)/([\w-]+)", (ROOT / "Makefile").read_text(encoding="utf-8")))
    typed = {f"{found.package}-stubs" for found in imports(*PRODUCT)}
    offers = distribution(name).entry_points
    programs = {name, *offers.select(group="console_scripts").names}
    return bool(programs & run or packages(name) & typed or offers.select(group="pytest11"))


def test_our_packages_are_imported_as_parts_of_newaisle() -> None:
    assert [found for found in imports(*FOLDERS) if found.package in SHORT_NAMES] == []
