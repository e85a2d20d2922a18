"""How values read in Russian and English."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kernel import text

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


def plain(value: str) -> str:
    return value.replace(text.THIN, " ").replace(text.NO_BREAK, " ")


@pytest.mark.parametrize(
    ("amount", "currency", "russian", "english"),
    [
        (1200000, "RUB", "1 200 000 ₽", "1,200,000 ₽"),
        (Decimal("1200000.50"), "RUB", "1 200 000,50 ₽", "1,200,000.50 ₽"),
        ("99.90", "USD", "99,90 $", "99.90 $"),
        (Decimal("100.00"), "EUR", "100 €", "100 €"),
        (0, "RUB", "0 ₽", "0 ₽"),
        (-1500, "RUB", "−1 500 ₽", "−1,500 ₽"),
    ],
)
def test_money(amount: object, currency: str, russian: str, english: str) -> None:
    assert plain(text.money(amount, currency, "ru")) == russian
    assert plain(text.money(amount, currency, "en")) == english


def test_money_does_not_break_over_lines() -> None:
    assert " " not in text.money(1200000, "RUB", "ru")
    assert text.THIN in text.money(1200000, "RUB", "ru")


@pytest.mark.parametrize(
    ("amount", "russian", "english"),
    [
        (1_250_000, "1,2 млн ₽", "1.2 m ₽"),
        (3_000_000_000, "3 млрд ₽", "3 bn ₽"),
        (45_600, "45,6 тыс. ₽", "45.6 k ₽"),
        (999, "999 ₽", "999 ₽"),
    ],
)
def test_money_in_short(amount: int, russian: str, english: str) -> None:
    assert plain(text.short_money(amount, "RUB", "ru")) == russian
    assert plain(text.short_money(amount, "RUB", "en")) == english


def test_numbers() -> None:
    assert plain(text.number("1234567.5", "ru")) == "1 234 567,5"
    assert plain(text.number(1234, "en")) == "1,234"
    assert text.number(-7, "ru") == text.number(-7, "en") == "−7"


@pytest.mark.parametrize(
    ("offset", "russian", "english"),
    [
        (timedelta(hours=2), "через 2 часа", "in 2 hours"),
        (timedelta(hours=5, minutes=20), "через 5 часов", "in 5 hours"),
        (timedelta(minutes=1), "через 1 минуту", "in 1 minute"),
        (timedelta(minutes=21), "через 21 минуту", "in 21 minutes"),
        (timedelta(seconds=10), "сейчас", "now"),
        (timedelta(minutes=-3), "3 минуты назад", "3 minutes ago"),
        (timedelta(hours=-1), "1 час назад", "1 hour ago"),
        (timedelta(hours=-7), "сегодня, 08:00", "today, 08:00"),
        (timedelta(hours=7), "сегодня, 22:00", "today, 22:00"),
        (timedelta(days=-1), "вчера, 15:00", "yesterday, 15:00"),
        (timedelta(days=1, minutes=30), "завтра, 15:30", "tomorrow, 15:30"),
        (timedelta(days=2), "22 ноября, 15:00", "22 November, 15:00"),
        (timedelta(days=60), "19 января 2027, 15:00", "19 January 2027, 15:00"),
    ],
)
def test_times_near_and_far(offset: timedelta, russian: str, english: str) -> None:
    assert text.distance(NOW + offset, "ru", NOW, MOSCOW) == russian
    assert text.distance(NOW + offset, "en", NOW, MOSCOW) == english


def test_days_change_at_the_midnight_of_the_zone() -> None:
    late = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
    assert text.moment(late, "ru", NOW, MOSCOW) == "завтра, 00:30"
    assert text.moment(late, "ru", NOW, ZoneInfo("UTC")) == "сегодня, 21:30"


def test_days() -> None:
    assert text.day(date(2026, 3, 8), "ru", NOW.date()) == "8 марта"
    assert text.day(date(2025, 3, 8), "en", NOW.date()) == "8 March 2025"


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (timedelta(days=3), "3 дня", "3 days"),
        (timedelta(days=11), "11 дней", "11 days"),
        (timedelta(days=1), "1 день", "1 day"),
        (timedelta(hours=22), "22 часа", "22 hours"),
        (timedelta(minutes=1), "1 минута", "1 minute"),
        (timedelta(seconds=5), "5 секунд", "5 seconds"),
        (timedelta(days=-2), "2 дня", "2 days"),
    ],
)
def test_durations(value: timedelta, russian: str, english: str) -> None:
    assert text.duration(value, "ru") == russian
    assert text.duration(value, "en") == english


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("89161234567", "+7 916 123-45-67"),
        ("+7 (916) 1234567", "+7 916 123-45-67"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("12", "12"),
        ("ask for Anna", "ask for Anna"),
        ("", ""),
    ],
)
def test_phones(typed: str, shown: str) -> None:
    assert text.phone(typed) == shown


@pytest.mark.parametrize(
    ("name", "letters"), [("Иван Петров", "ИП"), ("anna", "A"), ("", "?"), ("Жан Поль Сартр", "ЖП"), ("(x) y", "Y")]
)
def test_initials(name: str, letters: str) -> None:
    assert text.initials(name) == letters
