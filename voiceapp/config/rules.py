"""Who may come in and how much they may have, as the operator set it (docs/security.md, docs/settings.md)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

from ..errors import SettingError
from ..secret import Secret
from . import addresses, platforms
from . import prices as price_file
from .addresses import is_loopback
from .environment import Network, Reader

# Of a worker on one core; it has the strength for more (benchmarks/README.md).
DEFAULT_CALLS = 300
# Sockets beside those of calls, of a worker, a person and an address: pages that are about to begin one, or have just
# ended one.
SPARE_SOCKETS, SPARE_PER_USER, SPARE_PER_ADDRESS = 256, 8, 32
# Calls and changes of session, each of which is a connection to a server that may cost money: so many at once, and how
# soon one more, of a person and of an address. Who tries things out is not held up, who floods is.
SESSIONS_PER_USER, SESSIONS_PER_ADDRESS = (0.2, 20.0), (1.0, 60.0)
SHORTEST_CODE = 6
# Where the app can be reached from outside and nothing is set.
DEFAULT_PER_USER, DEFAULT_PER_ADDRESS = 4, 16
DEFAULT_PEOPLE = 4
# Before the names of its prices, in the setting.
TRANSCRIPTION = "transcription_"
DEFAULT_CALL_S, DEFAULT_IDLE_S = 2 * 3600, 360


@dataclass(frozen=True, slots=True)
class Rules:
    """0 means no limit, an empty list or secret no rule; times are in seconds, money in the currency of the prices."""

    access_code: Secret = field(default_factory=lambda: Secret(""))
    trusted_proxies: tuple[Network, ...] = ()
    user_header: str = "X-Forwarded-User"
    hosts: tuple[str, ...] = ()
    # Where pages of ours may come from beside the host that was asked: scheme, and host with a port.
    origins: frozenset[tuple[str, str]] = frozenset()
    prefix: str = ""
    proxies: int = 0
    # The header in which a platform's router says who asks.
    client_header: str = ""
    max_calls: int = DEFAULT_CALLS
    calls_per_user: int = 0
    calls_per_address: int = 0
    call_s: int = DEFAULT_CALL_S
    idle_s: int = DEFAULT_IDLE_S
    user_day_s: int = 0
    day_s: int = 0
    user_day_money: float = 0.0
    day_money: float = 0.0
    # How many people share an address where nobody has a name: 0 where it is not counted.
    people_per_address: int = DEFAULT_PEOPLE
    # Those the operator set, by the names of VOICEAPP_PRICES.
    prices: Mapping[str, float] = field(default_factory=dict)
    browser_message_bytes: int = 256 * 1024
    upstream_message_bytes: int = 16 * 1024 * 1024
    redis_url: Secret = field(default_factory=lambda: Secret(""))
    metrics_token: Secret = field(default_factory=lambda: Secret(""))

    @property
    def max_sockets(self) -> int:
        return self.max_calls + SPARE_SOCKETS

    @property
    def sockets_per_user(self) -> int:
        return self.calls_per_user + SPARE_PER_USER if self.calls_per_user else 0

    @property
    def sockets_per_address(self) -> int:
        return self.calls_per_address + SPARE_PER_ADDRESS if self.calls_per_address else 0

    @property
    def sessions_per_user(self) -> tuple[float, float]:
        """A second and at once; where a person may have all calls, as many at once as there are."""
        return SESSIONS_PER_USER if self.calls_per_user else (1.0, float(max(self.max_calls, SESSIONS_PER_USER[1])))

    @property
    def sessions_per_address(self) -> tuple[float, float]:
        maximum = float(max(self.max_calls, SESSIONS_PER_ADDRESS[1]))
        return SESSIONS_PER_ADDRESS if self.calls_per_address else (1.0, maximum)

    @property
    def restricted(self) -> bool:
        """Whether anyone is kept out."""
        return bool(self.access_code or self.trusted_proxies)

    @classmethod
    def read(cls, reader: Reader, *, host: str, port: int, paid: bool) -> "Rules":
        """Raises `SettingError` naming the first variable that is wrong."""
        # A number that is set is meant; else the platform, where it is known, says how many proxies it has.
        platform = None if reader.text("VOICEAPP_PROXIES") else platforms.known(reader)
        proxies = platform.proxies if platform else reader.number("VOICEAPP_PROXIES", 0, 0, 10)
        origins = _origins(reader)
        open_to_all = not is_loopback(host) or proxies > 0
        rules = cls(
            access_code=_access_code(reader),
            trusted_proxies=reader.networks("VOICEAPP_TRUSTED_PROXIES"),
            user_header=_header(reader),
            hosts=_hosts(reader, host, proxies, origins),
            origins=origins | (_own_origins(port) if platform and platform.rewrites_origin else frozenset()),
            prefix=_prefix(reader),
            proxies=proxies,
            client_header=platform.client_header if platform else "",
            max_calls=reader.number("VOICEAPP_MAX_CALLS", DEFAULT_CALLS, 1, 10_000),
            calls_per_user=reader.number("VOICEAPP_CALLS_PER_USER", DEFAULT_PER_USER if open_to_all else 0, 0, 1000),
            calls_per_address=reader.number(
                "VOICEAPP_CALLS_PER_ADDRESS", DEFAULT_PER_ADDRESS if open_to_all else 0, 0, 1000
            ),
            call_s=reader.number("VOICEAPP_CALL_SECONDS", DEFAULT_CALL_S, 0, 86_400),
            idle_s=reader.number("VOICEAPP_IDLE_SECONDS", DEFAULT_IDLE_S, 0, 86_400),
            user_day_s=60 * reader.number("VOICEAPP_MINUTES_PER_USER_DAY", 0, 0, 1_000_000),
            day_s=60 * reader.number("VOICEAPP_MINUTES_PER_DAY", 0, 0, 1_000_000),
            user_day_money=reader.money("VOICEAPP_MONEY_PER_USER_DAY"),
            day_money=reader.money("VOICEAPP_MONEY_PER_DAY"),
            people_per_address=reader.number("VOICEAPP_PEOPLE_PER_ADDRESS", DEFAULT_PEOPLE, 0, 10_000),
            prices=_prices(reader),
            browser_message_bytes=1024 * reader.number("VOICEAPP_BROWSER_MESSAGE_KB", 256, 80, 16_384),
            upstream_message_bytes=1024 * 1024 * reader.number("VOICEAPP_UPSTREAM_MESSAGE_MB", 16, 1, 256),
            redis_url=_redis_url(reader),
            metrics_token=reader.secret("VOICEAPP_METRICS_TOKEN"),
        )
        _check_public(reader, rules, exposed=paid and not is_loopback(host))
        return rules


def _access_code(reader: Reader) -> Secret:
    code = reader.phrase("VOICEAPP_ACCESS_CODE")
    if code and len(code.reveal()) < SHORTEST_CODE:
        raise SettingError(f"VOICEAPP_ACCESS_CODE is too short; it needs at least {SHORTEST_CODE} characters.")
    return code


def _header(reader: Reader) -> str:
    name = reader.text("VOICEAPP_USER_HEADER", "X-Forwarded-User", longest=64)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name):
        raise SettingError(f"VOICEAPP_USER_HEADER is {name!r}; it must be a header's name such as X-Forwarded-User.")
    return name


def _hosts(reader: Reader, host: str, proxies: int, origins: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    """Names this app answers to, without ports. On loopback those of loopback: any site's name could lead there."""
    words = reader.words("VOICEAPP_HOSTS")
    hosts = tuple(addresses.host(_asked_as("VOICEAPP_HOSTS", word)) for word in words)
    for word in words:
        if not re.fullmatch(r"(\*\.)?[\w.-]{1,250}|\[?[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]?", word):
            raise SettingError(f"VOICEAPP_HOSTS holds {word!r}; it takes names such as voice.example, without a port.")
    if not hosts and not proxies and is_loopback(host):
        hosts = ("localhost", "127.0.0.1", "[::1]", "*.localhost", addresses.host(host))
    # Who declares where pages come from has named the host, too.
    return hosts and (*hosts, *(addresses.host(place) for _, place in origins))


