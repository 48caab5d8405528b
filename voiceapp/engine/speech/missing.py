"""Says that a model or package is missing, and what to do about it."""

INSTALL_ENGINE, INSTALL_JAPANESE = "pip install -r requirements-engine.txt", "pip install -r requirements-japanese.txt"
FETCH_TURN_MODEL = "python -m voiceapp.ops.vendor"


class MissingError(Exception):
    """Names the missing package or file and the command that brings it."""

    def __init__(self, what: str, extra: str = INSTALL_ENGINE) -> None:
        super().__init__(f"The embedded engine needs {what}. Install what it needs: {extra}.")
