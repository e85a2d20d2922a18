"""The stages of a sale: fixed codes with titles, order, chance of success and normal age."""

from dataclasses import dataclass

from kernel.i18n import pick_title

INTEREST = "interest"
POTENTIAL = "potential"
NEEDS = "needs"
PRESENTATION = "presentation"
KEY_CONTACTS = "key_contacts"
PROPOSAL = "proposal"
PROPOSAL_PRESENTATION = "proposal_presentation"
NEGOTIATION = "negotiation"
CONTRACTING = "contracting"
WON = "won"
LOST = "lost"
REROUTED = "rerouted"


@dataclass(frozen=True, slots=True)
class Stage:
    """`probability` in per cent; a deal in the stage for longer than `norm_days`, or in it for more than `norm_visits`
    times, deserves a look.

    `required_fields` are the deal's fields without which it cannot enter the stage.
    """

    code: str
    order: int
    ru: str
    en: str
    probability: int
    norm_days: int | None = None
    norm_visits: int = 3
    is_final: bool = False
    required_fields: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        return pick_title({"ru": self.ru, "en": self.en}, self.code, language)


STAGES = (
    Stage(INTEREST, 1, "Подтверждение интереса", "Interest confirmation", 5, 5),
    Stage(POTENTIAL, 2, "Определение потенциала", "Potential assessment", 10, 3),
    Stage(NEEDS, 3, "Анализ потребностей", "Needs analysis", 20, 7),
    Stage(PRESENTATION, 4, "Презентация", "Presentation", 30, 10),
    Stage(KEY_CONTACTS, 5, "Определение ключевых контактов", "Key contacts", 40, 5),
    Stage(PROPOSAL, 6, "Подготовка предложения", "Proposal preparation", 50, 7),
    Stage(PROPOSAL_PRESENTATION, 7, "Презентация коммерческого предложения", "Proposal presentation", 60, 7),
    Stage(NEGOTIATION, 8, "Переговоры", "Negotiation", 70, 14),
    Stage(CONTRACTING, 9, "Контрактация", "Contracting", 85, 14),
    Stage(WON, 10, "Завершена с победой", "Closed won", 100, is_final=True),
    Stage(LOST, 11, "Завершена с проигрышем", "Closed lost", 0, is_final=True, required_fields=("close_reason",)),
    Stage(REROUTED, 12, "Перевод на другой процесс", "Moved to another process", 0, is_final=True),
)
BY_CODE = {stage.code: stage for stage in STAGES}
CODES = tuple(BY_CODE)
OPEN_CODES = tuple(stage.code for stage in STAGES if not stage.is_final)
DEAL_CODES = CODES[1:]
"""The stages a deal can be in: `interest` is passed before there is one."""


def find(code: str | None) -> Stage | None:
    return BY_CODE.get(code or "")


def is_open(code: str | None) -> bool:
    return code in OPEN_CODES


def is_final(code: str | None) -> bool:
    stage = find(code)
    return stage is not None and stage.is_final


def probability_of(code: str | None) -> int:
    """The usual chance of success in a stage, in per cent."""
    stage = find(code)
    return stage.probability if stage else 0


def title_of(code: str | None, language: str) -> str:
    """The stage's title; an unknown code stands for itself."""
    stage = find(code)
    return stage.title(language) if stage else code or ""
