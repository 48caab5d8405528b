// When the microphone's sound must not go up because the assistant can be heard: from its first sample until the last
// has
// left the device and died away in the room.

const ROOM_MS = 200

export class HalfDuplex {
  until = -Infinity

  /**
   * @param {{busy: boolean}} player
   * @param {{latencyMs: number}} device
   * @param {number} now milliseconds
   */
  shut({ busy }, { latencyMs }, now) {
    if (busy) this.until = now + latencyMs + ROOM_MS
    return now < this.until
  }
}
