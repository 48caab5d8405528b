"""For the operator: metrics, log, gunicorn, and the file that is fetched before the first start."""
