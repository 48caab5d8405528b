// The microphones and loudspeakers there are, and which was chosen. Their names are told only after the microphone was
// allowed; the browser's own stand-ins for the default are left out, since the menu has one.

const STAND_INS = ["", "default", "communications"]
const HEADPHONES = /head(phone|set)|earphone|earbud|airpod|buds\b|ヘッド[フホセ]|イヤ[フホ]/iu
const AT_THE_MOUTH = /hands-?free|ハンズフリー|lavalier|ピンマイク/iu
const IN_THE_ROOM =
  /built-?in|internal|内蔵|macbook|imac|array|アレイ|web ?cam|camera|カメラ|speaker ?phone|スピーカーフォン|conference|会議/iu

/** @typedef {{id: string, label: string}} Device */

export class Devices {
  /** @type {Device[]} */
  microphones = []
  /** @type {Device[]} */
  speakers = []
  defaultSpeaker = ""

  /**
   * @param {Pick<MediaDevices, "enumerateDevices" | "addEventListener"> | undefined} media
   * @param {{devicesChanged: () => void}} delegate
   */
  constructor(media, delegate) {
    this.media = media
    this.delegate = delegate
  }

  start() {
    this.media?.addEventListener("devicechange", () => this.refresh())
    return this.refresh()
  }

  async refresh() {
    const all = await this.media?.enumerateDevices().catch(() => []) ?? []
    const of = (/** @type {string} */ kind) => all.filter(device => device.kind === kind)
    this.microphones = named(of("audioinput"))
    this.speakers = named(of("audiooutput"))
    this.defaultSpeaker = of("audiooutput").find(({ deviceId }) => deviceId === "default")?.label ?? only(this.speakers)
    this.delegate.devicesChanged()
  }

  /** Whether the loudspeaker with this id looks like something on the ears. @param {string} id */
  onEars(id) {
    const label = this.speakers.find(speaker => speaker.id === id)?.label ?? this.defaultSpeaker
    return HEADPHONES.test(label)
  }

  /** @param {Device[]} devices @param {string} id */
  static has(devices, id) {
    return id === "" || devices.some(device => device.id === id)
  }
}

/** Whether the microphone of this name is at an arm's length or further. @param {string} label */
export function isFar(label) {
  return IN_THE_ROOM.test(label) && !HEADPHONES.test(label) && !AT_THE_MOUTH.test(label)
}

/** @param {MediaDeviceInfo[]} infos @returns {Device[]} */
function named(infos) {
  return infos.filter(({ deviceId, label }) => label && !STAND_INS.includes(deviceId))
    .map(({ deviceId, label }) => ({ id: deviceId, label }))
}

/** @param {Device[]} devices */
function only(devices) {
  return devices.length === 1 ? devices[0].label : ""
}
