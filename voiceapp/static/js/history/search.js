// Finding a talk by its words, in the title or in what was said.

import { plain, wordsOf } from "../text/matching.js"
import { saidIn } from "./talk.js"

/**
 * @param {import("./talk.js").Talk[]} talks
 * @param {string} query
 */
export function search(talks, query) {
  const words = wordsOf(query)
  return talks.filter(talk => {
    const text = plain([talk.title, ...talk.entries.map(saidIn)].join("\n"))
    return words.every(word => text.includes(word))
  })
}
