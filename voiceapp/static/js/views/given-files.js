// What was pasted or dropped, and which of it is a picture to be shown.

/** The person types there, and what they paste is for that. */
const BOX = "message"

/**
 * Whether a picture that is pasted is to be shown: not where words come with it that the person pastes into a text, as
 * of a spreadsheet, nor into another field than what they say.
 * @param {Pick<ClipboardEvent, "target" | "clipboardData">} event
 */
export function isShown({ target, clipboardData }) {
  const field = target instanceof Element ? target.closest("input, textarea, [contenteditable]") : null
  return !field || (field.id === BOX && !isText(clipboardData?.types ?? []))
}

/**
 * A file that is copied has its name as a text, and a picture of a page its address: neither has both forms.
 * @param {readonly string[]} types
 */
export function isText(types) {
  return types.includes("text/plain") && (types.includes("text/html") || types.includes("text/rtf"))
}

/**
 * Those that may be pictures: of some kinds a system does not know the name.
 * @template {{type: string}} Given
 * @param {Given[]} files
 */
export function filesIn(files) {
  return files.filter(({ type }) => type === "" || type.startsWith("image/"))
}
