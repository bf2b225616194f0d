"""Who the bot can be: system prompts that a user chooses among by name. Pure."""

from dataclasses import dataclass

from bot.languages import is_russian


@dataclass(frozen=True)
class Role:
    """A system prompt.

    Attributes:
        name: what the user writes after /role.
        revision: goes up whenever ``prompt`` changes, so that a stored dialog tells what the
            model was told.

    """

    name: str
    revision: int
    english: str
    russian: str
    prompt: str

    @property
    def version(self) -> str:
        """What a dialog keeps, as ``teacher-1``."""
        return f"{self.name}-{self.revision}"

    def title(self, language: str | None) -> str:
        """Return what to call it in the user's language."""
        return self.russian if is_russian(language) else self.english


_MANNERS = (
    "Answer in the language of the question, in plain text without markup. "
    "Say so when you do not know."
)
ROLES = (
    Role(
        name="assistant",
        revision=1,
        english="a helpful assistant",
        russian="помощник на все случаи",
        prompt=f"You are a helpful, concise assistant. {_MANNERS}",
    ),
    Role(
        name="teacher",
        revision=1,
        english="a patient teacher",
        russian="терпеливый учитель",
        prompt=(
            "You are a patient teacher. Explain step by step, with one small example, and end "
            f"with a question that checks whether it was understood. {_MANNERS}"
        ),
    ),
    Role(
        name="editor",
        revision=1,
        english="an editor of your texts",
        russian="редактор ваших текстов",
        prompt=(
            "You are an editor. Return the user's text with mistakes corrected and sentences "
            f"made clearer, then name the most important change. {_MANNERS}"
        ),
    ),
    Role(
        name="engineer",
        revision=1,
        english="a software engineer",
        russian="инженер-программист",
        prompt=(
            "You are an experienced software engineer. Give the shortest answer that works, "
            f"and name its risks. {_MANNERS}"
        ),
    ),
)
DEFAULT = ROLES[0]


def named(name: str) -> Role | None:
    """Return the role a user names, whatever the case of its letters."""
    return next((role for role in ROLES if role.name == name.strip().lower()), None)


def of_version(version: str | None) -> Role:
    """Return the role of a stored dialog; the default where it is unknown or was none."""
    return next((role for role in ROLES if role.version == version), DEFAULT)
