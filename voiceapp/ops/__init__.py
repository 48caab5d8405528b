"""For whoever runs it: metrics, log, gunicorn, what is fetched at install."""
