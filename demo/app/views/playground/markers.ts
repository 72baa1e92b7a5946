/** A shape for each class, so that colour is not all that tells them apart: paths within −1.2 and 1.2 both ways. */

const PLUS = "M-.4-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z";
const CROSS =
  "M0-.55L.6-1.15L1.15-.6L.55 0L1.15 .6L.6 1.15L0 .55L-.6 1.15L-1.15 .6L-.55 0L-1.15-.6L-.6-1.15Z";
const STAR = "M0-1.2L.35-.4L1.2-.35L.55 .2L.75 1.05L0 .6L-.75 1.05L-.55 .2L-1.2-.35L-.35-.4Z";

/** SVG path data, in the order of the classes. */
export const MARKERS = [
  "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
  "M-.9-.9H.9V.9H-.9Z",
  "M0-1.15L1.1 .85H-1.1Z",
  "M0-1.2L1.1 0L0 1.2L-1.1 0Z",
  PLUS,
  "M0 1.15L1.1-.85H-1.1Z",
  STAR,
  CROSS,
] as const;
