// What makes a call impossible in this browser, at this address, with these files.

/**
 * The code of the notice, or null.
 * @param {{isSecureContext: boolean, AudioContext?: unknown, AudioWorkletNode?: unknown, io?: unknown, voiceappLacks?:
 *   string}} `voiceappLacks`: what boot.js did not find window
 */
export function checkSupport({ isSecureContext, AudioContext, AudioWorkletNode, io, voiceappLacks }) {
  if (!isSecureContext) return "insecure"
  if (!AudioContext || !AudioWorkletNode || voiceappLacks) return "unsupported"
  return io ? null : "client_missing"
}
