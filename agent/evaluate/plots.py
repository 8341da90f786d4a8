"""The plots of an evaluation's report, as SVG. They draw what an `Evaluation` holds."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from newaisle.agent.evaluate.drawing import WIDTH, Drawing, Scale, series, ticks
from newaisle.agent.evaluate.result import Calibrated, CurvePoint, Group, Interval, MapPoint
from newaisle.agent.evaluate.wording import difference, finding, method_name, number, percent

CATEGORY_METHODS = ("blend", "plain-words", "random", "popularity")  # that the bars compare
LABELLED = 12  # held-out categories that a map has room to name, with lines to all their nearest
_INTERVAL = 1.96  # standard errors on each side of a mean, in a 95 % interval
_FINDING_STYLE = {"better": 0, "worse": 3, "open": 1}
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, WIDTH - 12, 54.0, 270.0  # of plots with two axes
_HEIGHT = 322.0
_MAP = 400.0  # height of the map
_ROW, _BAR, _LINE = 38.0, 12.0, 12.0


def forest(name: str, title: str, rows: Sequence[tuple[str, Interval]]) -> Markup:
    """Differences with their intervals on one scale, with a line at zero."""
    bottom = 8 + _ROW * len(rows)
    text = "; ".join(f"{label}: {difference(interval)}" for label, interval in rows)
    plot = Drawing(name, height=bottom + 18, title=title, description=text)
    low, high = min(interval.low for _, interval in rows), max(interval.high for _, interval in rows)
    scale = Scale(min(low, 0.0), _above(max(high, 0.0), min(low, 0.0)), 22, WIDTH - 22)
    for value in ticks(scale.low, scale.high):
        plot.line((scale(value), 4), (scale(value), bottom), "grid" if value else "zero")
        plot.text(scale(value), bottom + 13, number(value, _places(scale)), size=10, anchor="middle")
    for place, (label, interval) in enumerate(rows):
        y = 20 + _ROW * place
        style = _FINDING_STYLE[finding(interval)]
        plot.text(0, y, label, size=12, room=250, kind="name")
        plot.text(WIDTH, y, difference(interval), anchor="end", kind="name")
        plot.error_bar((scale(interval.low), y + 13), (scale(interval.high), y + 13), series(style))
        plot.marker(scale(interval.mean), y + 13, style, label=f"{label}: {difference(interval)}")
    return plot.markup()


def bars(name: str, title: str, groups: Sequence[Group], *, highest: float | None = None) -> Markup:
    """NDCG@10 of CATEGORY_METHODS in each group, with 95 % intervals; `highest` is the end of the scale."""
    methods = [method for method in CATEGORY_METHODS if any(method in group.ndcg_at_10 for group in groups)]
    block = 26 + _BAR * len(methods)
    described = "; ".join(f"{group.name}: {_values(group, methods)}" for group in groups)
    plot = Drawing(name, height=34 + block * len(groups), title=title, description=described)
    scale = Scale(0.0, _above(top_of(groups) if highest is None else highest, 0.0), 0, WIDTH - 40)
    _swatches(plot, [(method_name(method), style) for style, method in enumerate(methods)], points=False)
    for place, group in enumerate(groups):
        y = 44 + block * place
        plot.text(0, y, group.name, size=12, room=WIDTH - 90)
        plot.text(WIDTH, y, _cases(group), size=10, anchor="end")
        for row, method in enumerate(methods):
            _bar(plot, scale, group, method, y + 5 + _BAR * row, row)
    return plot.markup()


def top_of(groups: Sequence[Group]) -> float:
    """The highest end of an interval in any of the groups' bars."""
    return max(
        (_end(group, method) for group in groups for method in CATEGORY_METHODS if method in group.ndcg_at_10),
        default=0.0,
    )


def learning_curve(name: str, title: str, points: Sequence[CurvePoint]) -> Markup:
    """NDCG@10 by interactions of others, one place for each number of them, with 95 % intervals."""
    methods = curve_methods(points)
    described = "; ".join(f"{amount(point.interactions)}: {_values(point, methods)}" for point in points)
    plot = Drawing(name, height=_HEIGHT, title=title, description=described)
    highest = max((_end(point, method) for point in points for method in point.ndcg_at_10), default=0.0)
    up = Scale(0.0, _above(highest, 0.0), _BOTTOM, _TOP)
    step = (_RIGHT - _LEFT) / len(points)
    _axes(plot, up, "NDCG@10", "interactions of other customers in the category")
    for place, point in enumerate(points):
        plot.text(_LEFT + step * (place + 0.5), _BOTTOM + 15, amount(point.interactions), anchor="middle")
        plot.text(_LEFT + step * (place + 0.5), _BOTTOM + 28, _cases(point), size=10, anchor="middle")
    for style, method in enumerate(methods):
        aside = 5 * (style - (len(methods) - 1) / 2)  # intervals beside each other, not on top
        line = [
            (_LEFT + step * (place + 0.5) + aside, up(point.ndcg_at_10[method]), point)
            for place, point in enumerate(points)
            if method in point.ndcg_at_10
        ]
        plot.polyline([(x, y) for x, y, _ in line], f"curve {series(style)}")
        for x, y, point in line:
            mean, spread = point.ndcg_at_10[method], _spread(point, method)
            if spread is not None:
                plot.error_bar((x, up(mean - spread)), (x, up(mean + spread)), series(style))
            label = f"{method_name(method)}, {amount(point.interactions)}: {number(mean)}"
            plot.marker(x, y, style, label=label)
    _swatches(plot, [(method_name(method), style) for style, method in enumerate(methods)], points=True)
    return plot.markup()


