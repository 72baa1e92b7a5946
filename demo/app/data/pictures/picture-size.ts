/** Reads the size of a PNG or JPEG from its header, before anything is decoded. */
import { viewOf } from "../../../../src/formats/bytes.ts";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8];
/** Markers without a length: TEM, RST0 to RST7, SOI and EOI. */
const BARE = /^(01|d[0-9])$/;
/** Markers of a frame, which begins with its size: SOF0 to SOF15 without DHT, JPG and DAC. */
const FRAME = /^c[0-35-79abd-f]$/;

/** Returns width × height of a PNG or JPEG; null for other pictures and truncated files. */
export function pixelsOf(bytes: Uint8Array): number | null {
  if (startsWith(bytes, PNG)) return pixelsOfPng(bytes);
  return startsWith(bytes, JPEG) ? pixelsOfJpeg(bytes) : null;
}

/** Format: https://www.w3.org/TR/png-3/#11IHDR, always the first chunk. */
function pixelsOfPng(bytes: Uint8Array): number | null {
  if (bytes.length < 24) return null;
  const view = viewOf(bytes);
  return view.getUint32(16) * view.getUint32(20);
}

/** Format: ITU-T T.81, B.2: segments with a length each up to the frame. */
function pixelsOfJpeg(bytes: Uint8Array): number | null {
  const view = viewOf(bytes);
  for (let at = JPEG.length; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1].toString(16).padStart(2, "0");
    // Any number of 0xff may stand before a marker.
    if (marker === "ff") at += 1;
    else if (BARE.test(marker)) at += 2;
    else if (FRAME.test(marker)) return view.getUint16(at + 5) * view.getUint16(at + 7);
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
