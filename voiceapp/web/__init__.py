"""HTTP: what every request passes, the page, the login, health."""
