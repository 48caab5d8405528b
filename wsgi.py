"""The WSGI entry: `gunicorn -c gunicorn.conf.py wsgi:app`."""

from voiceapp import create_app

app = create_app()
