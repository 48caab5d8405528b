// PCM16 as base64 and back. Typed arrays are in the host's own order: little-endian wherever there is a browser.

/**
 * @param {Int16Array} pcm
 * @returns {string}
 */
export function encode(pcm) {
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)
  if ("toBase64" in bytes) return /** @type {any} */ (bytes).toBase64()
  let text = ""
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i])
  return btoa(text)
}

/**
 * @param {string} base64
 * @returns {Int16Array<ArrayBuffer>}
 */
export function decode(base64) {
  const bytes = bytesFrom(base64)
  return new Int16Array(bytes.buffer, 0, bytes.byteLength >> 1)
}

/** @param {string} base64 */
function bytesFrom(base64) {
  if ("fromBase64" in Uint8Array) return /** @type {any} */ (Uint8Array).fromBase64(base64)
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
