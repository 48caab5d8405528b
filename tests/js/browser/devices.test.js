import assert from "node:assert/strict"
import { test } from "node:test"
import { Devices, isFar } from "../../../voiceapp/static/js/browser/devices.js"

const info = (kind, deviceId, label) => ({ kind, deviceId, label })

async function devices(...infos) {
  const made = new Devices({ enumerateDevices: async () => infos, addEventListener() {} }, { devicesChanged() {} })
  await made.start()
  return made
}

test("each device is there once, without the browser's stand-ins and before permission without a name", async () => {
  const made = await devices(
    info("audioinput", "default", "Default - Inner"), info("audioinput", "a", "Inner"), info("audioinput", "", ""),
    info("videoinput", "c", "Camera"), info("audiooutput", "s", "Speakers"))
  assert.deepEqual(made.microphones, [{ id: "a", label: "Inner" }])
  assert.deepEqual(made.speakers, [{ id: "s", label: "Speakers" }])
  assert.ok(Devices.has(made.speakers, "") && Devices.has(made.speakers, "s") && !Devices.has(made.speakers, "x"))
})

test("headphones are known by their name, the default's too", async () => {
  const made = await devices(
    info("audiooutput", "default", "Default - Speakers"), info("audiooutput", "h", "Anna's AirPods"),
    info("audiooutput", "j", "ヘッドホン (USB)"), info("audiooutput", "s", "Speakers")
  )
  assert.deepEqual(["h", "j", "s", ""].map(id => made.onEars(id)), [true, true, false, false])
  assert.ok((await devices(info("audiooutput", "default", "Default - Headset"))).onEars(""))
})

test("a browser that lists nothing has no devices", async () => {
  const made = new Devices(undefined, { devicesChanged() {} })
  await made.start()
  assert.deepEqual(made.microphones, [])
})

test("how far a microphone is, its name tells", () => {
  const far = [
    "MacBook Pro Microphone (Built-in)", "Default - Internal Microphone", "内蔵マイク", "マイク配列 (Realtek) アレイ",
    "HD Webcam C920", "Speakerphone", "Jabra Speak スピーカーフォン"
  ]
  const near = [
    "", "Headset Microphone (USB)", "Headset earpiece", "Anna's AirPods", "ヘッドセット (内蔵)", "Hands-Free AG Audio", "Yeti"
  ]
  assert.deepEqual(far.map(isFar), far.map(() => true))
  assert.deepEqual(near.map(isFar), near.map(() => false))
})
