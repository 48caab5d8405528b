// What the page knows of what docs/wire.md holds, for the type checker only. `Wire` is made from the server's own
// definitions (tests/js/wire.d.ts).

/** @typedef {Wire.TurnChanged["state"]} TurnState */
/** @typedef {Wire.ItemPlaced["role"]} Role */

/** @typedef {Wire.Renewed} Renewed what a session is made of */
/** @typedef {Wire.Ready} Ready */
/** @typedef {Wire.Resumed} Resumed */

/** @typedef {Wire.ItemPlaced} Place */
/** @typedef {{item: string, part: number, parts: number, data: string}} PicturePart of a JPEG, as base64 */
/**
 * @typedef {"asked" | "running" | "done" | "failed" | "declined" | "unknown"} ToolState `unknown`: the call was over
 *   before its end
 */
/** @typedef {{name: string, arguments: string, state: ToolState, result?: string,
 *   progress?: string, link?: Wire.Link, says?: Wire.Sentence[], shows?: boolean, fault?: string}} Tool */
/** @template U @typedef {U extends unknown ? keyof U : never} KeyOf */
/** @template U @template {PropertyKey} K @typedef {U extends {[key in K]?: infer V} ? V : never} At */
/** @template U @typedef {{[key in KeyOf<U>]?: At<U, key>}} Merged what any of them may hold */
/** @typedef {Merged<Wire.Told["transcript"][1]> & {item: string, tool?: Tool}} Wording with what is known of a tool */
/**
 * @typedef {{code: string, after_s?: number | null, host?: string, origin?: string} & Partial<Wire.Notice>} Trouble a
 *   notice, also one of the page's own; with `wrong_place`, what was compared
 */
/** @typedef {Wire.Log} LogLine */
/** @typedef {Wire.Cost} Cost */
/** @typedef {Wire.Transcribing} Transcribed */
/** @typedef {Wire.Used} Usage */
/** @typedef {Wire.Latency} Answered */
/** @typedef {Wire.Limits} Limits */
/** @typedef {Wire.Usage} Tokens */

export {}
