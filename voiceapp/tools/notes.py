"""The shipped tool that keeps notes: of the call, or in a file, for the same person to be told another day."""

import re
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .context import ToolContext
from .declaration import tool

MAX_CHARACTERS, MAX_TOLD = 1_000, 20
# Of one person; and of all calls that were not long ago, where there is no file.
MAX_NOTES, MAX_IN_MEMORY = 500, 10_000
MAX_WORDS = 12
_TABLE = """
create table if not exists notes (number integer primary key, owner text not null, written text not null,
note text not null);
create index if not exists by_owner on notes (owner, number);
"""


class Notes:
    """`file`: a SQLite database; empty: in memory, by call. Its methods are called from any thread."""

    def __init__(self, file: str = "") -> None:
        self._file = file
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    @property
    def tools(self) -> list[Callable[..., Any]]:
        return [self.remember, self.recall, self.forget]

    @tool(
        timeout=10,
        says={"en": "Making a note: {note}", "ja": "メモを保存：{note}", "es": "Tomando nota: {note}"},
        shows=False,
    )
    def remember(self, note: str, context: ToolContext) -> str:
        """Write down something that the person wants you to remember, as one sentence that makes sense by itself.

        Args:
            note: at most 1,000 characters
        """
        if not note.strip() or len(note) > MAX_CHARACTERS:
            return f"Error: a note has 1 to {MAX_CHARACTERS:,} characters."
        written = f"{datetime.now(UTC):%Y-%m-%d}"
        with self._lock, self._open() as database:
            database.execute(
                "insert into notes (owner, written, note) values (?, ?, ?)", (self._owner(context), written, note)
            )
            self._tidy(database, self._owner(context))
        return "Noted."

    @tool(
        timeout=10,
        says={
            "en": ("Looking for notes about {about}", "Looking through the notes"),
            "ja": ("「{about}」のメモを検索", "メモを確認"),
            "es": ("Buscando notas sobre {about}", "Consultando las notas"),
        },
    )
    def recall(self, context: ToolContext, about: str = "") -> list[dict[str, Any]]:
        """Look up what the person had you remember, the most fitting notes first.

        Args:
            about: words that are likely to be in the notes; empty: the latest notes
        """
        found = self._all(self._owner(context))
        words = [word for word in re.findall(r"\w+", about.casefold()) if len(word) > 1][:MAX_WORDS]
        if words:
            fitting = [(sum(word in note.casefold() for word in words), number) for number, _, note in found]
            order = {number: fit for fit, number in fitting if fit}
            found = sorted((each for each in found if each[0] in order), key=lambda each: -order[each[0]])
        return [{"number": number, "written": written, "note": note} for number, written, note in found[:MAX_TOLD]]

    @tool(
        timeout=10,
        says={"en": "Deleting note {number}", "ja": "メモ{number}を削除", "es": "Borrando la nota {number}"},
        shows=False,
    )
    def forget(self, number: int, context: ToolContext) -> str:
        """Delete a note that the person no longer wants you to remember.

        Args:
            number: of the note, as recall tells it
        """
        with self._lock, self._open() as database:
            gone = database.execute(
                "delete from notes where number = ? and owner = ?", (number, self._owner(context))
            ).rowcount
        return "Forgotten." if gone else "Error: there is no note of that number."

    def _owner(self, context: ToolContext) -> str:
        return context.visitor if self._file else context.call

    def _all(self, owner: str) -> list[tuple[int, str, str]]:
        """Newest first."""
        with self._lock, self._open() as database:
            return database.execute(
                "select number, written, note from notes where owner = ? order by number desc", (owner,)
            ).fetchall()

    def _tidy(self, database: sqlite3.Connection, owner: str) -> None:
        database.execute(
            "delete from notes where owner = ?1 and number not in "
            "(select number from notes where owner = ?1 order by number desc limit ?2)",
            (owner, MAX_NOTES),
        )
        if not self._file:
            database.execute(
                "delete from notes where number not in (select number from notes order by number desc limit ?)",
                (MAX_IN_MEMORY,),
            )

    def _open(self) -> sqlite3.Connection:
        """Opened with its first use: never before a fork."""
        if self._database is None:
            self._database = sqlite3.connect(self._file or ":memory:", timeout=5, check_same_thread=False)
            self._database.executescript(_TABLE)
        return self._database

    def close(self) -> None:
        with self._lock:
            if self._database is not None:
                self._database.close()
            self._database = None
