"""Numbers as people write them, in digits and in words, in English and Chinese."""

from __future__ import annotations

import re

_UNITS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_TENS["fourty"] = 40
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000}
_SUFFIXES = {"k": 1000, "千": 1000, "w": 10_000, "万": 10_000, "百": 100}

DIGIT = "零〇一二两三四五六七八九"
_DIGITS = dict(zip(DIGIT, (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_PLACES = {"十": 10, "百": 100, "千": 1000, "万": 10_000}

_SMALL = "|".join(sorted({*_UNITS, *_TENS}, key=len, reverse=True))
_TENS_WORDS = "|".join(_TENS)
_UNITS_WORDS = "|".join(list(_UNITS)[1:10])
_TWO_DIGITS = rf"(?:(?:{_TENS_WORDS})(?:[ -](?:{_UNITS_WORDS}))?|{_SMALL})"
_AND_MORE = rf"(?: (?:and |& )?{_TWO_DIGITS}(?! (?:hundred|thousand|grand)))?"  # but "a hundred and two hundred"
ENGLISH = (
    rf"(?:(?:a|{_TWO_DIGITS}) (?:hundred|thousand|grand){_AND_MORE}"
    rf"|(?:one|two|three) {_TWO_DIGITS}|{_TWO_DIGITS}|hundred{_AND_MORE})"
)
DIGITS = r"\d{1,3}(?:[, ]\d{3})+(?:\.\d{1,2})?(?!\d)|\d{1,7}(?:[.,]\d{1,2})?(?!\d)"
CHINESE = rf"(?:[{DIGIT}]+[十百千万]|[十百千])[{DIGIT}十百千万]*"
NUMBER = rf"(?:(?:{DIGITS})(?: ?(?:k(?![a-z])|千|万|百))?|{CHINESE}|\b{ENGLISH}\b)"
# 两三百: two to three hundred.
SEVERAL = rf"(?:(?<![{DIGIT}十百千万])[{DIGIT[2:]}]{{2}}[十百千万](?![{DIGIT}十百千]))"


def value(written: str) -> float:
    """The number that a text stands for; the text matches NUMBER."""
    written = written.strip()
    if written[0].isascii() and written[0].isdigit():
        return _of_digits(written)
    return _of_chinese(written) if written[0] in _DIGITS or written[0] in _PLACES else _of_words(written)


def several(written: str) -> tuple[float, float]:
    """The range that two Chinese digits before one place stand for; the text matches SEVERAL."""
    place = _PLACES[written[2]]
    low, high = sorted(_DIGITS[digit] * place for digit in written[:2])
    return low, high


def _of_digits(written: str) -> float:
    scale = _SUFFIXES.get(written[-1], 1)
    digits = written.rstrip("k千万百w").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        digits = digits.replace(",", "")
    return round(float(digits.replace(",", ".")) * scale, 2)


def _of_words(written: str) -> float:
    total, current, last = 0, 0, 0
    for word in re.split(r"[ -]", written):
        if word in _SCALES:
            total, current, last = total + max(current, 1) * _SCALES[word], 0, 0
        elif word not in ("a", "and", "&"):
            number = _UNITS.get(word, 0) or _TENS.get(word, 0)
            if last and (number >= 10 or last < 10):  # "one fifty": the first word counts hundreds
                current *= 100
            current, last = current + number, number
    return float(total + current)


def _of_chinese(written: str) -> float:
    """一百五 is 150: a digit at the end counts one place below the last one named, unless 零 stands before it."""
    total, section, digit, place = 0, 0, 0, 1
    after_zero = False
    for character in written:
        if character in _DIGITS:
            digit = _DIGITS[character]
            after_zero = after_zero or digit == 0
            continue
        place = _PLACES[character]
        after_zero = False
        if place == 10_000:
            total, section = (total + section + digit or 1) * place, 0
        else:
            section += (digit or 1) * place
        digit = 0
    return float(total + section + digit * (place // 10 if place > 10 and not after_zero else 1))
