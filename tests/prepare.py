"""Makes sure that the programs the tests drive are there: installs them if allowed, else says what to install."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence

# Program → Debian package.
NEEDED = {
    "chromium": "chromium",
    "espeak-ng": "espeak-ng",
    "flite": "flite",
    "redis-server": "redis-server",
    "node": "nodejs",
    "npm": "npm",
    "sox": "sox",
}
# Where they cannot be had, the tests that drive them are skipped, and say so; Chromium does what its shell would have.
WANTED = {
    "chromium-headless-shell": "chromium-headless-shell",
    "firefox": "firefox-esr",
    "nginx": "nginx",
    "pulseaudio": "pulseaudio",
    "WebKitWebDriver": "webkit2gtk-driver",
    "Xvfb": "xvfb",
}
# A mirror that does not answer is not waited for long.
APT_PATIENCE = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20")
# As tests/browser starts it: without a sandbox, which containers do not allow.
LAUNCH = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank")
LAUNCH_S = 60


def missing(programs: Mapping[str, str] = NEEDED) -> list[str]:
    return [package for program, package in programs.items() if shutil.which(program) is None]


def known(packages: Sequence[str]) -> list[str]:
    """Without those that this system calls otherwise: apt-get would install none of the others either."""
    shown = ["apt-cache", "show", "--no-all-versions"]
    return [package for package in packages if not subprocess.run([*shown, package], capture_output=True).returncode]


def install(packages: Sequence[str]) -> None:
    """Where it fails, apt-get has said why on standard error; what is then missing is told at the end."""
    if not packages:
        return
    print(f"Installing {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", *APT_PATIENCE, *packages]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=environment)


def browser_trouble() -> str:
    """Why Chromium does not start, in its own words; nothing where it does."""
    try:
        done = subprocess.run(
            ["chromium", *LAUNCH], capture_output=True, text=True, errors="replace", timeout=LAUNCH_S, check=False
        )
    except OSError as error:
        return str(error.strerror)
    except subprocess.TimeoutExpired:
        return f"no answer within {LAUNCH_S} s"
    if done.returncode == 0 and "<html>" in done.stdout:
        return ""
    said = done.stderr.strip().splitlines() or ["it gave no reason"]
    return f"exit code {done.returncode}: {said[-1][:300]}"


def main() -> None:
    if missing({**NEEDED, **WANTED}) and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq", *APT_PATIENCE], check=False, stdout=subprocess.DEVNULL)
        install(missing())
        install(known(missing(WANTED)))
    if missing():
        packages = " ".join(missing())
        sys.exit(
            f"The tests need programs that are missing. Please install: {packages}\n"
            f"On Debian and Ubuntu: sudo apt install {packages}"
        )
    trouble = browser_trouble()
    if trouble:
        sys.exit(
            f"The tests drive {shutil.which('chromium')}, which does not start ({trouble}).\n"
            "Try it yourself: chromium --headless --no-sandbox --dump-dom about:blank\n"
            "To run the tests that need no browser: make test-quick"
        )


if __name__ == "__main__":
    main()
