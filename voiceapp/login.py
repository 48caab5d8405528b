"""The page on which the access code is typed."""

from flask import Blueprint, Response, current_app, redirect, render_template, request

from .access import COOKIE, COOKIE_S, Access
from .admission import wait_s
from .errors import TOO_MANY_TRIES
from .pages import choose_language

LONGEST_CODE = 400  # characters a try may have

login = Blueprint("login", __name__)


@login.get("/login")
def page() -> Response:
    return _page("") if _access().asks_for_code else _home()


@login.post("/login")
def enter() -> Response:
    """Let in, or say why not."""
    access = _access()
    address = access.address(request.environ)
    if not access.may_try(address):
        response = _page(f"notice.{TOO_MANY_TRIES.code}.title", 429)
        response.headers["Retry-After"] = str(wait_s(TOO_MANY_TRIES))
        return response
    given = request.form.get("code", "")
    if len(given) > LONGEST_CODE or not access.is_code(given, address):
        return _page("login.wrong", 403)
    response = _home()
    response.set_cookie(
        COOKIE,
        access.new_cookie(),
        max_age=COOKIE_S,
        secure=access.is_https(request.environ),
        httponly=True,
        samesite="Lax",
    )
    return response


def _page(trouble: str, status: int = 200) -> Response:
    languages = current_app.extensions["voiceapp_languages"]
    language = choose_language(languages)
    html = render_template(
        "login.html",
        language=language,
        strings=languages[language],
        version=current_app.extensions["voiceapp_version"],
        trouble=trouble,
    )
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    # So that the form's Origin is our own, also in browsers that do not say whose page it is otherwise.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _home() -> Response:
    response = redirect("/", 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # flask's redirect gives werkzeug's class, of which this is one


def _access() -> Access:
    access: Access = current_app.extensions["voiceapp_access"]
    return access
