"""HTTP: the page, its versioned files, the manifest and worker that make it installable, and `/healthz`."""

import gzip
import hashlib
import json
import mimetypes
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, send_from_directory

from .services import services

STATIC = Path(__file__).parents[1] / "static"
DEFAULT_LANGUAGE = "en"
LANGUAGE_COOKIE = "language"
# So that a page that is dark by choice is not light for its first moment.
THEME_COOKIE = "theme"
THEMES = frozenset({"light", "dark"})
GZIPPED = frozenset({".css", ".js", ".json", ".svg"})
IMPORT = re.compile(r"""^(?:import|export) [^"]*"(\.[^"]+\.js)"$""", re.MULTILINE)
# A line, or some, of nothing but comment; what is bundled keeps its licence.
COMMENT = re.compile(rb"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*)$", re.MULTILINE)
# Within a line: of types.
TYPE_COMMENT = re.compile(rb"/\*\* @(?:(?!\*/)[^\n])*\*/ ?")
# Of a line of ours: no text of several lines stands in a script.
INDENT = re.compile(rb"^ +", re.MULTILINE)
STYLE_COMMENT = re.compile(rb"\s*/\*[\s\S]*?\*/")
STYLE_SPACE = re.compile(rb"\s*([{};])\s*")
# A text that a template asks for, and the beginning of those that a template or a script puts together.
TEMPLATES = STATIC.parent / "templates"
IN_TEMPLATE = re.compile(r"""strings\["([\w.]+)"(?:\]| \+)""")
BEGUN = re.compile(r"""["`]([a-z_.]+\.)(?:\$\{|" \+)""")
# Every word that a script says as it is: a closing quote may open the next.
QUOTED = re.compile(r'"([\w.]+)(?=")')
# Of a language's texts those that come later than the page: with the search, the events, the sound check, past talks,
# a tool, what a call used.
LATER = ("find", "log", "preflight", "search", "talks", "timeline", "tool", "usage")
NOT_LATER = ("log.save", "log.seconds", "preflight.remembered.", "talks.cost", "talks.unnamed")
FOREVER_S = int(timedelta(days=365).total_seconds())

# The camera only where a model sees pictures: there its button is.
POLICY = "microphone=(self), camera=({}), geolocation=()"
HEADERS = MappingProxyType({
    "Content-Security-Policy": "; ".join([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "media-src blob:",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]),
    "Permissions-Policy": POLICY.format(""),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
})  # fmt: skip

pages = Blueprint("pages", __name__)
_NAME = "voiceapp_files"


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """Read once in a process. `languages`: the page's texts by language tag; `version`: the first part of every file's
    address; `gzipped`: files that gzip makes smaller, by name, each compressed when it is first asked for; `modules`:
    the page's scripts, the first one first.
    """

    languages: Mapping[str, Mapping[str, str]]
    version: str
    gzipped: Mapping[str, bytes]
    modules: Sequence[str]


def static_files(app: Flask = current_app) -> StaticFiles:
    """Those of the app; without one, of the app whose request this is."""
    found: StaticFiles = app.extensions[_NAME]
    return found


@cache
def installed() -> StaticFiles:
    """Reads the languages and the files, and names the files' version."""
    return StaticFiles(read_languages(), files_version(), GzippedFiles(), modules())


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.extensions[_NAME] = installed()
    app.register_blueprint(pages)
    app.after_request(_with_headers)


@pages.get("/")
def page() -> Response:
    files = static_files()
    languages = files.languages
    language = choose_language(languages)
    html = render_template(
        "page.html",
        root=root(),
        language=language,
        languages={code: languages[code]["language.name"] for code in sorted(languages)},
        strings=languages[language],
        version=files.version,
        modules=files.modules,
        options=services(current_app).options.shown(language),
        theme=next((theme for theme in request.cookies.getlist(THEME_COOKIE) if theme in THEMES), ""),
    )
    response = _fresh(html, "text/html; charset=utf-8")
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@pages.get("/static/v-<version>/<path:name>")
def versioned(version: str, name: str) -> Response:
    """A file under the version of its content, so that browsers keep it for good.

    Another version's address is none: a page made of two versions would fail where nobody looks.
    """
    if version != static_files().version.removeprefix("v-"):
        abort(404)
    response = _gzipped(name) or send_from_directory(STATIC, name)
    if Path(name).suffix in GZIPPED:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = f"public, max-age={FOREVER_S}, immutable"
    return response


@pages.get("/worker.js")
def worker() -> Response:
    """The service worker, told what to keep; from here it may serve the whole page."""
    version, names = static_files().version, sorted({*file_names(), *static_files().gzipped})
    kept = [f"static/{version}/{name}" for name in names if not name.startswith("worker")]
    head = f"const VERSION = {json.dumps(version)}\nconst FILES = {json.dumps(kept)}\n"
    return _fresh(
        head + (STATIC / "worker" / "offline.js").read_text(encoding="utf-8"), "text/javascript; charset=utf-8"
    )