def curve_methods(points: Sequence[CurvePoint]) -> list[str]:
    """The methods that a learning curve has, by name."""
    return sorted({method for point in points for method in point.ndcg_at_10})


def reliability(name: str, title: str, calibrated: Calibrated) -> Markup:
    """What was taken against what was predicted, with intervals and the diagonal; both axes by square roots."""
    described = "; ".join(
        f"predicted {percent(bin_.predicted)}, taken {_share(bin_.taken)}" for bin_ in calibrated.bins
    )
    five = f"first five: predicted {percent(calibrated.top5_predicted)}, taken {_share(calibrated.top5_taken)}"
    plot = Drawing(name, height=_HEIGHT, title=title, description=f"{five}; {described}")
    ends = [calibrated.top5_predicted, calibrated.top5_taken.high]
    ends += [end for bin_ in calibrated.bins for end in (bin_.predicted, bin_.taken.high)]
    highest = min(1.0, _above(max(ends), 0.0))
    up, right = (Scale(0.0, highest, *ends, root=True) for ends in ((_BOTTOM, _TOP), (_LEFT, _RIGHT)))
    _axes(plot, up, "taken", "predicted", shares=True)
    for value in _root_ticks(highest):
        plot.text(right(value), _BOTTOM + 15, _tick_share(value), size=10, anchor="middle")
    plot.line((right(0), up(0)), (right(highest), up(highest)), "diagonal")
    for bin_ in calibrated.bins:
        x = right(bin_.predicted)
        plot.error_bar((x, up(bin_.taken.low)), (x, up(bin_.taken.high)), series(0))
        label = f"{bin_.count:,} products: predicted {percent(bin_.predicted)}, taken {_share(bin_.taken)}"
        plot.marker(x, up(bin_.taken.mean), 0, label=label)
    x = right(calibrated.top5_predicted)
    plot.error_bar((x, up(calibrated.top5_taken.low)), (x, up(calibrated.top5_taken.high)), series(3))
    plot.marker(x, up(calibrated.top5_taken.mean), 3, label=five, size=6)
    _swatches(plot, [("ten bins", 0), ("first five", 3)], points=True)
    return plot.markup()


def category_map(name: str, title: str, points: Sequence[MapPoint]) -> Markup:
    """The categories on a plane; held-out ones are marked, with lines to their nearest known ones.

    With more than LABELLED held-out ones, each has a line only to the very nearest, and none is named.
    """
    held_out = [point for point in points if point.held_out]
    few = len(held_out) <= LABELLED
    pairs = (f"{point.category} is nearest to {', '.join(point.nearest) or 'none'}" for point in held_out)
    described = "; ".join(pairs) if few else f"{len(held_out)} of {len(points)} categories were held out"
    plot = Drawing(name, height=_MAP, title=title, description=described)
    place = _places_on_map(points)
    for point in held_out:
        for near in [near for near in point.nearest if near in place][: None if few else 1]:
            plot.line(place[point.category], place[near], "near" if few else "many")
    for point in sorted(points, key=lambda point: point.held_out):
        label = f"{point.category}: {point.products:,} products"
        style, kind = (3, "") if point.held_out else (0, "known")
        plot.marker(*place[point.category], style, label=label, size=5 if point.held_out and few else 3, kind=kind)
    if few:
        _name_points(plot, [(point.category, *place[point.category]) for point in held_out])
    _swatches(plot, [("known", 0), ("held out", 3)], points=True, kinds=("known", ""))
    return plot.markup()


def amount(interactions: int | None) -> str:
    """A number of interactions on the learning curve."""
    return "all" if interactions is None else f"{interactions:,}"


def _bar(plot: Drawing, scale: Scale, group: Group, method: str, y: float, style: int) -> None:
    if method not in group.ndcg_at_10:
        return
    mean = group.ndcg_at_10[method]
    spread = _spread(group, method)
    plot.bar(0, y, scale(mean), _BAR - 2.5, f"bar b{style}")
    middle = y + (_BAR - 2.5) / 2
    if spread is not None:
        plot.error_bar((scale(mean - spread), middle), (scale(mean + spread), middle), "plain")
    plot.text(WIDTH, y + _BAR - 3, number(mean), size=10.5, anchor="end")


