// How loud the assistant's own sound may be in the microphone now. Neither how late it comes back nor how loud is
// known beforehand. So each delay is a possibility of its own, with the most that its gain can be: a microphone that
// stays quieter disproves it. With headphones the first syllables disprove them all; in a room the true one remains,
// since the microphone is never quieter than the echo. All levels are in decibels, one each 10 ms.

import { DelayCorrelation } from "./delay-correlation.js"

const SILENCE_DB = -90
/** Quieter than this, playback makes no echo worth watching. */
const PLAYING_DB = -50
/** In frames: 0 to 660 ms, the way through device, air and device, with a loudspeaker on Bluetooth. */
export const DELAYS = 67
/** In frames: what was heard so long ago is weighed once more by what is known of the echo since. */
export const REMEMBERED = 50
/** A frame of the echo lies across two of the playback, whatever its delay, and a room spreads it over a third. */
const SPREAD = 3
/** A room lets sound die away by 60 dB in about 0.4 seconds. */
const DECAY_DB = 1.5
/** Before anything was played: as loud as loudspeakers come back at their worst. It is soon disproved. */
const FIRST_GAIN = -8
const GAIN = { min: -45, max: 6 }
/** By how much the loudspeaker and the room may change the level of one sound against another. */
const UNEVEN_DB = 4
/** Shares of what a gain is too high by, taken from it in each frame: of the delay that is known, and of the others. */
const LOWER = { known: 0.05, other: 0.35 }
/** In decibels per frame, where the echo is louder than was possible: as fast as somebody turns up the volume. */
const RAISE = 0.3
/** Added in each frame otherwise: what was disproved long ago may have changed. */
const LEAK = 0.01
/** How closely the microphone must follow the playback for its level to be taken as echo, and after how much of it. */
const FOLLOWS = 0.7
const WATCHED_FRAMES = 80
/** Above the microphone's own noise. */
const HEARD_DB = 6
/** Delays beside the closest one at which the microphone follows as well. */
const BESIDE = 2

export class EchoPath {
  watched = 0
  /** In frames; null until it is known. @type {number | null} */
  delay = null
  /** Of the playback, the latest first. */
  playback = history()
  /** The same, as it dies away in a room. */
  reverberant = history()
  /** The loudest of the frames across which one of the echo lies: now, and as far back as is weighed once more. */
  spread = history(REMEMBERED)
  /** The most that may come back, for each delay. */
  gains = new Float32Array(DELAYS).fill(FIRST_GAIN)
  correlation = new DelayCorrelation(DELAYS)

  /** Of the way from loudspeaker to microphone: at most, where the delay is not known. */
  get gain() {
    return this.delay === null ? Math.max(...this.gains) : this.gains[this.delay]
  }

  /**
   * One frame of both.
   * @param {number} microphone
   * @param {number} playback
   * @param {number} floor the level of the microphone's own noise
   */
  add(microphone, playback, floor) {
    push(this.playback, playback)
    push(this.reverberant, Math.max(SILENCE_DB, playback, this.reverberant[0] - DECAY_DB))
    push(this.spread, Math.max(this.reverberant[0], this.reverberant[1], this.reverberant[2]))
    if (playback > PLAYING_DB) this.watched++
    this.correlation.add(Math.max(0, microphone - floor), Math.max(0, playback - PLAYING_DB))
    const follows = this.watched > WATCHED_FRAMES && this.correlation.best > FOLLOWS
    if (follows) this.delay = this.correlation.at
    this.#learn(Math.max(floor, microphone), follows && microphone > floor + HEARD_DB)
  }

  /**
   * The level of the echo that is to be expected, if this is its delay, by what is known of its gain now.
   * @param {number} at
   * @param {number} ago in frames, less than REMEMBERED
   */
  expected(at, ago = 0) {
    return this.gains[at] + this.spread[at + ago]
  }

  /** @param {number} microphone @param {boolean} echoes what is heard now follows the playback */
  #learn(microphone, echoes) {
    const { gains, playback } = this
    const delay = this.delay ?? -Infinity
    for (let at = 0; at < DELAYS; at++) {
      const played = Math.min(playback[at], playback[at + 1], playback[at + 2])
      if (played < PLAYING_DB) continue
      const known = Math.abs(at - delay) <= BESIDE
      const over = gains[at] + played - UNEVEN_DB - microphone
      if (over > 0) gains[at] -= over * (known ? LOWER.known : LOWER.other)
      else gains[at] += known && echoes ? this.#rise(at, microphone) : LEAK
      gains[at] = bounded(gains[at])
    }
  }

  /** @param {number} at @param {number} microphone */
  #rise(at, microphone) {
    return microphone > this.expected(at) ? RAISE : LEAK
  }
}

/** @param {number} gain */
function bounded(gain) {
  return Math.min(GAIN.max, Math.max(GAIN.min, gain))
}

function history(further = 0) {
  return new Float32Array(DELAYS + SPREAD - 1 + further).fill(SILENCE_DB)
}

/** @param {Float32Array} history @param {number} latest */
function push(history, latest) {
  history.copyWithin(1, 0)
  history[0] = latest
}
