"""What a shell proposes for values: customers, categories, products, models, templates, files.

Runs on every press of the tab key: nothing heavy is imported, and what cannot be read proposes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from newaisle.agent.cli.configure import fill_in
from newaisle.agent.models.catalog import AUTO_EMBEDDER, HASH_EMBEDDER, Kind, known_models
from newaisle.agent.settings.settings import NO_MODEL, Settings


def complete_customer(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    from newaisle.store.prefix_search import customers

    return _items(customers(_settings(context).shop.ledger_path, typed))


def complete_category(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    from newaisle.store.prefix_search import categories

    return _items(categories(_settings(context).shop.ledger_path, typed))


def complete_product(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    from newaisle.store.prefix_search import products

    found = products(_settings(context).shop.ledger_path, typed)
    return [CompletionItem(item_id, help=title) for item_id, title in found if item_id.isprintable()]


def complete_language_model(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    return _items(name for name in (*_models(context, "llm"), NO_MODEL) if name.startswith(typed))


def complete_embedder(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    names = (*_models(context, "embedder"), HASH_EMBEDDER, AUTO_EMBEDDER)
    return _items(name for name in names if name.startswith(typed))


def complete_model(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    return _items(name for name in _models(context, "llm", "embedder") if name.startswith(typed))


def complete_template(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    from importlib.util import find_spec

    # Importing the package's list of them would take a second.
    folders = (spec.submodule_search_locations if (spec := find_spec("newaisle.prompts")) else None) or []
    names = {path.name.partition(".")[0] for folder in folders for path in Path(folder).glob("*.en.yaml")}
    return _items(sorted(name for name in names if name.startswith(typed)))


def complete_file(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    return [CompletionItem(typed, type="file")]


def _items(names: Iterable[str]) -> list[CompletionItem]:
    """The names that fit into a line of a shell, as proposals."""
    return [CompletionItem(name) for name in names if name.isprintable()]


def _settings(context: click.Context) -> Settings:
    """The settings by the flags before the cursor, the environment and the files."""
    fill_in(context)
    return context.find_root().ensure_object(Settings)


def _models(context: click.Context, *kinds: Kind) -> list[str]:
    """Names of the known models and of those that were pulled."""
    import json

    found = {model.name: model.kind for model in known_models().values()}
    for path in sorted(_settings(context).models.glob("*/manifest.json")):
        manifest = json.loads(path.read_bytes())
        found[manifest["name"]] = manifest["kind"]
    return [name for name, kind in found.items() if kind in kinds]
