"""The server's half of the handshake."""

import pytest

from voiceapp.net.upgrade import UpgradeError, accept_key, check_upgrade, upgrade_response


class TestUpgrade:
    @pytest.fixture
    def environ(self) -> dict[str, object]:
        return {
            "REQUEST_METHOD": "GET",
            "HTTP_UPGRADE": "h2c, WebSocket",
            "HTTP_CONNECTION": "keep-alive, Upgrade",
            "HTTP_SEC_WEBSOCKET_VERSION": "13",
            "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
        }

    def test_the_example_of_the_rfc(self, environ: dict[str, object]) -> None:
        key = check_upgrade(environ)
        assert accept_key(key) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        assert upgrade_response(key).split(b"\r\n") == [
            b"HTTP/1.1 101 Switching Protocols",
            b"Upgrade: websocket",
            b"Connection: Upgrade",
            b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            b"",
            b"",
        ]

    @pytest.mark.parametrize(
        ("header", "value", "status"),
        [
            ("REQUEST_METHOD", "POST", 400),
            ("HTTP_UPGRADE", None, 426),
            ("HTTP_UPGRADE", "h2c", 426),
            ("HTTP_CONNECTION", None, 400),
            ("HTTP_CONNECTION", "keep-alive", 400),
            ("HTTP_SEC_WEBSOCKET_VERSION", None, 426),
            ("HTTP_SEC_WEBSOCKET_VERSION", "8", 426),
            ("HTTP_SEC_WEBSOCKET_KEY", None, 400),
            ("HTTP_SEC_WEBSOCKET_KEY", "", 400),
            ("HTTP_SEC_WEBSOCKET_KEY", "not base64!", 400),
            ("HTTP_SEC_WEBSOCKET_KEY", "é", 400),
            ("HTTP_SEC_WEBSOCKET_KEY", "c2hvcnQ=", 400),
            ("HTTP_SEC_WEBSOCKET_KEY", "c2V2ZW50ZWVuIGJ5dGVzLi4=", 400),
            ("HTTP_SEC_WEBSOCKET_KEY", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==", 400),
        ],
    )
    def test_refusals(self, environ: dict[str, object], header: str, value: str | None, status: int) -> None:
        changed = {**environ, header: value} if value is not None else {k: v for k, v in environ.items() if k != header}
        with pytest.raises(UpgradeError) as refusal:
            check_upgrade(changed)
        assert (refusal.value.status, refusal.value.message) == (status, str(refusal.value))
