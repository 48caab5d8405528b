"""The WSGI entry: `gunicorn -c gunicorn.conf.py wsgi:app`."""

import sys

from voiceapp import create_app
from voiceapp.errors import SettingError

# With which a worker tells gunicorn not to try it again.
CANNOT_START = 3

try:
    app = create_app()
except SettingError as error:
    print(f"VoiceApp cannot start: {error}", file=sys.stderr, flush=True)  # noqa: T201 - there is no log yet
    sys.exit(CANNOT_START)
