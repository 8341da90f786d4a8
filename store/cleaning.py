"""Makes the text of a row clean: Unicode, markup, invisible characters, ids, category paths, stock flags."""

from __future__ import annotations

import ast
import html
import json
import re
import unicodedata
from datetime import date, datetime

LONGEST_ID = 200
LONGEST_NESTED = 500  # characters of a nested value written as text

_ROUNDS = 4  # of markup inside escaped markup; what then is still there loses its < > &
_DEPTH = 4  # of a nested value written as text

_PLAIN = re.compile(r"[!-%'-;=-~]++(?: [!-%'-;=-~]++)*+")  # ASCII that cleaning leaves as it is
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ]+")
_HIDDEN_CONTENT = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b[^<>]*+>.*?(?:</\1\s*>|\Z)", re.S | re.I)
_TAG = re.compile(r"<[/!?]?([A-Za-z][\w:-]*+)(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>|<[/!?]?([A-Za-z][\w:-]*+)[^<>]*+>")
_INLINE_TAGS = "a abbr b big code em font i mark s small span strong sub sup u wbr"
_INLINE = frozenset(_INLINE_TAGS.split())
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NO_MARKUP = str.maketrans(dict.fromkeys("<>&", " "))

_NO_VALUE = (
    "- -- null none nan n/a na nil <na> \\n undefined 无 暂无"
    # cells of spreadsheets in which an error stands
    " #n/a #n/d #n/v #nv #na #ref! #¡ref! #bezug! #div/0! #¡div/0! #value! #¡valor! #valeur! #wert! #waarde! #arg!"
    " #name? #¿nombre? #null! #num! #nul! #error! #verw! #deel/0!"
)
_YES = (
    "true t yes y in instock available availablefororder preorder backorder limited limitedavailability unlimited"
    " 有货 有库存 是 现货 有 在售 在庫あり あり"
    " ja sofortlieferbar lieferbar verfügbar auflager vorrätig oui enstock disponible sí si enexistencia disponibile"
    " opvoorraad beschikbaar leverbaar tak dostępny dostępna dostępne nastanie sim emestoque disponível"
)
_NO = (
    "false f no n out outofstock soldout unavailable notavailable discontinued 缺货 无货 否 售罄 下架 没有 已下架"
    " 在庫なし なし 売り切れ"
    " nein nej nei udsolgt slutsåld"
    " ausverkauft nichtverfügbar nichtlieferbar vergriffen nichtauflager non rupture enrupture rupturedestock"
    " épuisé indisponible agotado sinexistencias sinstock nodisponible esaurito nondisponibile nee uitverkocht"
    " nietopvoorraad nietleverbaar nie brak niedostępny niedostępna wyprzedany wyprzedane não esgotado indisponível"
)
_NO_NAME = frozenset("nan NaN NAN null NULL None N/A n/a <NA> #N/A undefined".split())  # as programs write it
_MISSING = frozenset(_NO_VALUE.split())
_IN_STOCK = frozenset(_YES.split())
_OUT_OF_STOCK = frozenset(_NO.split())


class BadValue(ValueError):
    """A value for which its row is rejected; the message is the reason."""


def clean_text(text: str) -> str:
    """NFC text on one line without markup, control, bidirectional or zero-width characters.

    Full-width Latin letters and digits become ASCII; CJK punctuation stays. Cleaning clean text changes nothing.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = _clean_characters(text)
    for _ in range(_ROUNDS):
        if "<" not in text and "&" not in text:
            return text
        cleaned = _clean_characters(_without_markup(text))
        if cleaned == text:
            return text
        text = cleaned
    return _clean_characters(text.translate(_NO_MARKUP))


def _clean_characters(text: str) -> str:
    text = _INVISIBLE.sub("", replace_surrogates(text))
    text = _FULL_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _without_markup(text: str) -> str:
    text = _HIDDEN_CONTENT.sub(" ", text)
    text = _TAG.sub(lambda tag: "" if (tag[1] or tag[2]).lower() in _INLINE else " ", text)
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def replace_surrogates(text: str) -> str:
    """The text with lone surrogates, which no file can hold, replaced by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text) if _SURROGATE.search(text) else text


