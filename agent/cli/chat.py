"""`newaisle chat`: recommendations in a conversation, typed or piped."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newaisle.agent.cli.errors import exit_code, one_line
from newaisle.agent.cli.options import category_option, every_setting
from newaisle.agent.cli.recommend import count_option, llm_rank_option, style_option, user_option, wording_option
from newaisle.agent.cli.screen import note
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from newaisle.agent.chat.conversation import Conversation
    from newaisle.agent.cli.chat_screen import Screen
    from newaisle.agent.library.shop import Shop
    from newaisle.agent.schema.style import Style, Switch

_FILE = click.Path(dir_okay=False, path_type=Path)
_WELCOME = "Say what you are looking for, or /help. Ctrl-C stops an answer, Ctrl-D leaves."


@click.command()
@user_option
@category_option("The category to begin with.")
@count_option
@style_option
@llm_rank_option
@wording_option
@click.option("--load", "saved", type=_FILE, metavar="FILE", help="Go on with a chat that was saved with /save.")
@click.option("--replay", type=_FILE, metavar="FILE", help="Say a saved chat again, and whether it comes out alike.")
@every_setting
def chat(
    settings: Settings,
    /,
    user_id: str | None,
    category: str | None,
    k: int,
    style: Style,
    llm_rank: Switch,
    wording: Switch,
    saved: Path | None,
    replay: Path | None,
) -> None:
    """Recommend in a conversation, in English or Chinese: say what is wanted, what is wrong with it, or ask.

    What was asked for holds until it is lifted, and is shown with every answer. On a terminal, Enter sends, Alt-Enter
    begins a new line, Tab completes, Ctrl-C stops an answer, and Ctrl-D leaves; what was typed is kept in the data
    folder. Standard input that is no terminal is read line by line, and a transcript printed. /help lists the commands.

    Likes and dislikes of a chat change its next answer and are not stored in the shop: that is `newaisle feedback`.

    \b
    Examples:
      newaisle chat --user mara --category "Camp Kitchen"
      newaisle chat < script.txt
      newaisle chat --load mara.chat
    """
    from newaisle.agent.cli.chat_screen import Screen
    from newaisle.agent.cli.opening import unseen

    if replay is not None and (saved or user_id is not None or category is not None):
        raise click.UsageError("--replay says a chat again as it was: leave --load, --user and --category out")
    screen = Screen()
    with unseen(settings) as shop:
        if replay is not None:
            _replay(replay, shop, screen, llm_rank, wording)
            return
        conversation = shop.chat(user_id, k=k, style=style, llm_rank=llm_rank, wording=wording)
        for first in _first(saved, category):
            _answer(shop, conversation, first, screen)
        for text in _turns(conversation, settings, screen):
            if _answer_or_tell(shop, conversation, text, screen):
                break


def _first(saved: Path | None, category: str | None) -> Iterator[str]:
    """What is as good as said when a chat begins."""
    if saved is not None:
        yield f"/load {saved}"
    if category is not None:
        yield f"/category {category}"


def _turns(conversation: Conversation, settings: Settings, screen: Screen) -> Iterator[str]:
    """What is said, on the terminal or in a script, of which each turn is printed."""
    from newaisle.agent.cli.chat_input import read_lines, typed_lines

    if screen.is_terminal:
        screen.line(_WELCOME, style="dim")
        if not conversation.state.wishes.category:
            screen.reply(conversation.show())
        yield from typed_lines(conversation, settings.shop)
        return
    for text in read_lines(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")):
        screen.turn(text)
        yield text


def _answer_or_tell(shop: Shop, conversation: Conversation, text: str, screen: Screen) -> bool:
    """Answer a turn; one that makes no sense, or is stopped, is told so, and the chat goes on."""
    try:
        return _answer(shop, conversation, text, screen)
    except KeyboardInterrupt:
        if not screen.is_live:
            raise
        screen.line("stopped; nothing was changed", style="yellow")
    except Exception as exc:
        if exit_code(exc) is None:
            raise
        screen.line(one_line(exc), style="red")
    return False


def _answer(shop: Shop, conversation: Conversation, text: str, screen: Screen) -> bool:
    """Answer a turn on the screen; whether the person takes leave."""
    with screen.waiting() as waiting:
        reply = shop.reply(conversation, text, on_chosen=waiting.on_chosen, cancel=waiting.cancel)
    screen.reply(reply)
    return reply.is_over


def _replay(file: Path, shop: Shop, screen: Screen, llm_rank: Switch, wording: Switch) -> None:
    """Say a saved chat again; what comes out differently ends with exit code 3."""
    from newaisle.agent.chat.commands import replay
    from newaisle.agent.chat.state import load
    from newaisle.errors import RequestError

    saved = load(file)
    conversation = shop.chat(saved.start.user_id, k=saved.k, style=saved.style, llm_rank=llm_rank, wording=wording)
    differing = []
    for number, (turn, reply, is_same) in enumerate(replay(conversation, saved), start=1):
        screen.turn(turn.say)
        screen.reply(reply)
        differing += [] if is_same else [str(number)]
    if differing:
        raise RequestError(
            f"other products or constraints came out after turn {', '.join(differing)} of {file}: the shop has changed"
        )
    note(f"the same products, order and constraints after each of {len(saved.turns)} turns")
