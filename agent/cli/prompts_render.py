"""`newaisle prompts render`: the exact text that a model gets, and how often it reads which part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.options import TEXT, category_option, is_flag, model_options, pass_settings
from newaisle.agent.cli.prompts_options import counting_model, folder_options, name_argument
from newaisle.agent.cli.recommend import asked_how, asking_how, user_option
from newaisle.agent.cli.screen import note
from newaisle.agent.cli.tables import print_json, stdout_console
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newaisle.agent.llm.base import LanguageModel
    from newaisle.agent.schema.style import Style
    from newaisle.agent.why.preview import Preview

_WITHOUT_CATEGORY = ("profile", "turn")
_MARKS = "⟦", "⟧"  # around data where nothing is coloured
_READ = {
    "template": "read once: the same in every prompt of this template",
    "customer": "read again for each customer",
    "category": "read again for each category",
    "answer": "read again for each answer",
    "product": "read again for each product",
}


@click.command(name="render")
@name_argument
@user_option
@category_option("The category: its name, or its whole path; `profile` and `turn` need none.")
@asking_how
@click.option(
    "-n", "place", type=click.IntRange(min=1), default=1, show_default=True, help="Which recommendation, for `explain`."
)
@click.option("--turn", type=TEXT, default="", metavar="TEXT", help="What is said in the chat, for `turn`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with what is data in each message.")
@folder_options
@model_options
@pass_settings
def render_command(
    settings: Settings, /, name: str, place: int, turn: str, as_json: bool, category: str | None, **asked: Any
) -> None:
    """Print the exact messages that a model gets for a customer and a category; no model is asked.

    What was put into the template is coloured and underlined, in a pipe it stands in ⟦ ⟧. A line that begins with ~~~
    is no part of the prompt: it says how often the text below it is read, and with a local model installed how many
    tokens that is. Products are in the order they have without a model's likelihood.

    \b
    Examples:
      newaisle prompts render explain --user mara --category "Camp Kitchen"
      newaisle prompts render explain --user mara --category "Camp Kitchen" -n 3 --json
      newaisle prompts render turn --turn "a mug for slurping noodles"
    """
    from newaisle.agent.chat.turn_preview import preview
    from newaisle.agent.cli.opening import opened
    from newaisle.agent.schema.query import query_of
    from newaisle.agent.why.preview import tokens_by_layer

    name = _named(name, asked["style"], category)
    query = query_of(asked.pop("user_id"), category or "", **asked_how(**asked))
    with opened(settings) as shop:
        found = preview(name, query, shop.parts, place=place, turn=turn)
    with counting_model(settings) as model:
        counts = tokens_by_layer(found, model) if model else None
        if as_json:
            print_json(_plain(found, counts, model))
        else:
            print_preview(found, counts)
            if counts and model:
                note(f"{sum(counts):,} tokens of the {model.context_size:,} that {model.name} reads")


def _named(name: str, style: Style, category: str | None) -> str:
    """The prompt that is meant; raises UsageError for options that do not go with it."""
    from newaisle.agent.wording.phrase import template_name
    from newaisle.prompts.inputs import INPUTS

    if category is None and name in INPUTS and name not in _WITHOUT_CATEGORY:
        raise click.UsageError(f"`{name}` is about a category: give --category NAME")
    if name == "turn" and is_flag("language"):
        raise click.UsageError("`turn` is in the language of what is said: leave --language out")
    if not is_flag("style"):
        return name
    if name != "explain":
        raise click.UsageError("--style goes with `explain` alone: leave it out")
    return template_name(style)


def _plain(found: Preview, counts: Sequence[int] | None, model: LanguageModel | None) -> dict[str, Any]:
    """What `--json` prints."""
    layers = found.layers
    parts: list[list[dict[str, Any]]] = [[] for _ in found.messages]
    for layer in layers:
        for piece in layer.pieces:
            parts[piece.message] += [
                {"text": part.text, "is_data": part.is_data, "changes_with": layer.name} for part in piece.parts
            ]
    return {
        "prompt": found.template.name,
        "language": found.template.language,
        "template_hash": found.template.short_hash,
        "item_id": found.product.item_id if found.product else None,
        "messages": [
            {"role": message.role, "text": message.text, "parts": pieces}
            for message, pieces in zip(found.messages, parts, strict=True)
        ],
        "layers": [
            {"changes_with": layer.name, "tokens": counts[number] if counts else None}
            for number, layer in enumerate(layers)
        ],
        "tokens": sum(counts) if counts else None,
        "context": model.context_size if model else None,
        "counted_by": model.name if model else None,
    }


def print_preview(found: Preview, counts: Sequence[int] | None = None) -> None:
    """The text layer by layer; a layer that begins inside a line begins a new one here."""
    from rich.text import Text

    console = stdout_console()
    for number, layer in enumerate(found.layers):
        size = f" ({counts[number]:,} tokens)" if counts else ""
        console.print(f"[dim]~~~ {_READ[layer.name]}{size}[/]", soft_wrap=True)
        for piece in layer.pieces:
            if piece.begins:
                console.print(f"[bold]--- {found.messages[piece.message].role}[/]")
            text = Text()
            for part in piece.parts:
                is_marked = part.is_data and not console.is_terminal
                opening, closing = _MARKS if is_marked else ("", "")
                text.append(f"{opening}{part.text}{closing}", style="cyan underline" if part.is_data else "")
            console.print(text, soft_wrap=True)
