"""Installing where something is missing: it ends in reasonable time, says why, and what to do."""

import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import trustme

from tests import prepare
from tests.servers import ROOT
from voiceapp.ops import vendor

pytestmark = pytest.mark.slow

# Debian's own, without python3-venv: it makes the folder and the interpreter, then stops.
DEBIAN = """#!/bin/sh
case "$*" in *"-m venv"*) [ -e "{marker}" ] || {{
    mkdir -p "{venv}/bin"; ln -sf {python} "{venv}/bin/python"
    printf 'home = {home}\\ninclude-system-site-packages = false\\n' > "{venv}/pyvenv.cfg"
    echo "ensurepip is not available" >&2; exit 1
}};; esac
exec {python} "$@"
"""


class Registry:
    """A registry on loopback that refuses, takes connections and never answers, or has a certificate nobody knows."""

    def __init__(self, kind: str) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self._tls: ssl.SSLContext | None = None
        if kind == "unknown authority":
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            trustme.CA().issue_cert("127.0.0.1").configure_cert(self._tls)
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}/"
        if kind != "refuses":
            self._socket.listen(64)
            threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                client = self._socket.accept()[0]
            except OSError:
                return
            self._held.append(client)
            if self._tls is not None:
                # The client hangs up on our certificate.
                with suppress(OSError):
                    self._held.append(self._tls.wrap_socket(client, server_side=True))

    def close(self) -> None:
        self._socket.close()
        for each in self._held:
            each.close()


@pytest.fixture(params=["refuses", "hangs", "unknown authority"])
def registry(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Registry]:
    """What npm and pip ask in this test, with the patience of a test."""
    with ExitStack() as stack:
        registry = Registry(request.param)
        stack.callback(registry.close)
        for name, value in {
            "npm_config_registry": registry.url,
            "npm_config_cache": str(tmp_path / "npm"),
            "npm_config_fetch_timeout": "1000",
            "npm_config_fetch_retries": "0",
            "PIP_INDEX_URL": registry.url,
            "PIP_EXTRA_INDEX_URL": "",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_CACHE_DIR": "1",
            "PIP_RETRIES": "0",
            "PIP_DEFAULT_TIMEOUT": "1",
        }.items():
            monkeypatch.setenv(name, value)
        yield registry


def make(*words: str, timeout: float = 200) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def debian_python(folder: Path, venv: Path) -> tuple[Path, Path]:
    """An interpreter without what makes environments, and the file that stands for `apt install python3-venv`."""
    python, marker = folder / "debian-python", folder / "installed"
    real = Path(sys.executable).resolve()
    python.write_text(DEBIAN.format(marker=marker, venv=venv, python=real, home=real.parent))
    python.chmod(0o755)
    return python, marker


def test_without_pythons_venv_it_is_said_what_to_install(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    python, _ = debian_python(tmp_path, venv)
    done = make(f"{venv}/bin/pip", f"VENV={venv}", f"PYTHON={python}")
    assert done.returncode != 0
    assert "sudo apt install python3-venv" in done.stderr
    assert not venv.exists()


def test_a_half_made_environment_is_completed_and_keeps_what_is_in_it(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    python, marker = debian_python(tmp_path, venv)
    # As earlier versions left it: an interpreter, and no pip.
    subprocess.run([python, "-m", "venv", venv], capture_output=True, check=False)
    assert (venv / "bin" / "python").exists()
    (venv / "kept").touch()
    marker.touch()
    done = make(f"{venv}/bin/pip", f"VENV={venv}", f"PYTHON={python}")
    assert done.returncode == 0, done.stderr
    assert subprocess.run([venv / "bin" / "pip", "--version"], capture_output=True, check=False).returncode == 0
    assert (venv / "kept").exists()


def test_npm_without_a_registry_says_why_and_what_to_do(registry: Registry, tmp_path: Path) -> None:
    tests = tmp_path / "tests" / "js"
    tests.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        (tests / name).write_bytes((ROOT / "tests" / "js" / name).read_bytes())
    done = make("-f", str(ROOT / "Makefile"), "-C", str(tmp_path), "node-packages")
    assert done.returncode != 0
    assert re.search(r"ECONNREFUSED|timeout|certificate", done.stderr), done.stderr
    assert "npm_config_registry" in done.stderr
    assert "NODE_EXTRA_CA_CERTS" in done.stderr


def test_pip_without_a_registry_says_why_and_what_to_do(registry: Registry, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (venv / "bin" / "python").chmod(0o755)
    (venv / "bin" / "pip").touch()
    (tmp_path / "requirements-none.txt").write_text("no-such-package-of-ours==1.0\n")
    words = ("-f", str(ROOT / "Makefile"), "-C", str(tmp_path), f"VENV={venv}")
    done = make(*words, f"{venv}/installed-requirements-none.txt")
    assert done.returncode != 0
    assert "no-such-package-of-ours" in done.stderr
    assert "PIP_INDEX_URL" in done.stderr
    assert not (venv / "installed-requirements-none.txt").exists()


def test_the_pages_client_without_a_registry_says_why(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(vendor, "TARGET", tmp_path / "vendor" / "socket.io.min.js")
    with pytest.raises(vendor.VendorError, match=r"npm failed: .+; pip failed: .+npm_config_registry") as failed:
        vendor.fetch()
    assert re.search(r"(?i)ECONNREFUSED|time[d ]*out|certificate", str(failed.value))
    assert "complete log" not in str(failed.value)


def test_a_source_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(vendor, "DEADLINE_S", 0.2)
    monkeypatch.setattr(vendor, "TARGET", tmp_path / "socket.io.min.js")
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\nexec sleep 30\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(vendor.VendorError, match=r"npm got no answer within 0\.2 s"):
        vendor.fetch()


@pytest.mark.parametrize(
    ("chromium", "reason"),
    [
        ("echo 'missing X server' >&2; exit 1", "exit code 1: missing X server"),
        ("exit 127", "exit code 127: it gave no reason"),
        ("exec sleep 30", "no answer within 0.2 s"),
    ],
)
def test_a_browser_that_does_not_start_is_said_before_the_tests(
    chromium: str, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(prepare, "LAUNCH_S", 0.2 if "sleep" in chromium else 30)
    program = tmp_path / "chromium"
    program.write_text(f"#!/bin/sh\n{chromium}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(prepare, "missing", lambda programs=None: [])
    with pytest.raises(SystemExit) as ended:
        prepare.main()
    assert reason in str(ended.value)
    assert "make test-quick" in str(ended.value)


def test_a_program_that_cannot_be_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        prepare.main()
    assert "apt install chromium espeak-ng" in str(ended.value)


def test_a_package_that_a_system_does_not_know_keeps_no_other_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = tmp_path / "asked"
    programs = {"apt-get": f'echo "$@" >> {asked}', "apt-cache": 'case "$*" in *firefox-esr) exit 100;; esac'}
    for name, does in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SystemExit):
        prepare.main()
    wanted = asked.read_text().splitlines()[-1]
    assert "firefox-esr" not in wanted
    assert wanted.endswith("nginx pulseaudio webkit2gtk-driver xvfb")
