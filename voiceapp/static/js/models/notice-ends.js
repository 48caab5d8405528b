// Every notice, and what ends it. Whoever knows that something is so says it (`Notices.over`), and what waited for it
// goes; nobody takes away a notice by its name. Each is also put away by the person, and by a new call.

/**
 * @typedef {"callOver" | "callReady" | "lineBack" | "sessionBegan" | "turnBegan" | "turnOver" | "changeAsked" |
 *   "soundThrough" | "microphoneOpened" | "microphoneAllowed" | "microphoneChosen" | "microphoneGivenBack" |
 *   "silenceOver" | "speakerFound" | "soundRuns" | "keepingChosen" | "storeFreed" | "sampleAsked"} End
 */

/** True of a call, and said of none that is over. @param {...End} sooner */
const call = (...sooner) => /** @type {End[]} */ (["callOver", ...sooner])
/** Why there is no call: until the next one. @type {End[]} */
const UNTIL_THE_NEXT = []
/** Of this page in this browser: no call changes it. */
const FOR_GOOD = null

/** @type {Record<string, End[] | null>} */
export const ENDS = {
  microphone_denied: call("microphoneOpened", "microphoneAllowed"),
  microphone_missing: call("microphoneOpened"),
  microphone_busy: call("microphoneOpened"),
  microphone_lost: call("microphoneOpened"),
  microphone_failed: call("microphoneOpened"),
  microphone_shut: call("microphoneOpened"),
  microphone_replaced: call("microphoneChosen"),
  microphone_silent: call("silenceOver"),
  microphone_taken: call("microphoneGivenBack", "microphoneOpened"),
  speaker_lost: call("speakerFound"),
  sound_paused: call("soundRuns"),
  sound_failed: call("soundRuns"),
  no_sound: call("soundRuns"),
  sound_dropped: call("soundThrough"),

  connection_lost: call("lineBack"),
  connection_away: call("lineBack"),
  reconnected: call("turnBegan"),
  events_missed: call("turnBegan"),
  call_elsewhere: call("lineBack"),
  talk_wanted: call("lineBack"),
  // What was said meanwhile begins a turn at once: these stand until it is answered.
  resume_refused: call("turnOver"),
  call_over: call("turnOver"),
  moved: call("turnOver"),
  sound_left_out: call("turnOver"),
  talk_shortened: call("turnOver"),
  answer_shortened: call("turnBegan"),
  upstream_lost: call("sessionBegan"),
  engine_starting: call("callReady"),
  upstream_starting: call("callReady"),

  idle_soon: call("turnBegan"),
  overdue: call("turnBegan"),
  no_answer: call("turnBegan"),
  pictures_unseen: call("turnBegan"), picture_refused: call("turnBegan"),
  picture_unreadable: call("turnBegan"), camera_denied: call("turnBegan"), camera_missing: call("turnBegan"),
  tool_loop: call("turnBegan"), tools_missing: call("turnBegan"),
  too_fast: call("turnBegan"),
  upstream_failed: call("turnBegan"),
  rate_limited: call("turnBegan"),
  change_refused: call("changeAsked"),
  renewal_failed: call("changeAsked"),
  too_often: call("changeAsked"),
  transcript_full: call(),
  call_ending: call(),
  budget_low: call(),
  bad_event: call(),
  not_started: call("callReady"),
  already_started: call(),

  bad_setting: UNTIL_THE_NEXT,
  settings_refused: UNTIL_THE_NEXT,
  key_wrong: UNTIL_THE_NEXT,
  no_access: UNTIL_THE_NEXT,
  model_missing: UNTIL_THE_NEXT,
  quota: UNTIL_THE_NEXT,
  beta_refused: UNTIL_THE_NEXT,
  upstream_unreachable: UNTIL_THE_NEXT,
  upstream_not_ready: UNTIL_THE_NEXT,
  upstream_stalled: UNTIL_THE_NEXT,
  upstream_closed: UNTIL_THE_NEXT,
  expired: UNTIL_THE_NEXT,
  engine_missing: UNTIL_THE_NEXT,
  engine_failed: UNTIL_THE_NEXT,
  browser_stalled: UNTIL_THE_NEXT,
  server_stopping: UNTIL_THE_NEXT,
  not_allowed: UNTIL_THE_NEXT,
  wrong_place: UNTIL_THE_NEXT,
  too_many_tries: UNTIL_THE_NEXT,
  too_many_calls: UNTIL_THE_NEXT,
  busy: UNTIL_THE_NEXT,
  idle: UNTIL_THE_NEXT,
  call_too_long: UNTIL_THE_NEXT,
  budget_spent: UNTIL_THE_NEXT,
  internal: UNTIL_THE_NEXT,
  no_websocket: UNTIL_THE_NEXT,
  connection_given_up: UNTIL_THE_NEXT,
  connection_refused: UNTIL_THE_NEXT,
  newer_tab: UNTIL_THE_NEXT,
  taken_over: UNTIL_THE_NEXT,
  ended_away: UNTIL_THE_NEXT,
  client_missing: UNTIL_THE_NEXT,

  server_away: ["lineBack", "sampleAsked"],
  sample_lost: ["sampleAsked"],
  talk_not_kept: ["keepingChosen"],
  talk_not_deleted: ["keepingChosen"],
  talks_blocked: ["storeFreed"],

  talks_newer: FOR_GOOD,
  page_outdated: FOR_GOOD,
  insecure: FOR_GOOD,
  unsupported: FOR_GOOD
}

/** Of a server that knows more than this page. */
export const UNKNOWN = call()

/** Told of what is over already, or told elsewhere too: it goes out of sight by itself, and nothing is to be done. */
export const FADING = new Set([
  "reconnected", "events_missed", "call_elsewhere", "talk_wanted", "resume_refused", "call_over", "moved",
  "sound_left_out", "talk_shortened", "answer_shortened", "sound_dropped", "microphone_replaced", "speaker_lost",
  "tools_missing", "change_refused", "too_often", "transcript_full", "call_ending", "budget_low", "sample_lost",
  "bad_event", "already_started"
])

/** @typedef {"call" | "reload" | "microphone" | "devices" | "sound" | "settings" | "talks"} Help of its button */

/** What helps: one thing each. @type {Record<string, Help>} */
const HELPS = {
  microphone_denied: "microphone", microphone_missing: "microphone", microphone_busy: "microphone",
  microphone_lost: "microphone", microphone_failed: "microphone", microphone_shut: "microphone",
  microphone_silent: "devices", microphone_replaced: "devices", speaker_lost: "devices",
  sound_paused: "sound", sound_failed: "sound", no_sound: "sound",
  client_missing: "reload", page_outdated: "reload", connection_refused: "reload", not_allowed: "reload",
  server_away: "reload", too_many_tries: "reload",
  model_missing: "settings", no_access: "settings", renewal_failed: "settings",
  talk_not_kept: "talks", talk_not_deleted: "talks", talks_newer: "talks", ended_away: "call"
}

/** Nobody at the page can help, or needs to: it says who can, or what to open in its place. */
export const HELPLESS = new Set(["insecure", "unsupported", "wrong_place", "budget_spent", "taken_over"])

/** Where a call ended, another one may do. @param {string} code @param {boolean} fatal @returns {Help | null} */
export function helpOf(code, fatal) {
  if (HELPLESS.has(code)) return null
  return HELPS[code] ?? (fatal ? "call" : null)
}