def _origins(reader: Reader) -> frozenset[tuple[str, str]]:
    found = set()
    for word in reader.words("VOICEAPP_ORIGINS"):
        origin = addresses.origin(word)
        if origin is None or not re.fullmatch(r"https?://[^/?#]+/?", word.lower()):
            raise SettingError(
                f"VOICEAPP_ORIGINS holds {word!r}; it takes the addresses people use, such as https://voice.example, "
                "without a path."
            )
        scheme, place = origin
        found.add((scheme, _asked_as("VOICEAPP_ORIGINS", place)))
    return frozenset(found)


def _asked_as(name: str, netloc: str) -> str:
    try:
        return addresses.idna_host(netloc)
    except UnicodeError:
        raise SettingError(f"{name} holds {netloc!r}, which cannot be an address.") from None


def _own_origins(port: int) -> frozenset[tuple[str, str]]:
    return frozenset((scheme, f"{name}:{port}") for scheme in ("http", "https") for name in ("localhost", "127.0.0.1"))


def _prefix(reader: Reader) -> str:
    """From our variable, or from the one that other WSGI servers take."""
    for name in ("VOICEAPP_PREFIX", "SCRIPT_NAME"):
        given = reader.text(name)
        if given.rstrip("/"):
            if not addresses.prefix(given):
                raise SettingError(
                    f"{name} is {given!r}; it must be a path such as /voice, of letters, digits and . _ ~ -, and not "
                    "one of the app's own paths."
                )
            return addresses.prefix(given)
    return ""


