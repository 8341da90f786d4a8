from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.store.cleaning import BadValue
from newaisle.store.prices import parse_locale
from newaisle.store.times import TimeEvidence, TimeReading

DAY_FIRST, MONTH_FIRST, DATES = TimeReading("date", True), TimeReading("date", False), TimeReading("date")


def evidence_of(*values: object) -> TimeEvidence:
    evidence = TimeEvidence()
    for value in values:
        evidence.add(value)
    return evidence


def test_a_date_is_read_as_utc() -> None:
    for text, time in [
        ("2024-01-31", datetime(2024, 1, 31)),
        ("2024-01-31T10:20:30Z", datetime(2024, 1, 31, 10, 20, 30)),
        ("2024-01-31T10:20:30.25+08:00", datetime(2024, 1, 31, 2, 20, 30, 250_000)),
        ("2024-01-31 10:20:30 UTC", datetime(2024, 1, 31, 10, 20, 30)),
        ("2024/1/5 7:08", datetime(2024, 1, 5, 7, 8)),
        ("2024年1月5日", datetime(2024, 1, 5)),
        ("２０２４年１月５日 10:20", datetime(2024, 1, 5, 10, 20)),
        ("20240131", datetime(2024, 1, 31)),
        ("20240131102030", datetime(2024, 1, 31, 10, 20, 30)),
        ("31.01.2024", datetime(2024, 1, 31)),
        ("01/31/2024 3:05 PM", datetime(2024, 1, 31, 15, 5)),
        ("31/01/98", datetime(1998, 1, 31)),
        ("Jan 31, 2024", datetime(2024, 1, 31)),
        ("31 January 2024 10:20", datetime(2024, 1, 31, 10, 20)),
        ("09 13, 2009", datetime(2009, 9, 13)),
        ("Wed, 31 Jan 2024 10:20:30 +0100", datetime(2024, 1, 31, 9, 20, 30)),
    ]:
        assert DATES.time(text) == time.replace(tzinfo=UTC), text


def test_dates_of_parquet_are_taken_as_they_are() -> None:
    assert DATES.time(date(2024, 1, 31)) == datetime(2024, 1, 31, tzinfo=UTC)
    assert DATES.time(datetime(2024, 1, 31, 5)) == datetime(2024, 1, 31, 5, tzinfo=UTC)


def test_day_and_month_follow_the_file_unless_the_date_leaves_no_doubt() -> None:
    assert DAY_FIRST.time("03/04/2024") == datetime(2024, 4, 3, tzinfo=UTC)
    assert MONTH_FIRST.time("03/04/2024") == datetime(2024, 3, 4, tzinfo=UTC)
    assert MONTH_FIRST.time("30/04/2024") == datetime(2024, 4, 30, tzinfo=UTC)
    assert DATES.time("03.04.2024") == datetime(2024, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["9999-12-31", "1969-12-31", "2101-01-01", "2024-02-30", "31/31/2024", "yesterday", "10:30",
     "May 2024", "0", "2024", "x" * 100, "2024-01-31T25:00"],
)  # fmt: skip
def test_an_impossible_or_incomplete_date_rejects_the_row(text: str) -> None:
    with pytest.raises(BadValue, match="time"):
        DATES.time(text)


def test_the_order_of_day_and_month_is_found_from_dates_without_doubt() -> None:
    assert evidence_of("03/04/2024", "31/01/2024").reading(None).day_first is True
    assert evidence_of("03/04/2024", "01/31/2024").reading(parse_locale("en_GB")).day_first is False
    assert evidence_of("03/04/2024").reading(parse_locale("en_GB")).day_first is True
    assert evidence_of("03/04/2024").reading(parse_locale("en_US")).day_first is False


def test_dates_in_doubt_are_warned_about() -> None:
    assert "--locale" in evidence_of("03/04/2024").warnings(None)[0]
    assert not evidence_of("03/04/2024", "31/01/2024").warnings(None)
    assert "day first" in evidence_of("01/31/2024", "31/01/2024").warnings(None)[0]