@pages.get("/manifest.webmanifest")
def manifest() -> Response:
    """What makes the page an app that can be installed."""
    files = static_files()
    languages = files.languages
    language = choose_language(languages)
    icons = f"static/{files.version}/icons"
    said = {
        # Beside this file, wherever that is; who it is follows from where it starts.
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "lang": language,
        "name": languages[language]["app.name"],
        "short_name": languages[language]["app.name"],
        "description": languages[language]["app.description"],
        "background_color": "#f6f5f2",
        "theme_color": "#f6f5f2",
        "icons": [
            {"src": f"{icons}/icon-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": f"{icons}/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"},
            {"src": f"{icons}/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
            {"src": f"{icons}/icon.svg", "sizes": "any", "type": "image/svg+xml"},
        ],
    }
    return _fresh(json.dumps(said, ensure_ascii=False), "application/manifest+json")


@pages.get("/socket.io/")
def socket() -> Response:
    """Python-socketio answers before it comes to Flask, but each event of a page has a request context of this address.

    For one that it does not know Flask keeps an exception with all that is on the stack: a cycle of some twenty frames.
    """
    abort(404)


@pages.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    return {"status": "ok"}, 200


def root() -> str:
    """What an address of ours begins with: the path the app lives under, where it is known; else it is relative."""
    return f"{request.script_root}/" if request.script_root else ""


def choose_language(languages: Mapping[str, Any]) -> str:
    """By link, then by stored choice, then by what the browser asks for."""
    for asked in (request.args.get("lang"), *request.cookies.getlist(LANGUAGE_COOKIE)):
        if asked is not None and asked in languages:
            return asked
    # In the browser's order: Werkzeug takes "en" for "es-MX,en;q=0.5", as only that is spelt as ours is.
    wanted = (tag.lower() for tag, quality in request.accept_languages if quality > 0)
    known = (each for tag in wanted for each in (tag, tag.partition("-")[0]) if each in languages)
    return next(known, DEFAULT_LANGUAGE)


def read_languages() -> dict[str, dict[str, str]]:
    """Every language of the page, by its tag: one flat JSON file each."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in (STATIC / "i18n").glob("*.json")}


def files_version() -> str:
    """A name for the static files' content, the first part of their path."""
    digest = hashlib.sha256()
    for name in file_names():
        digest.update(name.encode())
        digest.update((STATIC / name).read_bytes())
    return f"v-{digest.hexdigest()[:12]}"


def file_names() -> list[str]:
    """Every static file, as it stands in an address."""
    return sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())


class GzippedFiles(Mapping[str, bytes]):
    """The files that gzip makes smaller, as they are now and compressed as far as it goes: see `sent`, `texts_by_file`.

    Each is compressed when it is first asked for: all of them take a tenth of the time of a start.
    """

    def __init__(self) -> None:
        names = (name for name in file_names() if Path(name).suffix in GZIPPED)
        self._contents = {name: (STATIC / name).read_bytes() for name in names} | texts_by_file()
        self._compressed: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        if name not in self._compressed:
            self._compressed[name] = gzip.compress(sent(name, self._contents[name]), mtime=0)
        return self._compressed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)


def texts_by_file() -> dict[str, bytes]:
    """Of each language what scripts say: in one file what any call may need, in others what comes with a part."""
    silent, files = _in_templates_alone(), {}
    for tag, texts in read_languages().items():
        parts: dict[str, dict[str, str]] = {name: {} for name in ("", *LATER)}
        for key, text in texts.items():
            name = key.partition(".")[0]
            if key not in silent:
                parts[name if name in LATER and not key.startswith(NOT_LATER) else ""][key] = text
        for name, part in parts.items():
            file = f"i18n/{tag}.{name}.json" if name else f"i18n/{tag}.json"
            files[file] = json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()
    return files


def sent(name: str, content: bytes) -> bytes:
    """The file as it stands, but without indents, and with empty lines for the comments of a script of ours.

    So line numbers stay. A style has none that anybody asks for, and loses its lines, too.
    """
    if name.endswith(".css"):
        return STYLE_SPACE.sub(rb"\1", STYLE_COMMENT.sub(b"", content))
    if not name.endswith(".js") or name.startswith("vendor/"):
        return content
    without = COMMENT.sub(lambda comment: b"\n" * comment[0].count(b"\n"), content)
    return INDENT.sub(b"", TYPE_COMMENT.sub(b"", without))


def _in_templates_alone() -> frozenset[str]:
    """The keys of texts that stand in pages as they come, and that no script says."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in sorted((STATIC / "js").rglob("*.js")))
    begun, said = tuple(BEGUN.findall(scripts)), set(QUOTED.findall(scripts))
    asked = {key for path in TEMPLATES.glob("*.html") for key in IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))}
    families = tuple(key for key in asked if key.endswith("."))
    keys = {key for key in read_languages()["en"] if key in asked or key.startswith(families)}
    return frozenset(key for key in keys if key not in said and not key.startswith(begun))


def modules(entry: str = "js/main.js") -> list[str]:
    """The script and all it imports: named in the page, they come at once and not one after the other."""
    found = [entry]
    for name in found:
        source = (STATIC / name).read_text(encoding="utf-8")
        for imported in IMPORT.findall(source):
            path = posixpath.normpath(f"{posixpath.dirname(name)}/{imported}")
            if path not in found:
                found.append(path)
    return found


def _gzipped(name: str) -> Response | None:
    """The file as gzip, where there is one; unpacked for a browser that does not take it."""
    content = static_files().gzipped.get(name)
    if content is None:
        return None
    taken = bool(request.accept_encodings["gzip"])
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = Response(content if taken else gzip.decompress(content), mimetype=kind)
    if taken:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _fresh(text: str, kind: str) -> Response:
    """Written for this request, and asked for anew each time."""
    content = text.encode()
    gzipped = bool(request.accept_encodings["gzip"])
    response = Response(gzip.compress(content, 6) if gzipped else content, content_type=kind)
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Encoding")
    return response


def _with_headers(response: Response) -> Response:
    if services(current_app).options.sees:
        response.headers["Permissions-Policy"] = POLICY.format("self")
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
