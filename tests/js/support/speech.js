// Sound with the rhythm of speech: syllables of changing loudness, pitch and length, pauses between phrases.

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
    const voice =
      Math.sin(2 * Math.PI * pitch * i / rate) + Math.sin(2 * Math.PI * formant * i / rate) + 0.3 * (next() - 0.5)
    samples[i] = 1.05 * level * shape * voice
  }
}
