// The talks in which the echo guard is measured: an assistant who answers ten times or more, and people who interrupt.

export { RATE } from "./voices.js"
import { FLOORS, live, noise, throughRoom } from "./room.js"
import { RATE, atLevel, say } from "./voices.js"

const ASSISTANT = ["flite", "slt"]
const PEOPLE = [
  ["flite", "rms"], ["flite", "awb"], ["espeak-ng", "en-gb"], ["espeak-ng", "en-us+f3"], ["flite", "kal16"]
]
const ANSWERS = [
  "The garden is full of flowers, and the bees are busy from morning until the sun goes down behind the hill.",
  "Well, there are three things to think about. First, the price. Second, how long it takes. And third, who pays.",
  "It was built in eighteen ninety, burned down twice, and has been a library since the end of the war.",
  "Yes, of course. Take the second street on the left, go past the church, and you will see it on your right.",
  "Most people keep it in the fridge, which is a pity, because it tastes much better when it is warm."
]
const INTERRUPTIONS = [
  "No, that is not what I meant.", "Stop, please.", "Wait, what about tomorrow?", "Okay, and how much is it?", "Hold on a second."
]
/** When people begin to speak, in seconds of the answer. */
const AFTER_S = [0.3, 0.6, 1, 1.5, 2]
const ASSISTANT_DB = -16
const EVERY_S = 5
const BEFORE_S = 1
export const TURNS = 10
/** How a browser may come to cancel an echo. */
export const CANCELLERS = {
  "learns to cancel slowly": { dbPerS: 20, mostDb: 40 },
  "learns to cancel": { dbPerS: 60, mostDb: 40 },
  "learns to cancel soon": { dbPerS: 200, mostDb: 40 },
  "lets through for 200 ms, then nothing": { dbPerS: 2000, mostDb: 60, afterS: 0.2 },
  "lets through for 350 ms, then nothing": { dbPerS: 2000, mostDb: 60, afterS: 0.35 }
}
/** A voice within this time of a person's first sound was heard in time. */
export const IN_TIME_S = 0.5

/** All sound, made once. Throws where a synthesiser is absent. */
export class Talks {
  answers = ANSWERS.map(text => say(ASSISTANT, text, ASSISTANT_DB).subarray(0, 4.2 * RATE))
  people = PEOPLE.map((who, i) => say(who, INTERRUPTIONS[i], -20))
  wet = new Map()

  /** So many answers one after the other, dry and as the room returns them. */
  #playback(count, first) {
    const key = `${count} from ${first}`
    if (!this.wet.has(key)) this.wet.set(key, this.#made(count, first))
    return this.wet.get(key)
  }

  #made(count, first) {
    const playback = new Float32Array((BEFORE_S + count * EVERY_S) * RATE)
    for (let turn = 0; turn < count; turn++) {
      playback.set(this.answers[(first + turn) % ANSWERS.length], (BEFORE_S + turn * EVERY_S) * RATE)
    }
    return { playback, wet: throughRoom(playback, RATE) }
  }

  /** Of ten answers in a row, with nobody in the room, how many a guard takes for a person. */
  falseVoices(guard, { room, echoDb, delayMs, canceller }) {
    const { playback, wet } = this.#playback(TURNS, 0)
    const floor = noise(playback.length, RATE, FLOORS[room])
    const judged = live(guard, RATE, { playback, wet, floor, echoDb, delayMs, canceller })
    const voices = judged.filter(({ judgement }) => judgement === "voice")
    return new Set(voices.map(({ at }) => Math.floor((at - BEFORE_S) / EVERY_S))).size
  }

  /** Of the first answers of five calls, with nobody in the room, how many a guard takes for a person. */
  falseFirst(makeGuard, { room, echoDb, delayMs, canceller }) {
    const taken = (_, first) => {
      const { playback, wet } = this.#playback(1, first)
      const floor = noise(playback.length, RATE, FLOORS[room])
      const judged = live(makeGuard(), RATE, { playback, wet, floor, echoDb, delayMs, canceller })
      return judged.some(({ judgement }) => judgement === "voice")
    }
    return ANSWERS.filter(taken).length
  }

  /**
   * Ten people, each in the first answer of a call of their own, after so many seconds.
   * @returns {number[]} what a guard took to hear them: seconds, or Infinity
   */
  firstAnswers(makeGuard, where, afterS = AFTER_S) {
    const one = first => this.#interrupted(makeGuard(), where, { before: 0, count: 1, first, afterS })[0]
    return Array.from({ length: TURNS }, (_, i) => one(i))
  }

  /** Ten people, each in an answer of one call, from its tenth answer on. */
  laterAnswers(guard, where, afterS = AFTER_S) {
    return this.#interrupted(guard, where, { before: TURNS - 1, count: TURNS, first: 0, afterS })
  }

  /** In the second five of ten others begin at the same moments. @param {number} number */
  #person(number) {
    return this.people[(number + Math.floor(number / PEOPLE.length)) % PEOPLE.length]
  }

  #interrupted(guard, { room, echoDb, delayMs, canceller, personDb }, { before, count, first, afterS }) {
    const { playback, wet } = this.#playback(before + count, first % ANSWERS.length)
    const speech = new Float32Array(playback.length)
    const begins = i => BEFORE_S + (before + i) * EVERY_S + afterS[(first + i) % afterS.length]
    const begun = Array.from({ length: count }, (_, i) => begins(i))
    begun.forEach((at, i) => speech.set(atLevel(this.#person(first + i), personDb), Math.round(at * RATE)))
    const floor = noise(playback.length, RATE, FLOORS[room])
    const judged = live(guard, RATE, { playback, wet, speech, floor, echoDb, delayMs, canceller })
    return begun.map(at => heardAfter(judged, at))
  }
}

/** What was taken for a person before this one began does not count. */
function heardAfter(judged, begun) {
  return (judged.find(({ at, judgement }) => judgement === "voice" && at >= begun)?.at ?? Infinity) - begun
}
