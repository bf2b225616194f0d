"""What the bot says by itself, in English and in Russian. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.languages import is_russian
from bot.records import Numbers
from bot.roles import Role

COMMANDS = ("start", "help", "role", "clear", "stats", "forget")


@dataclass(frozen=True)
class Phrases:
    """The sentences of one language; some have places for numbers and names.

    Attributes:
        commands: what each of :data:`COMMANDS` does, for Telegram's menu and for /help.

    """

    commands: dict[str, str]
    greeting: str
    help: str
    cleared: str
    text_only: str
    apology: str
    too_fast: str
    roles: str
    role_chosen: str
    role_kept: str
    role_unknown: str
    stats: str
    forget: str
    forgotten: str

    def tell_help(self) -> str:
        """Return what the bot does, and its commands."""
        lines = (f"/{name} - {meaning}" for name, meaning in self.commands.items())
        return "\n".join([self.help, "", *lines])

    def tell_roles(self, roles: Iterable[Role], current: Role, language: str | None) -> str:
        """Return the choice of roles, the current one marked."""
        lines = (
            f"{'•' if role == current else '◦'} /role {role.name} - {role.title(language)}"
            for role in roles
        )
        return "\n".join([self.roles, "", *lines])

    def tell_stats(self, numbers: Numbers) -> str:
        """Return a user's own numbers; the day is that of UTC."""
        return self.stats.format(
            dialogs=numbers.dialogs, messages=numbers.messages, since=_day(numbers.since)
        )


ENGLISH = Phrases(
    commands={
        "start": "say hello",
        "help": "what I can do",
        "role": "choose who I am",
        "clear": "start a new conversation",
        "stats": "your numbers",
        "forget": "delete what you told me",
    },
    greeting=(
        "Hello! Write me a message and I will answer.\n\n"
        "/help tells what I can do, /clear starts a new conversation."
    ),
    help="I answer any text you send me, and remember what we said before.",
    cleared="Done: this is a new conversation.",
    text_only="I can only read text.",
    apology="I am sorry, I could not find an answer just now. Please try again in a moment.",
    too_fast=(
        "You write faster than I can answer. Please go on in {seconds} s; "
        "what you write until then is not read."
    ),
    roles="Who should I be? Send one of these:",
    role_chosen="Done: {title}. This is a new conversation.",
    role_kept="That is what I am already: {title}.",
    role_unknown="I do not know that role.",
    stats="Dialogs: {dialogs}\nYour messages: {messages}\nSince: {since}",
    forget=(
        "This deletes all our conversations and your name for good. To go on, send /forget yes"
    ),
    forgotten="Done: I have deleted what you told me.",
)
RUSSIAN = Phrases(
    commands={
        "start": "поздороваться",
        "help": "что я умею",
        "role": "выбрать, кем мне быть",
        "clear": "начать новый разговор",
        "stats": "ваша статистика",
        "forget": "удалить всё, что вы мне писали",
    },
    greeting=(
        "Здравствуйте! Напишите мне, и я отвечу.\n\n"
        "/help расскажет, что я умею, /clear начнёт новый разговор."
    ),
    help="Я отвечаю на любой текст и помню, о чём мы говорили.",
    cleared="Готово: это новый разговор.",
    text_only="Я умею читать только текст.",
    apology="Простите, сейчас у меня не получилось ответить. Попробуйте чуть позже.",
    too_fast=(
        "Вы пишете быстрее, чем я отвечаю. Продолжайте, пожалуйста, через {seconds} с; "
        "написанное до этого я не прочту."
    ),
    roles="Кем мне быть? Отправьте одну из команд:",
    role_chosen="Готово: {title}. Это новый разговор.",
    role_kept="Так оно и есть: {title}.",
    role_unknown="Такой роли я не знаю.",
    stats="Диалогов: {dialogs}\nВаших сообщений: {messages}\nС даты: {since}",
    forget=(
        "Все наши разговоры и ваше имя будут удалены навсегда. "
        "Чтобы продолжить, отправьте /forget yes"
    ),
    forgotten="Готово: всё, что вы мне писали, удалено.",
)
# A word that confirms a deletion, in any of the languages.
YES = frozenset({"yes", "да"})


def phrases(language: str | None) -> Phrases:
    """Return the sentences for a ``language_code`` as ``ru`` or ``en-GB``; English by default."""
    return RUSSIAN if is_russian(language) else ENGLISH


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
