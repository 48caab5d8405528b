// Where sentences end, so that a screen reader is given whole ones.

/** A wide full stop ends one by itself; any other needs the space behind it, unlike the point in a number. */
const END = /[\p{Sentence_Terminal}…]\p{M}*["'”’»)\]]*\s+|[。！？｡．]\p{M}*["'”’」』）]*\s*|\n+/gu

/**
 * The finished sentences of a text, and the rest that may still grow.
 * @param {string} text
 */
export function sentences(text) {
  const finished = []
  let from = 0
  for (const match of text.matchAll(END)) {
    finished.push(text.slice(from, match.index + match[0].length))
    from = match.index + match[0].length
  }
  return { finished, rest: text.slice(from) }
}
