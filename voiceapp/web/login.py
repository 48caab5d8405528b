"""The login page for the access code, and the page that says why somebody is not let in."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request

from ..admission import identity
from ..admission.access import COOKIE, COOKIE_S, Access
from ..admission.capacity import wait_s
from ..admission.proxies import Environ
from ..errors import TOO_MANY_TRIES
from ..ops import metrics
from .pages import choose_language, root, static_files
from .services import services

MAX_CODE = 400  # characters a try may have

login = Blueprint("login", __name__)


@login.get("/login")
def page() -> Response:
    if _access().asks_for_code:
        return _page("")
    return _home() if request.environ["voiceapp.visitor"] else _unnamed()


@login.post("/login")
def enter() -> Response:
    """Let in, or say why not."""
    access = _access()
    if not access.asks_for_code:
        return page()
    if not access.may_try(request.environ):
        response = _page(f"notice.{TOO_MANY_TRIES.code}.title", 429)
        response.headers["Retry-After"] = str(wait_s(TOO_MANY_TRIES))
        return response
    given = request.form.get("code", "")
    if len(given) > MAX_CODE or not access.is_code(given, request.environ):
        return _page("login.wrong", 403)
    response = _home()
    known = services(current_app).identity
    person = known.of(request.cookies)
    # A new login is the same person, with what is left of the day.
    kept = (identity.COOKIE, known.cookie(person), identity.COOKIE_S), (COOKIE, access.new_cookie(person), COOKIE_S)
    for name, value, age in kept:
        response.set_cookie(
            name,
            value,
            max_age=age,
            path=request.script_root or "/",
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def explainer(app: Flask) -> Callable[[Environ, str, Mapping[str, str]], bytes]:
    """What makes a page, outside of Flask's own handling, for somebody who is not let in."""

    def explain(environ: Environ, why: str, values: Mapping[str, str]) -> bytes:
        with app.request_context(dict(environ)):
            return _render("refused.html", why=why, values=values).encode()

    return explain


def _unnamed() -> Response:
    fault, compared = _access().refusal(request.environ)
    metrics.refused(request.environ["voiceapp.request_id"], fault.code, **compared)
    html = _render("refused.html", why="not_named", values={"header": compared["missing"]})
    return Response(html, 401, {"Cache-Control": "no-store"}, content_type="text/html; charset=utf-8")


def _render(template: str, **values: object) -> str:
    languages = static_files().languages
    language = choose_language(languages)
    values |= {"language": language, "strings": languages[language], "root": root(), "link": _link()}
    return render_template(template, version=static_files().version, **values)


def _page(trouble: str, status: int = 200) -> Response:
    response = Response(_render("login.html", trouble=trouble), status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    # So that the form's Origin is our own, also in browsers that do not say whose page it is otherwise.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _home() -> Response:
    response = redirect((root() or "./") + _link(), 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # flask's redirect gives werkzeug's class, of which this is one


def _link() -> str:
    """The query of the link that led here, as far as it names a language: it goes along until the person is in."""
    asked = request.args.get("lang")
    return f"?lang={asked}" if asked in static_files().languages else ""


def _access() -> Access:
    return services(current_app).access