def test_a_file_holds_dates_epochs_or_positions() -> None:
    for values, kind in [
        (["0", "1", "2"], "position"),
        ([1, 2, 3], "position"),
        (["2021", "2022"], "position"),
        (["100000", "200000000"], "position"),
        (["1260759108", "1260759113"], "s"),
        (["1260759108.0"], "s"),
        (["1260759108.25"], "s"),
        ([1588687728923], "ms"),
        ([1.588687728923e15], "us"),
        ([1588687728923000000], "ns"),
        (["1260759108", "1260759113", "1260759114", "1260759115", "5"], "s"),
        (["1260759108", "5"], "position"),
        (["20240131", "20240201"], "date"),
        (["20240131102030"], "date"),
        (["2024-01-31", "5"], "position"),
        (["2024-01-31", "2024-02-01", "5"], "date"),
        ([], "position"),
    ]:
        assert evidence_of(*values).reading(None).kind == kind, values


def test_a_column_called_position_never_holds_epochs() -> None:
    evidence = evidence_of("1260759108", "1260759113")
    evidence.positions_by_name = True
    assert evidence.reading(None).kind == "position"


def test_epochs_outside_1970_to_2100_reject_the_row() -> None:
    assert TimeReading("s").time("1260759108.5") == datetime(2009, 12, 14, 2, 51, 48, 500_000, tzinfo=UTC)
    for text in ("-1", "253402214400", "9" * 50, "soon"):
        with pytest.raises(BadValue):
            TimeReading("s").time(text)


def test_a_position_is_a_whole_number() -> None:
    assert [TimeReading("position").position(value) for value in ("7", 7, 7.0, "7.0", "-1", "", None)] == [7] * 4 + [
        -1,
        None,
        None,
    ]
    for value in ("3.5", "a", "9" * 19, "9" * 30):
        with pytest.raises(BadValue):
            TimeReading("position").position(value)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31)))
def test_an_iso_time_reads_back(time: datetime) -> None:
    assert DATES.time(time.isoformat()) == time.replace(tzinfo=UTC)
    assert DATES.time(time.isoformat(" ") + "+00:00") == time.replace(tzinfo=UTC)


@given(st.dates(date(1970, 1, 1), date(2100, 12, 31)), st.sampled_from("-/."))
def test_a_date_reads_back_in_the_files_order(day: date, mark: str) -> None:
    time = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert DAY_FIRST.time(day.strftime(f"%d{mark}%m{mark}%Y")) == time
    assert MONTH_FIRST.time(day.strftime(f"%m{mark}%d{mark}%Y")) == time


@given(st.integers(0, 4_133_894_400), st.sampled_from([("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)]))
def test_an_epoch_reads_back_in_its_unit(seconds: int, unit: tuple[str, int]) -> None:
    name, per_second = unit
    time = TimeReading(name).time(seconds * per_second)  # type: ignore[arg-type]
    assert time is not None
    assert int(time.timestamp()) == seconds


@given(st.text() | st.text("0123456789-/.: TZapmJn,年月日"))
def test_any_text_is_a_time_or_a_reason(text: str) -> None:
    evidence = evidence_of(text)
    for reading in (DATES, evidence.reading(None), TimeReading("s")):
        with suppress(BadValue):
            (reading.position if reading.kind == "position" else reading.time)(text)


def test_dates_with_points_are_day_first_and_no_matter_of_doubt() -> None:
    evidence = evidence_of("01.02.2024", "03.04.2024")
    assert evidence.warnings(None) == []
    assert evidence.notes(None) == ["times are dates, day first, as they are written with points"]
    assert evidence_of("01.02.2024", "03/04/2024").warnings(None)[0].startswith("1 dates such as 03/04/2024")
