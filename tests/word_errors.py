"""How far what was heard is from what was said, in words."""

from voiceapp.engine.brains.numbers import digits


def words(text: str) -> list[str]:
    """Without what is only spelling: case, marks, apostrophes, numbers in letters."""
    plain = text.lower().replace("o'clock", "o clock").replace("'", "")
    return digits("".join(letter if letter.isalnum() else " " for letter in plain)).split()


def errors(said: str, heard: str) -> int:
    """Words to change, add or take away: Levenshtein's distance."""
    wanted, got = words(said), words(heard)
    row = list(range(len(got) + 1))
    for place, word in enumerate(wanted, 1):
        last, row[0] = row[0], place
        for column, other in enumerate(got, 1):
            last, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, last + (word != other))
    return row[-1]


def error_rate(*pairs: tuple[str, str]) -> float:
    """Of what was said and what was heard: errors for each word said."""
    return sum(errors(said, heard) for said, heard in pairs) / sum(len(words(said)) for said, _ in pairs)