def _name_points(plot: Drawing, points: Sequence[tuple[str, float, float]]) -> None:
    """Names beside their points, on the side with more room, moved up or down as far as they would overlap."""
    for side, aside in (("start", 8.0), ("end", -8.0)):
        named = sorted((y, x, text) for text, x, y in points if (x < WIDTH / 2) == (side == "start"))
        heights: list[float] = []
        for y, _, _ in named:
            heights.append(max(y + 4, heights[-1] + _LINE if heights else 0.0))
        lowest = _MAP - 3
        for place in reversed(range(len(heights))):
            heights[place] = min(heights[place], lowest)
            lowest = heights[place] - _LINE
        for (_, x, text), height in zip(named, heights, strict=True):
            plot.text(x + aside, height, text, anchor=side, room=WIDTH / 2 - 20, kind="name")


def _axes(plot: Drawing, up: Scale, y_title: str, x_title: str, *, shares: bool = False) -> None:
    """Level grid lines with their values, and the names of both axes."""
    for value in _root_ticks(up.high) if up.root else ticks(up.low, up.high):
        plot.line((_LEFT, up(value)), (_RIGHT, up(value)), "grid" if value else "zero")
        text = _tick_share(value) if shares else number(value, _places(up))
        plot.text(_LEFT - 4, up(value) + 3.5, text, size=10, anchor="end")
    plot.text(0, _TOP - 12, y_title, size=11)
    plot.text((_LEFT + _RIGHT) / 2, _HEIGHT - 6, x_title, size=11, anchor="middle")


def _swatches(plot: Drawing, entries: Sequence[tuple[str, int]], *, points: bool, kinds: Sequence[str] = ()) -> None:
    """The names of what is drawn, each with how, in one or two lines over the plot."""
    columns = 4 if len(entries) == 4 else 3
    room = WIDTH / columns
    for place, (text, style) in enumerate(entries):
        x, y = room * (place % columns), 14 * (place // columns)
        if points:
            plot.marker(x + 6, y + 10, style, size=5, kind=kinds[place] if kinds else "")
        else:
            plot.bar(x, y + 5, 14, 10, f"bar b{style}")
        plot.text(x + 18, y + 14, text, room=room - 20)


def _values(row: Group | CurvePoint, methods: Sequence[str]) -> str:
    return ", ".join(f"{method} {number(row.ndcg_at_10[method])}" for method in methods if method in row.ndcg_at_10)


def _end(row: Group | CurvePoint, method: str) -> float:
    return row.ndcg_at_10[method] + (_spread(row, method) or 0.0)


def _spread(row: Group | CurvePoint, method: str) -> float | None:
    """Half of a 95 % interval; None where one case alone says nothing about how far others lie apart."""
    return _INTERVAL * row.ndcg_at_10_se[method] if row.cases > 1 and method in row.ndcg_at_10_se else None


def _cases(row: Group | CurvePoint) -> str:
    return "1 case" if row.cases == 1 else f"{row.cases:,} cases"


def _share(interval: Interval) -> str:
    return f"{percent(interval.mean)} [{percent(interval.low)}, {percent(interval.high)}]"


def _tick_share(value: float) -> str:
    return f"{100 * value:g} %"


def _root_ticks(high: float) -> list[float]:
    """Round shares up to `high` that lie well apart where the axis is laid out by square roots."""
    steps = [0.0] + [factor * 10.0**power for power in range(-5, 1) for factor in (1, 2, 5)]
    kept = [0.0]
    for step in steps:
        if step <= high and (step**0.5 - kept[-1] ** 0.5) >= 0.11 * high**0.5:
            kept.append(step)
    return kept


def _places(scale: Scale) -> int:
    """Decimal places that tell the ticks of a scale apart."""
    step = ticks(scale.low, scale.high)
    return max((len(f"{value:g}".partition(".")[2]) for value in step), default=0)


def _above(high: float, low: float) -> float:
    """The end of a scale: some air above what is drawn, and something to draw on where it is all alike."""
    return high + 0.05 * (high - low) if high > low else low + 1.0


def _places_on_map(points: Sequence[MapPoint]) -> dict[str, tuple[float, float]]:
    """Where each category lies in the drawing; one unit is as long upwards as across."""
    if not points:
        return {}
    columns = [[point.x for point in points], [point.y for point in points]]
    reach = max(max(column) - min(column) for column in columns) or 1.0
    middle_x, middle_y = ((max(column) + min(column)) / 2 for column in columns)
    per_unit = (_MAP - 50) / reach
    return {
        point.category: (
            WIDTH / 2 + (point.x - middle_x) * per_unit,
            (_MAP + 24) / 2 - (point.y - middle_y) * per_unit,
        )
        for point in points
    }
