// Test signals, and how far one is from another.

export function tone(hz, rate, samples, level = 0.5) {
  return Float32Array.from({ length: samples }, (_, i) => level * Math.sin(2 * Math.PI * hz * i / rate))
}

export function pcm(samples, seed = 1) {
  let state = seed
  return Int16Array.from(
    { length: samples }, () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 16 - 2 ** 14
  )
}

export function power(samples) {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
}

export function decibels(ratio) {
  return 10 * Math.log10(ratio + 1e-20)
}

/** Signal to error, in decibels. */
export function snr(wanted, got) {
  return decibels(power(wanted) / power(got.map((sample, i) => sample - wanted[i])))
}

export function floats(pcm) {
  return Float32Array.from(pcm, value => value / 32768)
}
