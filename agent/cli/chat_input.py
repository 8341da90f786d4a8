"""The line that a chat is typed in: keys, history, completion and the bar below it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from newaisle.agent.chat.commands import COMMANDS
from newaisle.prompts.inputs import INPUTS
from newaisle.store.prefix_search import customers
from newaisle.store.rows import PATH_SEPARATOR

if TYPE_CHECKING:
    from newaisle.agent.chat.conversation import Conversation
    from newaisle.store.home import Home

PROMPT, GOES_ON = "> ", ". "
_MOST = 50  # completions of one kind
_SHORTEST = 2  # letters of a word that is completed in free text
_WORD = re.compile(r"[^\s,;.!?，；。！？]+$")
_LEAVE = "Ctrl-D or /bye leaves"


def typed_lines(conversation: Conversation, shop: Home) -> Iterator[str]:
    """What a person types, a turn each; it ends when they leave.

    Enter sends, Alt-Enter begins a new line, Ctrl-C empties the line.
    """
    session: PromptSession[str] = PromptSession(
        history=_history(shop.chat_history_path),
        completer=ChatCompleter(conversation),
        complete_while_typing=False,
        key_bindings=_keys(),
        multiline=True,
        prompt_continuation=GOES_ON,
        bottom_toolbar=lambda: _bar(conversation),
        enable_open_in_editor=True,
    )
    while True:
        try:
            text = session.prompt(PROMPT)
        except KeyboardInterrupt:
            print(_LEAVE, file=sys.stderr)
            continue
        except EOFError:
            return
        if text.strip():
            yield text.strip()


def read_lines(lines: Iterable[str]) -> Iterator[str]:
    """The turns of a script: a line each, which goes on after a backslash at its end; empty lines say nothing."""
    turn = ""
    for line in lines:
        text = line.rstrip("\r\n")
        if text.endswith("\\"):
            turn += text[:-1] + "\n"
            continue
        turn += text
        if turn.strip():
            yield turn.strip()
        turn = ""
    if turn.strip():
        yield turn.strip()


class ChatCompleter(Completer):
    """Completes commands and what follows them; in free text the names of categories and brands."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._ledger_path = conversation.parts.ledger.path
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        text = document.text_before_cursor
        if not text.startswith("/"):
            yield from self._names(text)
            return
        name, space, argument = text[1:].partition(" ")
        if not space:
            for command in COMMANDS.values():
                if command.name.startswith(name.casefold()):
                    yield Completion(f"/{command.name}", -len(text), display_meta=command.help)
        elif name in ("save", "load"):
            yield from self._paths.get_completions(Document(argument), complete_event)
        else:
            for value, meta in self._values(name, argument):
                yield Completion(value, -len(argument), display_meta=meta)

    def _values(self, name: str, begun: str) -> Iterator[tuple[str, str]]:
        match name:
            case "user":
                yield from ((user_id, "") for user_id in customers(self._ledger_path, begun))
            case "category":
                yield from ((one, "") for one in _beginning(begun, self._categories))
            case "why" | "like" | "dislike":
                shown = enumerate(self._conversation.shown, start=1)
                yield from ((str(place), one.title) for place, one in shown if str(place).startswith(begun))
            case "whynot":
                if len(begun) >= _SHORTEST:
                    found = self._conversation.vocabulary.titled(begun.casefold().split())
                    yield from ((one.item_id, one.title) for one in found[:_MOST])
            case "prompt":
                yield from ((one, "") for one in _beginning(begun, INPUTS))

    def _names(self, text: str) -> Iterator[Completion]:
        word = _WORD.search(text)
        if word is None or len(word.group()) < _SHORTEST:
            return
        for names, kind in ((self._categories, "category"), (self._conversation.vocabulary.brands.names, "brand")):
            for name in _beginning(word.group(), names):
                yield Completion(name, -len(word.group()), display_meta=kind)

    @property
    def _categories(self) -> list[str]:
        paths = self._conversation.vocabulary.categories.paths
        return list(dict.fromkeys(path.rpartition(PATH_SEPARATOR)[2] for path in paths))


def _beginning(begun: str, names: Iterable[str]) -> list[str]:
    """The names that begin in some way, whatever the case."""
    return [name for name in names if name.casefold().startswith(begun.casefold())][:_MOST]


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def empty(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt)

    return keys


def _bar(conversation: Conversation) -> str:
    """Who is recommended to, and from what."""
    who = conversation.state.user_id or "somebody without a history"
    category = conversation.state.wishes.category
    return f" {who} · {category or 'no category yet'} · /help"


def _history(path: Path) -> History:
    """What was typed before; kept in memory where the file cannot be written."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))
