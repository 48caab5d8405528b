// A talk as the recorder writes it down, and its sound.

import { Recorder } from "../../../voiceapp/static/js/history/recorder.js"

export const ABOUT = { id: "t1", title: "", marked: false, began: Date.UTC(2026, 4, 3, 12), model: "m", voice: "v" }

export const entry = (id, role, text, heard = null, kind = "audio") => ({ id, role, kind, text, heard })

export const block = (ms, value) => new Int16Array(24 * ms).fill(value)

/** A call by hand: one question, one answer that waits for sound in the middle and is cut, one line that is typed. */
export async function record() {
  const clock = { ms: 0 }
  const kept = new Map()
  const recorder = new Recorder(ABOUT, () => clock.ms, ({ n }, pcm) => kept.set(n, pcm))
  const at = (ms, act) => { clock.ms = ms; act(recorder) }
  for (let ms = 40; ms <= 1000; ms += 40) at(ms, r => r.soundSent(block(40, 100)))
  at(200, r => r.turnChanged("user"))
  at(900, r => r.itemPlaced({ id: "u1", role: "user", kind: "audio" }))
  at(950, r => r.turnChanged("thinking"))
  at(1000, r => r.itemPlaced({ id: "a1", role: "assistant", kind: "audio" }))
  at(1000, r => r.soundArrived("a1", block(3000, 200)))
  for (const [ms, heard] of [[1500, 0], [1750, 100], [2000, 500]]) at(ms, r => r.playbackMoved("a1", heard))
  at(2010, r => r.playbackUnderran("a1"))
  for (const [ms, heard] of [[2600, 700], [2900, 1000]]) at(ms, r => r.playbackMoved("a1", heard))
  at(3000, r => r.playbackMoved("a1", 1000))
  at(4000, r => r.itemPlaced({ id: "u2", role: "user", kind: "text" }))
  at(5000, r => r.finish())
  const talk = recorder.talk([
    entry("u1", "user", "How are you? Well?"), entry("a1", "assistant", "Fine. And you there?", "Fine. And"),
    entry("u2", "user", "Good *day*", null, "text")
  ], [])
  return { talk, kept }
}

export const words = { language: "en", say: key => (
  { "transcript.you": "You", "transcript.assistant": "Assistant", "transcript.cut": "cut", "talks.unnamed": "Talk" }
)[key] ?? key }
