"""The client of an OpenAI-compatible chat API."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp

from bot import logs
from bot.circuit import Circuit, State
from bot.completion import Completion, error_for_status, parse
from bot.errors import LLMCircuitOpen, LLMError, LLMRefused, LLMTimeout, LLMUnavailable
from bot.metrics import Metrics

_log = logs.EventLog("bot.llm")
_LONGEST_WAIT = 10.0


@dataclass(frozen=True)
class Patience:
    """How long and how often to try.

    Attributes:
        attempt_seconds: for one attempt.
        total_seconds: for all of them and the waits between.
        attempts: the first one included.
        base_wait: seconds before the second attempt at the most, doubled for each further
            one; the wait taken is a random one between none and that (full jitter), yet never
            shorter than what the model asked for.

    """

    attempt_seconds: float = 30
    total_seconds: float = 60
    attempts: int = 3
    base_wait: float = 0.5


@dataclass(frozen=True)
class Endpoint:
    """Where the model is, and its name."""

    base_url: str
    model: str


class LLM:
    """Asks the model at ``endpoint``, unless ``circuit`` is open; the session carries the key."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        endpoint: Endpoint,
        patience: Patience,
        circuit: Circuit,
        metrics: Metrics,
    ) -> None:
        self._session = session
        self._url = f"{endpoint.base_url}/chat/completions"
        self._patience = patience
        self._circuit = circuit
        self._metrics = metrics
        self.model = endpoint.model

    async def complete(self, messages: Sequence[Mapping[str, str]]) -> Completion:
        """Return the model's answer to ``messages``, each with ``role`` and ``content``.

        Raises:
            LLMError: the last attempt's reason, when there is no answer.

        """
        try:
            completion = await self._try(messages)
        except LLMError as error:
            self._metrics.llm_errors.labels(error.code).inc()
            raise
        self._metrics.llm_answers.inc()
        self._metrics.llm_tokens.inc(completion.tokens or 0)
        return completion

    async def _try(self, messages: Sequence[Mapping[str, str]]) -> Completion:
        left = self._patience.total_seconds
        deadline = time.monotonic() + left
        for attempt in range(1, self._patience.attempts + 1):
            try:
                return await self._guarded(messages, min(left, self._patience.attempt_seconds))
            except LLMError as error:
                last = error
            _log.warning("llm_failed", code=last.code, attempt=attempt)
            wait = self._wait(attempt, last)
            left = deadline - time.monotonic() - wait
            if self._is_final(attempt, last) or left < self._patience.attempt_seconds / 10:
                break
            await asyncio.sleep(wait)
        raise last

    async def _guarded(self, messages: Sequence[Mapping[str, str]], seconds: float) -> Completion:
        if not self._circuit.admit():
            raise LLMCircuitOpen
        before = self._circuit.state
        result = "cancelled"
        started = time.perf_counter()
        try:
            completion = await self._attempt(messages, seconds)
        except LLMRefused as error:
            # It works, it only does not want this.
            self._circuit.succeeded()
            result = error.code
            raise
        except LLMError as error:
            self._circuit.failed()
            result = error.code
            raise
        except asyncio.CancelledError:
            self._circuit.abandoned()
            raise
        else:
            self._circuit.succeeded()
            result = "ok"
        finally:
            self._metrics.llm_seconds.labels(result).observe(time.perf_counter() - started)
            if self._circuit.state is not before:
                _log.warning("llm_circuit", state=self._circuit.state.name.lower())
        return completion

    async def _attempt(self, messages: Sequence[Mapping[str, str]], seconds: float) -> Completion:
        body = {"model": self.model, "messages": list(messages)}
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(self._url, json=body, timeout=timeout) as response:
                error = error_for_status(response.status, response.headers)
                if error is not None:
                    raise error
                answer = await response.read()
        except TimeoutError as error:
            raise LLMTimeout(f"no answer after {seconds:.1f} s") from error
        except aiohttp.ClientError as error:
            raise LLMUnavailable(type(error).__name__) from error
        return parse(answer)

    def _is_final(self, attempt: int, error: LLMError) -> bool:
        # Who asks for a longer wait than a person has gets it: this question ends here. So it
        # does when its own attempt has opened the circuit.
        return (
            not error.worth_retrying
            or self._circuit.state is State.OPEN
            or attempt == self._patience.attempts
            or (error.retry_after or 0) > _LONGEST_WAIT
        )

    def _wait(self, attempt: int, error: LLMError) -> float:
        longest = min(_LONGEST_WAIT, self._patience.base_wait * 2.0 ** (attempt - 1))
        jittered = random.uniform(0, longest)  # noqa: S311  # no secret depends on it
        return max(jittered, error.retry_after or 0)
