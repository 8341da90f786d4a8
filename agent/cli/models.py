"""`newaisle models`: the model files on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from agent.cli.options import model_options, pass_settings
from agent.cli.screen import progress_bars
from agent.settings import Settings

_STAGES = {
    "waiting": "waiting for another pull",
    "downloading": "downloading",
    "checking": "checking",
    "converting": "converting",
}


@click.group()
def models() -> None:
    """List, fetch and remove the models that answers are made with."""


@models.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@model_options
@pass_settings
def list_command(settings: Settings, as_json: bool) -> None:
    """List the known models and those that were pulled.

    \b
    Example:
      newaisle models list
    """
    entries = settings.model_cache.entries()
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=2))
        return
    for entry in entries:
        click.echo(f"{entry.name:<14} {entry.kind:<9} {entry.state:<8} {entry.size / 1e6:>7.1f} MB  {entry.about}")


@models.command()
@click.argument("names", nargs=-1)
@model_options
@pass_settings
def pull(settings: Settings, names: tuple[str, ...]) -> None:
    """Fetch models, check them and make them ready; without a NAME the two defaults.

    A NAME is one of `models list`, `hf:owner/repo/file.gguf`, or a path: a GGUF file, or a folder with an ONNX
    sentence-transformers model (which stays where it is).

    \b
    Examples:
      newaisle models pull
      newaisle models pull hf:Qwen/Qwen2.5-3B-Instruct-GGUF/qwen2.5-3b-instruct-q4_0.gguf
    """
    from agent.models.catalog import DEFAULT_EMBEDDER, DEFAULT_LLM

    for name in names or (DEFAULT_EMBEDDER, DEFAULT_LLM):
        with progress_bars({stage: f"{name}: {text}" for stage, text in _STAGES.items()}) as progress:
            path = settings.model_cache.pull(name, progress=progress)
        click.echo(f"{name} is ready in {path}")


@models.command(name="rm")
@click.argument("name")
@model_options
@pass_settings
def rm_command(settings: Settings, name: str) -> None:
    """Delete a model's files; files that were registered by their path stay.

    \b
    Example:
      newaisle models rm smollm2-135m
    """
    settings.model_cache.remove(name)
    click.echo(f"{name} removed")
