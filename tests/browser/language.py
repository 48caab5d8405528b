"""A language that is nobody's, as one file: English in Arabic letters, from right to left."""

import json
import re
import shutil
from pathlib import Path

from tests.servers import ROOT

TAG = "ar"
PACKAGE = "voiceapp"
LATIN = "abcdefghijklmnopqrstuvwxyz"
ARABIC = "ابثدعفجحيغكلمنوپقرستوڤصخطز"
LETTERS = str.maketrans(LATIN + LATIN.upper(), ARABIC + ARABIC)
# What a browser or a person reads as it is: names of settings, files and products, and what is filled in.
KEPT = re.compile(r"(\{\w+\}|VOICEAPP\w*|VoiceApp|https?://|\w+\.txt|OpenAI|WebSockets?|[A-Z]{2,})")
# One, two, few … of which English has two.
FORMS = ("zero", "one", "two", "few", "many", "other")


def translated(text: str) -> str:
    """Each letter by another one: as long as the English text."""
    return "".join(part if at % 2 else part.translate(LETTERS) for at, part in enumerate(KEPT.split(text)))


def texts() -> dict[str, str]:
    english = json.loads((ROOT / PACKAGE / "static" / "i18n" / "en.json").read_text(encoding="utf-8"))
    made = {key: translated(text) for key, text in english.items()}
    many = [key.removesuffix("_other") for key in english if key.endswith("_other")]
    return {
        **made,
        **{f"{key}_{form}": made[f"{key}_other"] for key in many for form in FORMS},
        "page.direction": "rtl",
        "language.name": "العربية",
        "leave.sure": translated(english["leave.sure"]),
    }


def app_with_one_more_file(folder: Path) -> Path:
    """The root of an app that differs from ours in nothing but that file."""
    static = folder / PACKAGE / "static"
    shutil.copytree(ROOT / PACKAGE / "static", static)
    for each in (ROOT / PACKAGE).iterdir():
        if each.name != static.name:
            (folder / PACKAGE / each.name).symlink_to(each)
    for name in ("wsgi.py", "gunicorn.conf.py", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    (static / "i18n" / f"{TAG}.json").write_text(json.dumps(texts(), ensure_ascii=False), encoding="utf-8")
    return folder
