"""HTTP: the page, its files under a version, and whether this process lives."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request, send_from_directory

STATIC = Path(__file__).parent / "static"
DEFAULT_LANGUAGE = "en"
LANGUAGE_COOKIE = "language"
FOREVER_S = int(timedelta(days=365).total_seconds())

HEADERS = {
    "Content-Security-Policy": "; ".join([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}  # fmt: skip

pages = Blueprint("pages", __name__)


def init_app(app: Flask) -> None:
    """Add the pages; reads the languages and names the files' version once."""
    app.extensions["voiceapp_languages"] = read_languages()
    app.extensions["voiceapp_version"] = files_version()
    app.register_blueprint(pages)
    app.after_request(_with_headers)


@pages.get("/")
def page() -> Response:
    languages: Mapping[str, Mapping[str, str]] = current_app.extensions["voiceapp_languages"]
    language = choose_language(languages)
    html = render_template(
        "page.html",
        language=language,
        languages=sorted(languages),
        strings=languages[language],
        version=current_app.extensions["voiceapp_version"],
    )
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


@pages.get("/static/v-<version>/<path:name>")
def versioned(version: str, name: str) -> Response:
    """A file under the version of its content, so that browsers keep it for good."""
    response = send_from_directory(STATIC, name)
    if version == current_app.extensions["voiceapp_version"].removeprefix("v-"):
        response.headers["Cache-Control"] = f"public, max-age={FOREVER_S}, immutable"
    return response


@pages.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    return {"status": "ok"}, 200


def choose_language(languages: Mapping[str, Any]) -> str:
    """By link, then by stored choice, then by what the browser asks for."""
    for asked in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if asked is not None and asked in languages:
            return asked
    return request.accept_languages.best_match(sorted(languages), DEFAULT_LANGUAGE) or DEFAULT_LANGUAGE


def read_languages() -> dict[str, dict[str, str]]:
    """Every language of the page, by its tag: one flat JSON file each."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in (STATIC / "i18n").glob("*.json")}


def files_version() -> str:
    """A name for the static files' content, the first part of their path."""
    digest = hashlib.sha256()
    for file in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(str(file.relative_to(STATIC)).encode())
        digest.update(file.read_bytes())
    return f"v-{digest.hexdigest()[:12]}"


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
