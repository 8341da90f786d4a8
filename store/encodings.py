"""In which encoding a text is: found by its byte order mark, else UTF-8; for what is neither, the likeliest is advised.

A guess is never read in silence: the advice shows a line as it would be read.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from newaisle.errors import InputError
from newaisle.tables import read_yaml

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SAMPLE = 1 << 16  # bytes of lines that are not ASCII
_SHOWN = 60  # characters of a line in a message
_MANY = 9  # times as many characters that are UTF-8 as bytes that are not: the text is UTF-8
_FEW = 4  # characters beyond ASCII: fewer may be UTF-8 by chance

_BEYOND = re.compile(r"[^\x00-\x7f]")
# What no text has: a capital after a small letter, a symbol inside a word, scripts mixed in a word, one character of a
# large script between Latin letters, and characters of control or private use.
_ODD = re.compile(
    r"(?<=[ß-öø-ÿа-яёα-ω])[À-ÖØ-ÞА-ЯΑ-Ω]|(?<=[a-z])[À-ÖØ-Þ](?=[a-z])|(?<=[^\W\d_])[^\x00-\x7f\w\s’–]+(?=[^\W\d_])"
    r"|(?<=[A-Za-z])[\u0370-\u07ff]|[\u0370-\u07ff](?=[A-Za-z])|(?<=[A-Za-z])[\u2e80-\uffff](?=[A-Za-z])"
    r"|[\x80-\x9f\ufffd\ue000-\uf8ff]"
)
_FREQUENT = 12  # letters of a script

_Score = tuple[float, bool, float]  # share of characters that fit, whether they are Latin, share of the frequent ones


def encoding_of(head: bytes, given: str | None, name: str) -> str:
    """The encoding of a file that begins with `head`: what its byte order mark says, else the given one, else UTF-8."""
    for bom, encoding in _BOMS.items():
        if head.startswith(bom):
            return encoding
    if given:
        try:
            b"".decode(given)
            io.TextIOWrapper(io.BytesIO(), encoding=given).detach()
        except (LookupError, ValueError) as exc:
            raise InputError(f"there is no text encoding {given!r}: try --encoding utf-8, gb18030 or cp1252") from exc
        return "utf-8-sig" if codecs.lookup(given).name == "utf-8" else given
    wide = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    if head.count(0) > len(head) // 4 or _is_wide(head, wide):
        raise InputError(f"{name} is not utf-8; it is probably {wide}: add --encoding {wide}")
    return "utf-8"


def _is_wide(head: bytes, wide: str) -> bool:
    """Whether text with few ASCII characters, which are wide ones with a zero byte, is UTF-16 and not UTF-8."""
    zeros = head.count(0)
    placed = head[wide == "utf-16-le" :: 2].count(0)
    return zeros >= _FEW and placed == zeros and _decoded(head, "utf-8") is None and bool(_decoded(head, wide))


def is_utf8(head: bytes) -> bool:
    """Whether text has characters beyond ASCII that are UTF-8, which those of another encoding next to never are."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return len(_BEYOND.findall(text)) >= _FEW


def advice(file: BinaryIO, name: str, encoding: str) -> str:
    """What to do with a file that is not in the encoding it was read in, in one line."""
    file.seek(0)
    bad: list[tuple[int, bytes]] = []  # lines that are not UTF-8, with their numbers
    right = wrong = size = 0
    for number, line in enumerate(file, 1):
        if not line.isascii():
            beyond = _BEYOND.findall(line.decode("utf-8", "surrogateescape"))
            lost = sum("\udc80" <= char <= "\udcff" for char in beyond)
            right, wrong = right + len(beyond) - lost, wrong + lost
            if lost:
                bad.append((number, line))
                size += len(line)
        if size > _SAMPLE:
            break
    guess = likeliest(b"".join(line for _, line in bad)[:_SAMPLE])
    if not bad or not guess or encoding.startswith("utf-16"):
        return f"{name} is not {encoding}: name its encoding with --encoding"
    number, line = bad[0]
    if right > _MANY * wrong:
        return f"{name} is utf-8 but for line {number}: mend that line, or save the file as utf-8 again"
    if number == 1 and len(bad) > 1:  # a row says more than a header
        number, line = bad[1]
    shown = " ".join(line.decode(guess, "replace").split())
    shown = shown[:_SHOWN] + "…" * (len(shown) > _SHOWN)
    return (
        f"{name} is not {encoding.removesuffix('-sig')}; it is probably {guess}, in which line {number} reads"
        f" {shown!r}: add --encoding {guess} if that is right"
    )


def likeliest(sample: bytes) -> str | None:
    """The encoding in which the bytes are the likeliest text; None where they are text in none that is known."""
    tables = _tables()
    scores: dict[str, _Score] = {}
    for encoding, languages in tables["single_byte"].items():
        if text := _decoded(sample, encoding):
            scores[encoding] = max(_letters_score(text, tables["letters"][language]) for language in languages)
    for encoding, script in tables["multi_byte"].items():
        if text := _decoded(sample, encoding):
            scores[encoding] = _characters_score(text, script)
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best and scores[best][0] > 0 else None


@cache
def _tables() -> Mapping[str, Any]:
    tables: Mapping[str, Any] = read_yaml(Path(__file__).with_suffix(".yaml"))
    return tables


def _decoded(data: bytes, encoding: str) -> str | None:
    """The text; a character that is cut off at the end is left out."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return None


def _letters_score(text: str, letters: str) -> _Score:
    beyond, latin = _beyond(text), letters[0] < "\u0250"
    fitting = sum(char.lower()[0] in letters for char in beyond) - len(_ODD.findall(text))
    frequent = 0 if latin else sum(char in letters[:_FREQUENT] for char in beyond)
    return _score(fitting, len(beyond), latin=latin, frequent=frequent)


def _characters_score(text: str, script: Mapping[str, Any]) -> _Score:
    beyond = _beyond(text)
    common = sum(any(low <= _block(char, script["set"]) <= high for low, high in script["blocks"]) for char in beyond)
    frequent = sum(char in script["frequent"] for char in beyond)
    return _score(common - len(_ODD.findall(text)), len(beyond), latin=False, frequent=frequent)


def _beyond(text: str) -> list[str]:
    """The characters that are neither ASCII nor a symbol that any text may have."""
    return [char for char in _BEYOND.findall(text) if char not in _tables()["symbols"]]


def _score(fitting: int, count: int, *, latin: bool, frequent: int) -> _Score:
    return round(fitting / max(count, 1), 2) if count else 1.0, latin, frequent / max(count, 1)


def _block(char: str, charset: str) -> int:
    code = char.encode(charset, "ignore")
    return code[0] if len(code) == 2 else 0
