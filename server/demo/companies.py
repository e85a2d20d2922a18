"""Companies that could exist and do not: names by industry, cities, and legal details with right check digits.

Nothing here reaches anybody: tax office 99 has never been opened in any region, no Russian city number begins with a
nought, the mobile code 975 is not assigned, and the domain `example` is reserved.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from server.demo.people import in_latin

ROOTS = (
    "Авангард", "Агат", "Азимут", "Аквилон", "Алмаз", "Альтаир", "Альянс", "Амбер", "Арсенал", "Астра", "Атлант",
    "Базис", "Балтика", "Беркут", "Борей", "Вега", "Вектор", "Вершина", "Виктория", "Витязь", "Восход", "Гамма",
    "Гарант", "Горизонт", "Гранит", "Дельта", "Дубрава", "Заря", "Зенит", "Импульс", "Исток", "Каскад",
    "Кедр", "Кристалл", "Кубань", "Ладога", "Лидер", "Магистраль", "Маяк", "Меридиан", "Метеор", "Нева", "Орион",
    "Парус", "Пегас", "Полюс", "Прогресс", "Радиан", "Регион", "Рубин", "Русич", "Сигма", "Сокол",
    "Спектр", "Стандарт", "Старт", "Стрела", "Сфера", "Тайга", "Титан", "Торнадо", "Триумф", "Урал", "Факел", "Феникс",
    "Форпост", "Фортуна", "Чайка", "Энергия", "Эталон", "Юпитер", "Янтарь",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Industry:
    """How its companies are called (`{}` is the root) and how large they usually are."""

    name: str
    patterns: tuple[str, ...]
    employees: tuple[int, int]


INDUSTRIES = (
    Industry("Пищевая промышленность", ("{} Продукт", "Молочный комбинат {}", "Мясокомбинат {}", "{}-Агро"), (80, 900)),
    Industry("Оптовая торговля", ("ТД {}", "{} Трейд", "{}-Опт", "Торговая компания {}"), (40, 400)),
    Industry("Розничные сети", ("{} Ритейл", "Сеть магазинов {}", "{}-Маркет"), (200, 3000)),
    Industry(
        "Логистика", ("{} Логистик", "Транспортная компания {}", "{}-Терминал", "Складской комплекс {}"), (60, 800)
    ),
    Industry("Фармацевтика", ("{} Фарм", "Фармацевтическая компания {}", "Аптечный склад {}"), (70, 600)),
    Industry("Машиностроение", ("{} Маш", "Завод {}", "Станкостроительный завод {}"), (150, 2500)),
    Industry("Строительные материалы", ("{} Строй", "Стройбаза {}", "Комбинат {}"), (90, 700)),
    Industry("Химическая промышленность", ("{} Хим", "{}-Полимер", "Лакокрасочный завод {}"), (120, 900)),
    Industry("Электронная торговля", ("{} Онлайн", "{}-Маркетплейс", "Интернет-магазин {}"), (30, 500)),
    Industry("Автокомпоненты", ("{} Авто", "{}-Деталь", "Автоцентр {}"), (50, 450)),
)

FORMS = (("ООО", 80), ("АО", 16), ("ЗАО", 3), ("ПАО", 1))
FORM_WORDS = {
    "ООО": "Общество с ограниченной ответственностью",
    "АО": "Акционерное общество",
    "ПАО": "Публичное акционерное общество",
    "ЗАО": "Закрытое акционерное общество",
}


@dataclass(frozen=True, slots=True)
class City:
    name: str
    region: str
    code: str
    phone: str
    time_zone: str
    weight: int


CITIES = (
    City("Москва", "Москва", "77", "495", "Europe/Moscow", 46),
    City("Химки", "Московская область", "50", "498", "Europe/Moscow", 10),
    City("Подольск", "Московская область", "50", "496", "Europe/Moscow", 8),
    City("Санкт-Петербург", "Санкт-Петербург", "78", "812", "Europe/Moscow", 26),
    City("Тверь", "Тверская область", "69", "4822", "Europe/Moscow", 5),
    City("Ярославль", "Ярославская область", "76", "4852", "Europe/Moscow", 6),
    City("Нижний Новгород", "Нижегородская область", "52", "831", "Europe/Moscow", 10),
    City("Казань", "Республика Татарстан", "16", "843", "Europe/Moscow", 12),
    City("Самара", "Самарская область", "63", "846", "Europe/Samara", 9),
    City("Воронеж", "Воронежская область", "36", "473", "Europe/Moscow", 8),
    City("Ростов-на-Дону", "Ростовская область", "61", "863", "Europe/Moscow", 10),
    City("Краснодар", "Краснодарский край", "23", "861", "Europe/Moscow", 11),
    City("Екатеринбург", "Свердловская область", "66", "343", "Asia/Yekaterinburg", 12),
    City("Челябинск", "Челябинская область", "74", "351", "Asia/Yekaterinburg", 8),
    City("Пермь", "Пермский край", "59", "342", "Asia/Yekaterinburg", 6),
    City("Тюмень", "Тюменская область", "72", "3452", "Asia/Yekaterinburg", 5),
    City("Новосибирск", "Новосибирская область", "54", "383", "Asia/Novosibirsk", 9),
)
STREETS = (
    "ул. Промышленная", "ул. Заводская", "Складской проезд", "ул. Индустриальная", "ул. Ленина", "ул. Мира",
    "пр-т Победы", "ш. Энтузиастов", "ул. Транспортная", "ул. Кирова", "ул. Гагарина", "Северное ш.", "ул. Логистическая",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Company:
    """`short` is how people call it, `name` what the list shows, `legal_name` what stands in contracts."""

    short: str
    form: str
    industry: Industry
    city: City
    inn: str
    kpp: str
    ogrn: str
    address: str
    domain: str
    phone: str
    employees: int

    @property
    def name(self) -> str:
        return f"{self.short}, {self.form}"

    @property
    def legal_name(self) -> str:
        return f"{FORM_WORDS[self.form]} «{self.short}»"


def draw(random: Random, count: int) -> list[Company]:
    """So many companies, no two of a name or an INN."""
    made: dict[str, Company] = {}
    pairs = [(industry, pattern, root) for industry in INDUSTRIES for pattern in industry.patterns for root in ROOTS]
    random.shuffle(pairs)
    roots_used: dict[str, int] = {}
    for industry, pattern, root in pairs:
        if len(made) == count:
            break
        short = pattern.format(root)
        if roots_used.get(root, 0) > count // len(ROOTS) or short in made:
            continue
        roots_used[root] = roots_used.get(root, 0) + 1
        made[short] = _company(random, short, industry, len(made))
    return list(made.values())


def _company(random: Random, short: str, industry: Industry, number: int) -> Company:
    form = random.choices([name for name, _ in FORMS], [weight for _, weight in FORMS])[0]
    city = random.choices(CITIES, [city.weight for city in CITIES])[0]
    domain = in_latin(short.replace(" ", "-")).strip("-")
    least, most = industry.employees
    return Company(
        short=short,
        form=form,
        industry=industry,
        city=city,
        inn=inn(f"{city.code}99{number * 37 + 10_007:05d}"),
        kpp=f"{city.code}9901001",
        ogrn=ogrn(f"1{random.randint(2, 24):02d}{city.code}99{random.randint(0, 99_999):05d}"),
        address=f"г. {city.name}, {random.choice(STREETS)}, д. {random.randint(1, 140)}",
        domain=f"{domain}.example",
        phone=city_phone(random, city.phone),
        employees=int(random.triangular(least, most, least * 2)),
    )


def inn(nine: str) -> str:
    """A company's taxpayer number: nine digits and their check digit."""
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    return nine + str(sum(weight * int(digit) for weight, digit in zip(weights, nine, strict=True)) % 11 % 10)


def ogrn(twelve: str) -> str:
    return twelve + str(int(twelve) % 11 % 10)


def city_phone(random: Random, code: str) -> str:
    """A number of that city which nobody can have: it begins with a nought."""
    digits = "0" + "".join(str(random.randint(0, 9)) for _ in range(9 - len(code)))
    return f"+7 ({code}) {digits[:-4]}-{digits[-4:-2]}-{digits[-2:]}"


def mobile_phone(random: Random) -> str:
    digits = f"{random.randint(0, 9_999_999):07d}"
    return f"+7 (975) {digits[:3]}-{digits[3:5]}-{digits[5:]}"
