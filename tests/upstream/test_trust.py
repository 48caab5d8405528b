"""Whose certificates are believed."""

import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import trustme

from voiceapp.upstream import trust
from voiceapp.upstream.trust import BUNDLE, Trust


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "authority.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


def test_a_name_has_to_be_vouched_for(monkeypatch: pytest.MonkeyPatch, bundle: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    context = Trust().context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1


def test_the_certificates_are_read_once_whoever_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[ssl.SSLContext] = []
    monkeypatch.setattr(trust, "_read", lambda: read.append(made := ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) or made)
    trusted = Trust()
    with ThreadPoolExecutor(8) as pool:
        contexts = set(pool.map(lambda _: trusted.context(), range(50)))
    assert contexts == set(read)
    assert len(read) == 1


def test_a_bundle_of_ones_own_takes_the_place_of_the_systems(monkeypatch: pytest.MonkeyPatch, bundle: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle.with_name("none.pem")))
    monkeypatch.setenv(BUNDLE, str(bundle))
    assert len(Trust().context().get_ca_certs()) == 1
    # Of a folder each is read when it is asked for.
    monkeypatch.setenv(BUNDLE, str(bundle.parent))
    assert Trust().context().get_ca_certs() == []


def test_a_bundle_that_is_none_is_an_error_and_is_tried_again(monkeypatch: pytest.MonkeyPatch, bundle: Path) -> None:
    trusted = Trust()
    broken = bundle.with_name("broken.pem")
    broken.write_text("no certificate")
    monkeypatch.setenv(BUNDLE, str(broken))
    with pytest.raises(OSError):
        trusted.context()
    monkeypatch.setenv(BUNDLE, str(bundle))
    assert len(trusted.context().get_ca_certs()) == 1
