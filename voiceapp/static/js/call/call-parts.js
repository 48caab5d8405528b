// What a call is made of and whom it tells, for the type checker only.

/**
 * @typedef {object} CallDelegate
 * @property {() => void} callBegun it is asked for; nothing of it is there yet
 * @property {() => void} callChanged phase, turn, microphone
 * @property {() => void} soundOpened
 * @property {() => void} soundClosed
 * @property {() => void} captionMoved
 * @property {(peak: number) => void} levelMeasured
 * @property {(line: import("../wire.js").LogLine) => void} logArrived
 * @property {(ready: import("../wire.js").Ready) => void} callReadied
 * @property {(resumed: import("../wire.js").Resumed, began: number) => void} callResumed began: unix milliseconds
 * @property {() => void} callTakenBack this page is in the call that it, or another, was in
 * @property {(renewed: import("../wire.js").Renewed) => void} callRenewed
 * @property {(usage: import("../wire.js").Usage) => void} usageArrived
 * @property {(limits: import("../wire.js").Limits) => void} limitsArrived
 * @property {() => void} outboxChanged
 * @property {() => void} picturesChanged
 * @property {(texts: string[]) => void} textsUnsent typed for a call that is over
 */

/**
 * @typedef {object} Parts
 * @property {() => any} connect makes a Socket.IO socket that is not yet connected
 * @property {() => Promise<import("./admission.js").Admission>} ask why a connection may have been refused
 * @property {import("./saved-call.js").SavedCall} savedCall
 * @property {MediaDevices | undefined} devices
 * @property {import("../models/transcript.js").Transcript} transcript
 * @property {import("../models/thumbnails.js").Thumbnails} thumbnails
 * @property {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} drafts of this tab alone
 * @property {import("../models/caption-pace.js").CaptionPace} pace
 * @property {import("../models/notices.js").Notices} notices
 * @property {import("../models/preferences.js").Preferences} preferences
 * @property {import("../history/history-keeper.js").HistoryKeeper} keeper
 * @property {import("../models/stats.js").Stats} stats
 * @property {() => number} now milliseconds
 * @property {() => string | null} checkSupport the code of what makes a call impossible here
 */

export {}
