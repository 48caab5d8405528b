"""A room for the page: its microphone hears what is said in it, and the page's own loudspeaker, later and fainter."""

import base64
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# The microphone the page is given is the room's: no browser's echo cancellation or noise suppression helps.
ROOM = """
(() => {
  const connect = AudioNode.prototype.connect
  let room = null
  const furnish = context => {
    const ear = new MediaStreamAudioDestinationNode(context, { channelCount: 1 })
    const delay = new DelayNode(context, { delayTime: ECHO_S })
    const echo = new GainNode(context, { gain: 10 ** (ECHO_DB / 20) })
    connect.call(connect.call(delay, echo), ear)
    return { context, ear, delay }
  }
  const furnished = () => room ??= furnish(window.testContexts[0])
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode && this.context === furnished().context) connect.call(this, room.delay)
    return connect.call(this, target, ...rest)
  }
  navigator.mediaDevices.getUserMedia = async () => {
    const stream = furnished().ear.stream.clone()
    window.testTracks.push(...stream.getTracks())
    return stream
  }
  window.testEar = () => room.ear
  window.testSay = async base64 => {
    const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
    const source = new AudioBufferSourceNode(room.context, { buffer: await room.context.decodeAudioData(bytes.buffer) })
    connect.call(source, room.ear)
    source.start()
    return performance.now()
  }
})()
"""


def room(echo_db: float = -20, echo_ms: float = 80) -> str:
    return ROOM.replace("ECHO_DB", str(echo_db)).replace("ECHO_S", str(echo_ms / 1000))


def say(page: Page, wav: Path) -> Any:
    """Said from now on; the page's clock at that moment."""
    return page.evaluate("testSay", base64.b64encode(wav.read_bytes()).decode())
