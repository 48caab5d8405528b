"""What all calls share: the models, the threads that run them, and the choice of the brain."""

import logging
import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from ..brains.brain import Brain
from ..brains.chat_completions import ChatCompletions
from ..brains.companion import Companion
from ..brains.companion_ja import JapaneseCompanion
from ..speech.languages import Languages
from ..speech.missing import MissingError
from ..speech.stt import PARALLEL_RUNS
from ..speech.turn_end import SmartTurn
from ..speech.vad import SileroNetwork
from .failures import describe_failure
from .jobs import Pool

log = logging.getLogger(__name__)

LOADING_PARTS = 3
# Twelve take about as long on a slow core; behind a job that has waited longer, newcomers are refused as busy.
MAX_WAITING_JOBS, MAX_WAIT_S = 12, 2.0
# A judgement takes 30 ms of a core; one that comes later than the turn ends is of no use.
MAX_JUDGING_S = 0.3
# Of one caller at a time; each has a thread.
MAX_ANSWERS = 4


@dataclass
class TurnEnd:
    """The model that hears whether a turn is over; being fetched beside the start, it may come after the first call."""

    load: Callable[[], SmartTurn] = SmartTurn.installed
    model: SmartTurn | None = None
    _told: bool = False

    def look(self) -> None:
        """Loads it if it is there by now; otherwise says once why it is not. In one thread at a time."""
        if self.model is not None:
            return
        try:
            self.model = self.load()
        except Exception as failure:
            # Whatever it is: turns end without it as well.
            why = str(failure) if isinstance(failure, MissingError) else describe_failure(failure)
            if not self._told:
                log.warning("turns end by words and silence alone: %s", why)
            self._told = True


@dataclass
class Models:
    """The models that are loaded once for all callers."""

    network: SileroNetwork
    languages: Languages
    turn_end: TurnEnd = field(default_factory=TurnEnd)


class Workers:
    """The threads: pools for recognition, for judging turns and for speech, and one thread for each answer."""

    def __init__(self, max_calls: int) -> None:
        self.stt_pool = Pool("recogniser", PARALLEL_RUNS, MAX_WAITING_JOBS, MAX_WAIT_S)
        self.turn_pool = Pool("turns", 1, MAX_WAITING_JOBS, MAX_JUDGING_S)
        self.tts_pool = Pool("voice", 1, MAX_WAITING_JOBS, MAX_WAIT_S)
        self.answer_threads = ThreadPoolExecutor(max_calls * MAX_ANSWERS, "answer")

    def close(self) -> None:
        self.answer_threads.shutdown(wait=False, cancel_futures=True)
        self.stt_pool.close()
        self.turn_pool.close()
        self.tts_pool.close()


def load_models(tell: Callable[[str, int, int], None]) -> Models:
    """Loads the models; takes a second or two, so call it in a thread. Raises `MissingError` or `ValueError`."""
    tell("detector", 0, LOADING_PARTS)
    network, turn_end = SileroNetwork.installed(), TurnEnd()
    turn_end.look()
    order = count(1)
    languages = Languages.starting_with(
        os.environ.get("VOICEAPP_ENGINE_LANGUAGE") or "en", lambda part: tell(part, next(order), LOADING_PARTS)
    )
    tell("voice", LOADING_PARTS, LOADING_PARTS)
    return Models(network, languages, turn_end)


def new_brain(language: str) -> Brain:
    """A language model if one is configured, else the companion that speaks this language."""
    address = os.environ.get("VOICEAPP_BRAIN_URL")
    if not address:
        companion = JapaneseCompanion if language == "ja" else Companion
        return companion(lambda: datetime.now().astimezone(), random.Random())
    return ChatCompletions(
        address, os.environ.get("VOICEAPP_BRAIN_KEY"), os.environ.get("VOICEAPP_BRAIN_MODEL") or "default"
    )
