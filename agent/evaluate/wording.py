"""What an evaluation found, in plain words: who is better than whom, by how much, and what cannot be claimed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from newaisle.agent.evaluate.result import Calibrated, Difference, Evaluation, Interval, Method, Personal

Finding = Literal["better", "worse", "open"]
_NAMES = {
    "default": "default blend",
    "diverse": "blend with the default diversity",
    "untaught": "untaught blend",
    "warm-blend": "warm blend",
    "plain-words": "plain words",
    "embedding": "embedding alone",
    "user-knn": "user-kNN",
    "random": "random order",
    "blend-swapped": "blend, swapped history",
    "plain-words-swapped": "plain words, swapped history",
}
PLAIN_WORDS = {  # the ways of `PlainWords`
    f"{way}{pool}": f"{called}{pooled}"
    for way, called in {
        "tfidf": "TF-IDF",
        "tfidf-title": "TF-IDF of titles",
        "bm25": "BM25",
        "bm25-title": "BM25 of titles",
        "ngrams-title": "character n-grams of titles",
    }.items()
    for pool, pooled in {"": "", "-max": ", maximum"}.items()
}
_LEFT_OUT = "blend-"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement, and whether it speaks for a method, against it, or leaves it open."""

    finding: Finding
    text: str


def method_name(name: str) -> str:
    """What a method is called in a sentence."""
    signal = left_out(name)
    return f"blend without {signal_name(signal)}" if signal else (_NAMES | PLAIN_WORDS).get(name, signal_name(name))


def signal_name(name: str) -> str:
    """What a signal is called in a sentence."""
    return name.replace("_", " ")


def marked_name(name: str, *, warm: bool) -> str:
    """The same, with a mark where the method uses what others did in the category."""
    called = method_name(name)
    return f"{called} (warm)" if warm and "warm" not in called else called


def left_out(method: str) -> str | None:
    """The signal that a method leaves out of the blend; None for any other method."""
    is_blend_without = method.startswith(_LEFT_OUT) and method not in _NAMES
    return method.removeprefix(_LEFT_OUT) if is_blend_without else None


def told_apart_from_signals(evaluation: Evaluation) -> list[tuple[str, Method]]:
    """The methods but those that are told elsewhere: what leaves a signal out, and ways to compare words alone."""
    return [(n, method) for n, method in evaluation.methods.items() if not left_out(n) and n not in PLAIN_WORDS]


def plain_words(evaluation: Evaluation) -> list[tuple[str, Method, int]]:
    """The ways to compare words alone, the best first, and in how many cases each was the one to beat."""
    found = [(n, evaluation.methods[n], evaluation.strongest.get(n, 0)) for n in PLAIN_WORDS if n in evaluation.methods]
    return sorted(found, key=lambda row: -row[1].metrics["ndcg@10"])


def number(value: float, places: int = 3) -> str:
    """A number with a true minus sign, and never "-0"."""
    text = f"{value:.{places}f}"
    return (text.replace("-", "\u2212") if float(text) else text.removeprefix("-")).strip()


def signed(value: float) -> str:
    """A difference: with its sign, and no sign where it rounds to nothing."""
    text = number(value)
    return f"+{text}" if float(f"{value:.3f}") > 0 else text


def percent(value: float) -> str:
    """A share, in percent; small ones with more digits."""
    return f"{number(100 * value, 1 if abs(value) >= 0.01 else 2)} %"


def within(interval: Interval, places: int = 3) -> str:
    """The bounds of an interval."""
    return f"[{number(interval.low, places)}, {number(interval.high, places)}]"


def difference(interval: Interval) -> str:
    """A difference with its interval."""
    return f"{signed(interval.mean)} {within(interval)}"


def told_apart(first: str, second: str, interval: Interval, unit: str) -> str:
    """What the difference of two lets one say, in one line."""
    size = f"{difference(interval)} {unit}"
    found = finding(interval)
    return f"no difference can be claimed: {size}" if found == "open" else f"{first} is {found} than {second}: {size}"


def finding(interval: Interval) -> Finding:
    """What an interval of a difference lets one say: nothing as long as zero is in it."""
    if interval.low > 0:
        return "better"
    return "worse" if interval.high < 0 else "open"


