"""What the language model of a demo says: a few topics it knows, and else an echo."""

import re
from collections.abc import Mapping, Sequence

_TOPICS = {
    r"^(hello|hi|hey|good (morning|evening))\b": (
        "Hello! I am the language model of a demo: I know a few topics and repeat the rest. "
        "Ask me what a canary release is, how a backup is proven, or for a joke."
    ),
    r"^(привет|здравствуй|добрый)": (
        "Здравствуйте! Я языковая модель для демонстрации: знаю несколько тем, остальное "
        "повторяю. Спросите, что такое откат, или попросите шутку."
    ),
    r"\bcanary\b": (
        "A canary release goes to a small part of the users first. If the numbers stay good, "
        "everybody gets it; if not, few have noticed.\n\nThe name comes from mining: a canary "
        "warned of bad air before people felt it."
    ),
    r"\broll ?back\b": (
        "A rollback starts the version before again. It is quick when that version's image is "
        "still there, and safe when the database only grew: a column that was added does not "
        "disturb the code that does not know it."
    ),
    r"откат": (
        "Откат возвращает предыдущую версию. Он быстрый, если её образ под рукой, и безопасный, "
        "если база данных только росла: новый столбец не мешает коду, который его не знает."
    ),
    r"\bbackup\b": (
        "A backup is proven when it was restored: into a scratch database, with the rows counted "
        "and compared. Until then it is a file and a hope."
    ),
    r"\bjoke\b": (
        "There are two hard things in computing: naming, invalidating caches, and being off by one."
    ),
    r"шутк|анекдот": (
        "Есть две трудные задачи: придумать имена, сбросить кеш и не ошибиться на единицу."
    ),
    r"\bpoem\b": (
        "The build was green, the night was mild,\nthe logs lay quiet, neatly filed.\n"
        "Nobody paged, and no one wept:\nthe rollback plan stayed ready. We slept."
    ),
    r"\blong\b.*\b(text|story|answer)\b": "\n\n".join(
        f"Paragraph {number}. " + "This is a long answer, to show how it comes in parts. " * 8
        for number in range(1, 16)
    ),
}
_WHO = re.compile(r"\bwho are you\b|\byour (role|instructions)\b|кто ты|кто вы", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


def echo(question: str) -> str:
    return f"You said: {question}"


def demo_answer(messages: Sequence[Mapping[str, str]]) -> str:
    """Answer the last of ``messages``; what the model was told to be shows on request."""
    question = messages[-1]["content"]
    if _WHO.search(question):
        told = [message["content"] for message in messages if message["role"] == "system"]
        return f"I was told: {told[0]}" if told else "Nobody told me who I am."
    for pattern, answer in _TOPICS.items():
        if re.search(pattern, question.strip(), re.IGNORECASE):
            return answer
    return f"Вы написали: {question}" if _CYRILLIC.search(question) else echo(question)
