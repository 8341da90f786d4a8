"""Amounts of money: a number with its currency, and what follows a number that measures something else."""

from __future__ import annotations

import re

from newaisle.agent.chat.reading.numbers import NUMBER

_CURRENCIES = {
    "USD": r"us ?\$|\$|usd|us dollars?|dollars?|bucks?|美元|美金|美刀|刀(?![具片叉架鞘剑套柄])",
    "GBP": r"£|gbp|quid|pounds?(?! sterling)|pounds sterling|英镑|镑",
    "EUR": r"€|eur|euros?|欧元|欧(?!洲|式|美)",
    "JPY": r"jpy|yen|日元|日币|円",
    "KRW": r"₩|krw|won(?!')|韩元|韩币",
    "INR": r"₹|inr|rupees?|rs\.?|卢比",
    "HKD": r"hk\$|hkd|港币|港元",
    "TWD": r"nt\$|twd|新台币|台币",
    "CHF": r"chf|francs?|瑞士法郎|法郎",
    "CAD": r"ca\$|c\$|cad|加元|加币",
    "AUD": r"au\$|a\$|aud|澳元|澳币",
    "CNY": (
        r"人民币|软妹币|cny|rmb|yuan|kuai|¥|大洋|块钱|元钱|块(?!状|根)|元(?!宵|旦)|圆(?=以|之|内|左|上|下)"
        r"|r(?![a-z])"
    ),
}
# Currencies as they stand after an amount and before one.
AFTER = "|".join(f"(?:{forms})" for forms in _CURRENCIES.values())
BEFORE = (
    r"us ?\$|hk\$|nt\$|ca\$|au\$|[ac]\$|[$£€¥₩₹]|(?:usd|gbp|eur|jpy|chf|cad|aud|cny|rmb|hkd|twd|inr|krw"
    r"|rs\.?)(?= ?[\d一二两三四五六七八九十百千])|人民币|软妹币"
)
_WHICH = {code: re.compile(forms) for code, forms in _CURRENCIES.items()}
# After a number these say that it counts or measures something: it is no price then.
_MEASURES = (
    r"(?: ?(?:ml|cl|dl|l|g|kg|gr|mg|oz|lbs?|lb|mm|cm|m|km|inch|inches|in(?= )|ft|feet|litres?|liters?|grams?"
    r"|kilos?|pcs|pieces?|packs?|pairs?|people|persons?|men|women|kids|years?|yrs?|days?|weeks?|months?"
    r"|hours?|hrs?|mins?|minutes?|times|items?|products?|things?|ones?|options?|more|others?|cups?|watts?|w"
    r"|v|mah|gb|tb|mp|hz|dpi|sheets?|pages?|x\d*|st|nd|rd|th|%|percent|degrees?|°)(?![a-z])|[\"″]"
    r"|[ ]?(?:码|升|克|公斤|千克|斤|毫升|厘米|毫米|米|寸|英寸|人|个|款|件|种|号|样|把|双|条|只|台|本|张|项"
    r"|岁|年|天|月|次|片|包|瓶|盒|套|支|枚|页|色|度|瓦|位|家|样|批|组))"
)


def amount(name: str) -> str:
    """A number with its currency before or after it, in groups called by `name`; no number that measures something."""
    return (
        rf"(?:(?P<before{name}>{BEFORE}) ?)?(?P<number{name}>(?>{NUMBER}))(?!\d"
        rf"|[.,]\d)(?:(?: ?(?P<after{name}>{AFTER})(?![a-z]))|(?!{_MEASURES}))(?:ish\b| mark\b)?"
    )


def currency_of(sign: str) -> str:
    """The code of a currency that is written as AFTER or BEFORE has it."""
    return next(code for code, forms in _WHICH.items() if forms.fullmatch(sign.strip()))


# "forget the 50 dollar limit"
_DROPPED = re.compile(
    r"\b(?P<drop>forget|drop|ignore|scrap|remove|lift|ditch|lose|cancel|never ?mind|get rid of|sod"
    r"|disregard)(?: about)?"
    rf" (?:(?:the|my|that|this|under|over|below|max|maximum|of|up to) )+{amount('a')}(?P<what> ?(?:limit"
    r"|budget|cap|max(?:imum)?|ceiling"
    r"|min(?:imum)?|rule|price))?"
    r"(?! ?(?:more|others?)\b)"
)


def with_dropped_named(text: str) -> str:
    """The text, with a limit that is taken back called by its name: "forget the price limit"."""
    return _DROPPED.sub(_drop, text)


def _drop(found: re.Match[str]) -> str:
    """The limit by its name, where an amount that was said before is taken back."""
    has_sign = found["beforea"] or found["aftera"] or found["what"]
    return f"{found['drop']} the price limit" if has_sign else found.group()
