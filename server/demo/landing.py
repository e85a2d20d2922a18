"""What the demo company's site brought in the last weeks: its web forms and who filled them, some of them wrongly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from crm_model import web_forms
from crm_model.web_form_entries import Origin
from kernel.context import SYSTEM, Context
from processes import web_forms as filling
from server.demo.timeline import HOURS, Timeline

CONSENT = {
    "ru": "Согласен получать письма о складской технике. Отказаться можно в любой момент.",
    "en": "I agree to receive letters about warehouse equipment. I may opt out at any time.",
}
FORMS: tuple[dict[str, Any], ...] = (
    {
        "key": "demo",
        "name": "Расчёт склада",
        "title": {"ru": "Рассчитаем ваш склад", "en": "Let us plan your warehouse"},
        "intro": {
            "ru": "Оставьте контакты: инженер перезвонит в течение рабочего дня и подготовит расчёт.",
            "en": "Leave your contacts: an engineer will call within a working day and prepare a plan.",
        },
        "button": {"ru": "Получить расчёт", "en": "Get a plan"},
        "consent_text": CONSENT,
        "fields": ["name", "company", "phone", "email", "need", "request", "consent"],
    },
    {
        "key": "webinar",
        "name": "Вебинар «Склад без простоев»",
        "title": {"ru": "Вебинар «Склад без простоев»", "en": "Webinar “A warehouse that never stops”"},
        "button": {"ru": "Записаться", "en": "Sign up"},
        "thanks": {"ru": "Вы записаны. Ссылка придёт на почту за день до начала."},
        "consent_text": CONSENT,
        "fields": ["name", "company", {"key": "email", "required": True}, "request", "consent"],
    },
    {
        "key": "catalogue",
        "name": "Каталог стеллажей",
        "title": {"ru": "Каталог стеллажей, 48 страниц", "en": "Catalogue of racks, 48 pages"},
        "button": {"ru": "Скачать", "en": "Download"},
        "consent_text": CONSENT,
        "fields": ["name", "phone", "email", {"key": "consent", "required": True}],
    },
)
SITE = "https://sklad.example"
SEARCH = {"utm_source": "yandex", "utm_medium": "cpc", "utm_campaign": "stellazhi"}
POSTS: tuple[tuple[float, str, dict[str, Any], dict[str, str]], ...] = (
    (19, "demo", {"name": "Роман Ефимов", "company": "ООО «Полюс Трейд»", "phone": "+7 975 310-44-18",
                  "email": "efimov@polus.example", "need": "Стеллажи на 1200 паллет, склад 3 000 м²",
                  "request": "meeting", "consent": True}, SEARCH),
    (18, "demo", {"name": "test", "phone": "123"}, {"utm_source": "vk", "utm_medium": "cpc"}),
    (16, "catalogue", {"name": "Алина Гордеева", "email": "gordeeva@yantar.example", "consent": True}, {}),
    (15, "webinar", {"name": "Максим Зуев", "company": "Янтарь-Опт", "email": "zuev@yantar-opt.example",
                     "request": "webinar", "consent": True}, {"utm_source": "letter"}),
    (13, "catalogue", {"name": "Иван", "phone": "+7 975", "consent": True}, {"utm_source": "vk"}),
    (12, "demo", {"name": "Светлана Дьякова", "company": "АО «Комбинат Урал»", "phone": "8 (975) 402-15-76",
                  "need": "Конвейер для сортировки, проект на весну", "request": "tender"}, SEARCH),
    (10, "webinar", {"name": "Денис Панов", "email": "panov.mail.example", "request": "webinar"}, {}),
    (9, "catalogue", {"name": "Тимур Ахметов", "phone": "+7 975 118-90-33", "email": "akhmetov@nevastroy.example",
                      "consent": True}, SEARCH),
    (8, "demo", {"name": "Виктория Лосева", "company": "ООО «Сигма Онлайн»", "phone": "+7 975 664-07-21",
                 "need": "Мезонин над зоной отбора", "consent": True}, {"utm_source": "telegram"}),
    (6, "webinar", {"name": "Егор Сухов", "company": "Маяк Логистик", "email": "suhov@mayak.example",
                    "request": "webinar", "consent": True}, {"utm_source": "letter"}),
    (5, "catalogue", {"name": "asdf", "email": "asdf", "consent": True}, {"utm_source": "vk"}),
    (3, "demo", {"name": "Лев Кириллов", "company": "ООО «Титан Авто»", "phone": "+7 975 730-52-09",
                 "email": "kirillov@titan.example", "need": "Замена парка погрузчиков, 6 единиц",
                 "request": "meeting", "consent": True}, SEARCH),
    (1, "demo", {"name": "Оксана Белых", "company": "Чайка Ритейл", "phone": "+7 975 205-61-40",
                 "need": "Доковое оборудование на два склада"}, {"utm_source": "yandex", "utm_medium": "organic"}),
)  # fmt: skip
"""(working days ago, form, what was filled in, marks of the address)"""
SPAM = ("demo", "demo", "catalogue")
"""Posts with a filled trap."""


def make(session: Session, timeline: Timeline) -> None:
    """The forms, and every post as it came."""
    system = Context(session, SYSTEM, lambda: timeline.beginning)
    for form in FORMS:
        web_forms.create_web_form(system, form)
    for number, (days, key, values, utm) in enumerate(POSTS):
        at = timeline.at(timeline.present - days * HOURS + number % 5)
        _post(session, at, key, values, Origin(address=f"192.0.2.{number}", page=f"{SITE}/{key}", utm=utm))
    for key in SPAM:
        _post(session, timeline.now, key, {filling.TRAP: "https://pills.example"}, Origin())


def _post(session: Session, at: datetime, key: str, values: dict[str, Any], origin: Origin) -> None:
    visitor = Context(session, SYSTEM, lambda: at)
    filling.admit(visitor, key, origin.address or str(at))
    filling.receive(visitor, key, values, origin)
