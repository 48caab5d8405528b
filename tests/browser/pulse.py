"""A sound system of one's own: a PulseAudio with a room to speak in and a loudspeaker to listen to."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

HEARD_RATE = 16000
# WebKit takes no loudspeaker's own sound for a microphone.
MICROPHONE = "module-remap-source source_name=microphone master=room.monitor"
PROGRAMS = ("pulseaudio", "pactl", "paplay", "parec")


class Pulse:
    """`room` is a loudspeaker whose sound is the microphone's; at `loudspeaker` is heard what the browser plays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        own = {
            "PULSE_SERVER": f"unix:{folder}/socket",
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_CONFIG": f"{folder}/conf",
        }
        self.environment = {**os.environ, **own}

    def say(self, wav: Path) -> None:
        """Into the microphone, to its end."""
        subprocess.run(["paplay", "--device=room", str(wav)], env=self.environment, check=True)

    def unplug(self) -> None:
        """There is no microphone."""
        self.control("unload-module", "module-remap-source")

    def plug(self) -> None:
        self.control("load-module", *MICROPHONE.split())

    def control(self, *command: str) -> None:
        subprocess.run(["pactl", *command], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    @contextlib.contextmanager
    def listen(self) -> Iterator["Ear"]:
        """Everything that comes out of the loudspeaker meanwhile."""
        ear = Ear(self.folder / "heard.raw")
        shape = ["--format=s16le", "--channels=1", f"--rate={HEARD_RATE}", "--latency-msec=20", "--raw"]
        command = ["parec", "--device=loudspeaker.monitor", *shape, str(ear.file)]
        with subprocess.Popen(command, env=self.environment) as process:
            try:
                ear.wait_until_open()
                yield ear
            finally:
                process.terminate()


class Ear:
    def __init__(self, file: Path) -> None:
        self.file = file
        file.unlink(missing_ok=True)

    def wait_until_open(self) -> None:
        """Silence is heard too."""
        deadline = time.monotonic() + 10
        while not (self.file.exists() and self.file.stat().st_size):
            assert time.monotonic() < deadline
            time.sleep(0.02)

    @property
    def sound(self) -> np.ndarray:
        """Mono, 16 kHz, so far."""
        data = self.file.read_bytes()
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2")

    @property
    def loud_s(self) -> float:
        """How long it was not silent, in seconds."""
        return float((np.abs(self.sound.astype(float)) > 300).sum() / HEARD_RATE)

    @property
    def tones(self) -> set[int]:
        """The loudest frequency of each 100 ms that is not silence, to the nearest 20 Hz."""
        sound = self.sound
        pieces = sound[: len(sound) // 1600 * 1600].reshape(-1, 1600)
        loud = [piece for piece in pieces if np.abs(piece.astype(float)).mean() > 500]
        return {round(int(np.abs(np.fft.rfft(piece)).argmax()) * HEARD_RATE / 1600 / 20) * 20 for piece in loud}


@contextlib.contextmanager
def pulse(folder: Path, rate: int) -> Iterator[Pulse]:
    """Its devices run at this rate."""
    folder.mkdir(mode=0o700)
    made = Pulse(folder)
    # An idle device would change to the other rate for a listener that likes it better.
    (folder / "conf").write_text(f"default-sample-rate = {rate}\nalternate-sample-rate = {rate}\n")
    modules = (
        f"module-native-protocol-unix socket={folder}/socket auth-anonymous=1",
        "module-null-sink sink_name=loudspeaker",
        "module-null-sink sink_name=room channels=1",
        MICROPHONE,
    )
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    command += [part for module in modules for part in ("-L", module)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=made.environment, stdout=log, stderr=log)
    try:
        settle(made, process)
        yield made
    finally:
        process.terminate()
        process.wait(10)


def settle(made: Pulse, process: "subprocess.Popen[bytes]") -> None:
    """Until it answers; from then on the room is the microphone and the loudspeaker the loudspeaker."""
    defaults = ("set-default-source microphone", "set-default-sink loudspeaker")
    deadline = time.monotonic() + 10
    for default in defaults:
        while subprocess.run(["pactl", *default.split()], env=made.environment, capture_output=True).returncode:
            assert process.poll() is None and time.monotonic() < deadline, (made.folder / "log").read_text()
            time.sleep(0.05)
