// A still of the camera, taken on a press: the camera is open as long as the dialog is, and no longer. Loaded with the
// first one.

import { element, icon } from "./element.js"

/**
 * The picture; the code of what is wrong with the camera; or null where the person wants none after all.
 * @param {import("../browser/i18n.js").Words} words
 * @param {Pick<MediaDevices, "getUserMedia">} [devices]
 * @returns {Promise<Blob | string | null>}
 */
export async function takePicture(words, devices = navigator.mediaDevices) {
  const camera = await open(devices)
  if (typeof camera === "string") return camera
  try {
    return await ask(camera, words)
  } finally {
    for (const track of camera.getTracks()) track.stop()
  }
}

/** @param {Pick<MediaDevices, "getUserMedia">} devices */
async function open(devices) {
  try {
    return await devices.getUserMedia({ video: { facingMode: "environment", width: 1280, height: 1280 } })
  } catch (error) {
    return /** @type {DOMException} */ (error).name === "NotAllowedError" ? "camera_denied" : "camera_missing"
  }
}

/**
 * @param {MediaStream} camera
 * @param {import("../browser/i18n.js").Words} words
 * @returns {Promise<Blob | string | null>}
 */
function ask(camera, words) {
  const video = element("video", { autoplay: true, playsinline: true })
  const take = element("button", { type: "button", class: "talk" }, icon("camera"), words.say("pictures.take"))
  const close = element("button", { type: "button", class: "plain" }, words.say("pictures.cancel"))
  const dialog = element(
    "dialog", { class: "camera", "aria-label": words.say("pictures.camera") }, video,
    element("div", { class: "buttons" }, take, close)
  )
  Object.assign(video, { muted: true, srcObject: camera })
  document.body.append(dialog)
  close.addEventListener("click", () => dialog.close())
  dialog.showModal()
  take.focus()
  const picture = taken(dialog, video, take)
  return Promise.race([picture, lost(camera).then(() => { dialog.close(); return "camera_missing" })])
}

/** It is taken away: pulled out, or its leave. @param {MediaStream} camera */
function lost(camera) {
  return Promise.race(camera.getTracks().map(track => new Promise(done => {
    track.addEventListener("ended", done)
    if (track.readyState === "ended") done(null)
  })))
}

/**
 * What was pressed for, once the dialog is closed.
 * @param {HTMLDialogElement} dialog
 * @param {HTMLVideoElement} video
 * @param {HTMLButtonElement} take
 * @returns {Promise<Blob | null>}
 */
function taken(dialog, video, take) {
  return new Promise(done => {
    /** @type {Blob | null} */
    let picture = null
    take.addEventListener("click", async () => {
      picture = await still(video)
      if (picture) dialog.close()
    })
    dialog.addEventListener("close", () => {
      dialog.remove()
      done(picture)
    })
  })
}

/** What it shows now; null before it shows anything. @param {HTMLVideoElement} video @returns {Promise<Blob | null>} */
function still(video) {
  const canvas = document.createElement("canvas")
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight })
  if (!video.videoWidth) return Promise.resolve(null)
  canvas.getContext("2d")?.drawImage(video, 0, 0)
  return new Promise(done => canvas.toBlob(done, "image/jpeg", 0.95))
}