def clean_id(value: object, name: str) -> str:
    """A stripped NFC id of 1 to 200 visible characters in any script; raises BadValue, naming the field `name`."""
    if isinstance(value, bool | list | dict | float) and not (isinstance(value, float) and value.is_integer()):
        raise BadValue(f"the {name} is not text or a whole number")
    text = str(int(value)) if isinstance(value, float) else "" if value is None else str(value).strip()
    if not text or text in _NO_NAME:
        raise BadValue(f"the {name} is missing")
    if len(text) > LONGEST_ID:
        raise BadValue(f"the {name} has {len(text):,} characters, more than {LONGEST_ID}")
    if not (text.isascii() and text.isprintable()):
        if _INVISIBLE.search(text) or _SURROGATE.search(text) or any(char in text for char in "\t\n\r\x0b\x0c\x85"):
            raise BadValue(f"the {name} holds an invisible or control character")
        text = unicodedata.normalize("NFC", text)
    return text


def flat_text(value: object, depth: int = _DEPTH) -> str:
    """Any value of a record as text; nested ones in one line of at most 500 characters. Not cleaned."""
    if isinstance(value, str):
        return value
    if value is None or value != value:  # NaN is how a data frame writes a missing cell
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else f"{value:.15g}"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | dict):
        return _nested_text(value, depth)[:LONGEST_NESTED]
    return str(value)


def _nested_text(value: list[object] | tuple[object, ...] | dict[str, object], depth: int) -> str:
    if not depth:
        return "…"
    if isinstance(value, list | tuple):
        parts = (flat_text(part, depth - 1) for part in value[:LONGEST_NESTED])
        return ", ".join(part for part in parts if part)
    named = ((name, flat_text(part, depth - 1)) for name, part in list(value.items())[:LONGEST_NESTED])
    return "; ".join(f"{name}: {part}" for name, part in named if part)


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value: empty, `N/A`, `null`, `无` and the like."""
    return not text or (len(text) <= 12 and text.strip().casefold() in _MISSING) or text.isspace()


def clean_title(text: str) -> str:
    """A clean title; raises BadValue where there is none, or a program wrote that there is none."""
    title = clean_text(text)
    if not title or title in _NO_NAME:
        raise BadValue("the title is missing")
    return title


def known_text(value: object) -> str | None:
    """Any value of a record as clean text, None when it says that there is none."""
    text = flat_text(value)
    return None if is_missing(text) else clean_text(text) or None


def written_list(text: str, longest: int = 5_000) -> list[object] | None:
    """A list written as text, in JSON or as Python prints it; None where it is none, or longer."""
    if not text.lstrip().startswith("["):
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text.strip()[:longest])
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return value if isinstance(value, list) else None
    return None


def is_true(value: object) -> bool:
    """Whether a cell says yes: a truth value, a word, a date, or a number that is not 0."""
    text = flat_text(value).strip()
    word = re.sub(r"[\W_]+", "", text.casefold())
    return not is_missing(text) and word not in _OUT_OF_STOCK and word.strip("0") != ""


def parse_stock(value: object) -> bool | None:
    """Whether a product can be bought: a truth value, a word, or a quantity; None when it does not say."""
    if isinstance(value, bool):
        return value
    if isinstance(value, dict):  # {"isOnStock": true}
        return next((known for part in value.values() if (known := parse_stock(part)) is not None), None)
    text = clean_text(flat_text(value)).casefold()
    if is_missing(text):
        return None
    try:
        return float(text) > 0
    except ValueError:
        word = re.sub(r"[\W_]+", "", text.rsplit("/", 1)[-1])  # https://schema.org/InStock
    return True if word in _IN_STOCK else False if word in _OUT_OF_STOCK else None