def _prices(reader: Reader) -> Mapping[str, float]:
    """`input_audio=32,output_audio=64`: what is not named keeps its price. `cached` is for all three kinds of it."""
    of_words = (TRANSCRIPTION + name for name in price_file.BY_MINUTE | price_file.BY_TOKENS)
    known = sorted({*price_file.KINDS, *of_words, "cached"})
    prices: dict[str, float] = {}
    for word in reader.words("VOICEAPP_PRICES"):
        name, _, amount = word.partition("=")
        if name not in known or not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", amount):
            raise SettingError(f"VOICEAPP_PRICES holds {word!r}; it takes NAME=AMOUNT with {', '.join(known)}.")
        prices[name] = float(amount)
    cached = prices.pop("cached", None)
    every = {} if cached is None else {f"cached_{kind}": cached for kind in price_file.INPUTS}
    return {**every, **prices}


def _redis_url(reader: Reader) -> Secret:
    url = reader.secret("REDIS_URL")
    if url and not re.match(r"(rediss?|unix)://", url.reveal()):
        raise SettingError("REDIS_URL must be an address such as redis://localhost:6379/0.")
    if url and find_spec("redis") is None:
        # A platform may have set it, but to count by each worker alone would be a weaker limit than was asked for.
        raise SettingError(
            "REDIS_URL is set, but the redis package is missing. Run: pip install -r requirements-redis.txt "
            "(or start with REDIS_URL= to let each worker count for itself)."
        )
    # Heroku's Redis signs its certificate itself, and Heroku says not to ask for one:
    # https://devcenter.heroku.com/articles/connecting-heroku-redis
    if reader.has("DYNO") and url.reveal().startswith("rediss://") and "ssl_cert_reqs=" not in url.reveal():
        return Secret(url.reveal() + ("&" if "?" in url.reveal() else "?") + "ssl_cert_reqs=none")
    return url


def _check_public(reader: Reader, rules: Rules, *, exposed: bool) -> None:
    public = reader.flag("VOICEAPP_PUBLIC")
    if exposed and not rules.restricted and not public:
        raise SettingError(
            "VOICEAPP_ACCESS_CODE is missing: the app can be reached from outside, so anyone could talk at your cost. "
            "Set it (or VOICEAPP_TRUSTED_PROXIES), or VOICEAPP_PUBLIC=yes to let everyone in. Where PORT is set, "
            "VOICEAPP_HOST=127.0.0.1 keeps the app on this machine."
        )