def verdict(evaluation: Evaluation) -> list[Sentence]:
    """All that can be claimed, and all that was compared and cannot, in the order of the evaluation.

    What each signal of the blend is worth is not among it: see `Evaluation.differences`.
    """
    sentences = [_compared(row, evaluation) for row in evaluation.differences if not left_out(row.minus)]
    if evaluation.calibration:
        sentences += [_of_use(evaluation.calibration), _top_five(evaluation.calibration)]
    return sentences


def how_personal(personal: Personal) -> str:
    """One line: how much the lists of two customers have in common, and what the right history is worth."""
    return (
        f"Two customers' first ten of a category have {percent(personal.overlap)} in common, by chance"
        f" {percent(personal.by_chance)}; another's history instead of one's own costs"
        f" {difference(personal.own_history)} NDCG@10."
    )


def what_was_learned(evaluation: Evaluation) -> str:
    """One line: the blend's weights, the heaviest first, and how far its probabilities can be believed."""
    used = [(name, weight) for name, weight in evaluation.weights.items() if number(weight, 2) != "0.00"]
    weights = ", ".join(
        f"{signal_name(name)} {number(weight, 2)}" for name, weight in sorted(used, key=lambda pair: -pair[1])
    )
    line = f"Weights: {weights or 'none'}"
    if not evaluation.calibration:
        return f"{line}; no probabilities."
    skill = difference(evaluation.calibration.brier_skill_interval)
    return f"{line}; Brier skill {skill}; first five: {_shown_and_taken(evaluation.calibration)}."


def _compared(row: Difference, evaluation: Evaluation) -> Sentence:
    one, other = _marked(row.method, evaluation), _marked(row.minus, evaluation)
    size = f"{number(abs(row.ndcg_at_10.mean))} NDCG@10"
    ratio = f", {number(row.ratio.mean, 2)} times {within(row.ratio, 2)}" if row.ratio else ""
    found = finding(row.ndcg_at_10)
    if found == "open":
        text = f"{one} against {other}: no difference can be claimed, {difference(row.ndcg_at_10)} NDCG@10{ratio}."
    else:
        text = f"{one} is {found} than {other}, by {size} {within(_distance(row.ndcg_at_10))}{ratio}."
    return Sentence(found, text[0].upper() + text[1:])


def _distance(interval: Interval) -> Interval:
    """The same interval read upwards, for "worse by"."""
    if interval.mean >= 0:
        return interval
    return Interval(mean=-interval.mean, low=-interval.high, high=-interval.low)


def _marked(method: str, evaluation: Evaluation) -> str:
    if method == "plain-words":
        return f"plain words ({' or '.join(PLAIN_WORDS.get(way, way) for way in evaluation.strongest)})"
    return marked_name(method, warm=method in evaluation.methods and evaluation.methods[method].warm)


def _of_use(calibrated: Calibrated) -> Sentence:
    found = finding(calibrated.brier_skill_interval)
    size = f"Brier skill {difference(calibrated.brier_skill_interval)}"
    return Sentence(
        found,
        {
            "better": f"The probabilities tell more than the base rate: {size}.",
            "worse": f"The probabilities tell less than the base rate, so do not use them: {size}.",
            "open": f"It cannot be claimed that the probabilities tell more than the base rate: {size}.",
        }[found],
    )


def _top_five(calibrated: Calibrated) -> Sentence:
    predicted, taken = calibrated.top5_predicted, calibrated.top5_taken
    shown = _shown_and_taken(calibrated)
    if predicted > taken.high:
        return Sentence("worse", f"The probabilities of the first five are too high: {shown}.")
    if predicted < taken.low:
        return Sentence("worse", f"The probabilities of the first five are too low: {shown}.")
    return Sentence("better", f"The probabilities of the first five agree with what was taken: {shown}.")


def _shown_and_taken(calibrated: Calibrated) -> str:
    """What was foretold of the first five, and what became of it."""
    taken = calibrated.top5_taken
    bounds = f"[{percent(taken.low)}, {percent(taken.high)}]"
    return f"{percent(calibrated.top5_predicted)} predicted, {percent(taken.mean)} {bounds} taken"
