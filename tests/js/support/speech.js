// Sound with the rhythm of speech: syllables of changing loudness, pitch and length, pauses between phrases; and a room.

export function random(seed) {
  let state = seed
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

/** Speech-like sound of so many seconds, its syllables at about this level (root mean square). */
export function babble(seconds, rate, seed, level = 0.07) {
  const next = random(seed)
  const samples = new Float32Array(Math.round(seconds * rate))
  for (let at = 0; at < samples.length;) {
    const length = Math.round((0.1 + 0.16 * next()) * rate)
    syllable(samples.subarray(at, at + length), rate, 90 + 160 * next(), level * (0.5 + next()), next)
    at += length + Math.round((next() < 0.15 ? 0.25 : 0.02) * rate)
  }
  return samples
}

function syllable(samples, rate, pitch, level, next) {
  const formant = 300 + 1500 * next()
  for (let i = 0; i < samples.length; i++) {
    const shape = Math.sin(Math.PI * i / samples.length) ** 0.6
    const voice = Math.sin(2 * Math.PI * pitch * i / rate) + Math.sin(2 * Math.PI * formant * i / rate) + 0.3 * (next() - 0.5)
    samples[i] = 1.05 * level * shape * voice
  }
}

/** Runs a guard through playback and speech in a room: playback comes back `echoDb` fainter and `delayMs` later, and is ducked while speech is suspected. */
export function converse(guard, rate, { playback, speech, echoDb, delayMs, noiseDb = -65 }) {
  const next = random(99)
  const gain = 10 ** (echoDb / 20)
  const noise = 10 ** (noiseDb / 20) * 1.7
  const heard = Float32Array.from(playback, (_, i) => (speech[i] ?? 0) + noise * (next() - next()))
  const played = Float32Array.from(playback)
  const ways = [[0, 1], [0.011, 0.4], [0.023, -0.3], [0.041, 0.2], [0.067, -0.1]].map(([s, share]) => [Math.round((s + delayMs / 1000) * rate), share * gain])
  const judged = []
  let volume = 1
  for (let at = 0; at + 128 <= played.length; at += 128) {
    const wanted = ["suspected", "voice"].includes(guard.judgement) ? 0.3 : 1
    for (let i = at; i < at + 128; i++) {
      volume += (wanted - volume) / (rate * (wanted < volume ? 0.015 : 0.12))
      played[i] *= volume
      for (const [delay, share] of ways) heard[i + delay] += share * played[i]
    }
    if (guard.hear(heard.subarray(at, at + 128), played.subarray(at, at + 128))) judged.push({ at: at / rate, judgement: guard.judgement })
  }
  return judged
}
