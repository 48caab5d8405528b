"""Platforms that run apps behind a router of their own, known by the variables they set."""

from dataclasses import dataclass

from .environment import Reader


@dataclass(frozen=True, slots=True)
class Platform:
    """`marks`: variables of which the platform sets one. `proxies`: how many entries of X-Forwarded-For its router
    writes. `client_header`: where else the router says who asks, whatever the client wrote there; empty: nowhere.
    """

    name: str
    marks: tuple[str, ...]
    proxies: int = 1
    client_header: str = ""
    # A page's Origin arrives as that of the app's own port.
    rewrites_origin: bool = False


# Each as documented by the platform, or observed where it documents nothing.
PLATFORMS = (
    # devcenter.heroku.com/articles/http-routing: the router appends the client's address.
    Platform("Heroku", ("DYNO",)),
    # Cloudflare, then Render's own balancer: "CLIENT, CLOUDFLARE, 10.x.x.x", behind what the client wrote.
    Platform("Render", ("RENDER",), proxies=3, client_header="CF-Connecting-IP"),
    # fly.io/docs/networking/request-headers: the last entry is the app's own address.
    Platform("Fly", ("FLY_APP_NAME",), proxies=2, client_header="Fly-Client-IP"),
    # docs.railway.com/networking/public-networking/specs-and-limits
    Platform("Railway", ("RAILWAY_ENVIRONMENT", "RAILWAY_PROJECT_ID", "RAILWAY_SERVICE_ID"), client_header="X-Real-IP"),
    # cloud.google.com/run/docs/container-contract names the variable; the front end writes the client's address last.
    Platform("Cloud Run", ("K_SERVICE",)),
    Platform("Codespaces", ("CODESPACES",), rewrites_origin=True),
)


def known(reader: Reader) -> Platform | None:
    """The platform this process runs on, if it is one of `PLATFORMS`."""
    return next((each for each in PLATFORMS if any(reader.has(mark) for mark in each.marks)), None)
