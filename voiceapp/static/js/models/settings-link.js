// The settings as a link, without anything that is a secret, a person's or a machine's own.

/** The server first: it says which of the others there are. */
const SHARED = [
  "profile", "persona", "model", "voice", "language", "greet", "mode", "threshold", "silence_ms", "prefix_ms",
  "idle_ms", "eagerness",
  "half_duplex", "chunk_ms", "theme", "captions"
]

/** @param {Record<string, unknown>} chosen @param {string} address of the page */
export function linkFor(chosen, address) {
  const link = new URL(address)
  link.search = ""
  link.hash = String(
    new URLSearchParams(SHARED.filter(name => name in chosen).map(name => [name, String(chosen[name])]))
  )
  return link.href
}

/** The settings in a link; whoever takes them checks them. @param {string} hash */
export function sharedIn(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""))
  return Object.fromEntries(SHARED.filter(name => given.has(name)).map(name => [name, read(given.get(name) ?? "")]))
}

/** @param {string} text */
function read(text) {
  if (text === "true" || text === "false") return text === "true"
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text
}
