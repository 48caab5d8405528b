"""Sees that the system programs the tests drive are there: installs them where allowed, else says what to install."""

import os
import shutil
import subprocess
import sys

# Program → Debian package.
NEEDED = {
    "chromium": "chromium",
    "espeak-ng": "espeak-ng",
    "flite": "flite",
    "redis-server": "redis-server",
    "node": "nodejs",
    "npm": "npm",
}


def missing() -> list[str]:
    return [package for program, package in NEEDED.items() if shutil.which(program) is None]


def main() -> None:
    packages = missing()
    if not packages:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {' '.join(packages)}", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True, **quiet)
    if missing():
        sys.exit(f"The tests need these programs; please install them: {' '.join(missing())}")


if __name__ == "__main__":
    main()
