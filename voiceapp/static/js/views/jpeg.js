// A picture of any kind that the browser can read, made as large as the model needs it: drawn anew, so that nothing of
// where and by what it was taken goes with it. Loaded with the first one.

/** As docs/wire.md has it. */
const MAX_BYTES = 250_000
/** The longer side, in pixels: of the picture, and of what the conversation shows of it. */
const MAX_PX = 1024, THUMBNAIL_PX = 320
const QUALITIES = [0.85, 0.75, 0.65, 0.5, 0.35]

/** @typedef {{jpeg: string, thumbnail: string}} Prepared base64, and an address with its content */

/** It is none, or of a kind that this browser does not know. */
export class NoPictureError extends Error {}

/** Raises `NoPictureError`. @param {Blob} file @returns {Promise<Prepared>} */
export async function prepare(file) {
  const bitmap = await read(file)
  try {
    const thumbnail = draw(bitmap, THUMBNAIL_PX).toDataURL("image/jpeg", 0.7)
    for (const px of [MAX_PX, MAX_PX / 2]) {
      const canvas = draw(bitmap, px)
      for (const quality of QUALITIES) {
        const blob = await written(canvas, quality)
        if (blob.size <= MAX_BYTES) return { jpeg: await base64(blob), thumbnail }
      }
    }
  } finally {
    bitmap.close()
  }
  throw new NoPictureError()
}

/** Upright, as its camera was held. @param {Blob} file */
async function read(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" })
  } catch {
    throw new NoPictureError()
  }
}

/** @param {ImageBitmap} bitmap @param {number} px its longer side at most */
function draw(bitmap, px) {
  const scale = Math.min(1, px / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement("canvas")
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  const context = canvas.getContext("2d")
  if (!context) throw new NoPictureError()
  // What is transparent would be black.
  context.fillStyle = "#fff"
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingQuality = "high"
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  return canvas
}

/** @param {HTMLCanvasElement} canvas @param {number} quality @returns {Promise<Blob>} */
function written(canvas, quality) {
  return new Promise((done, failed) => {
    canvas.toBlob(blob => blob ? done(blob) : failed(new NoPictureError()), "image/jpeg", quality)
  })
}

/** @param {Blob} blob @returns {Promise<string>} */
function base64(blob) {
  return new Promise((done, failed) => {
    const reader = new FileReader()
    reader.addEventListener("load", () => done(String(reader.result).replace(/^[^,]*,/u, "")))
    reader.addEventListener("error", () => failed(new NoPictureError()))
    reader.readAsDataURL(blob)
  })
}
