"""Sees that the system programs the tests drive are there: installs them where allowed, else says what to install."""

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
# Where they cannot be had, the tests that drive them are skipped, and say so.
WANTED = {"firefox": "firefox-esr", "nginx": "nginx", "pulseaudio": "pulseaudio"}


def missing(programs: Mapping[str, str] = NEEDED) -> list[str]:
    return [package for program, package in programs.items() if shutil.which(program) is None]


def install(packages: Sequence[str], check: bool) -> None:
    if not packages:
        return
    print(f"Installing {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", *packages]
    subprocess.run(command, check=check, stdout=subprocess.DEVNULL, env=environment)


def main() -> None:
    if missing({**NEEDED, **WANTED}) and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=bool(missing()), stdout=subprocess.DEVNULL)
        install(missing(), check=True)
        install(missing(WANTED), check=False)
    if missing():
        sys.exit(f"The tests need these programs; please install them: {' '.join(missing())}")


if __name__ == "__main__":
    main()
