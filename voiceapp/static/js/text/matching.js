// Finding by words: each word asked for must be there, in any case, width and accent, in either kana.

/** @param {string} text @param {string} query */
export function matches(text, query) {
  const found = plain(text)
  return wordsOf(query).every(word => found.includes(word))
}

/** @param {string} query */
export function wordsOf(query) {
  return plain(query).split(/\s+/).filter(Boolean)
}

/** @param {string} text */
export function plain(text) {
  const bare = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFKC").toLowerCase()
  return bare.replace(/[\u30a1-\u30f6]/g, kana => String.fromCharCode(kana.charCodeAt(0) - 0x60))
}
