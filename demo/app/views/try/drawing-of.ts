/** The session's drawing, which the views "Train" and "Try" share. */
import type { ImageShape } from "../../data/demo-dataset.ts";
import type { Session } from "../../state/session.ts";
import { Drawing } from "./drawing.ts";

/** Returns the session's drawing; a new one if the shape of the images has changed. */
export function drawingOf(session: Session, image: ImageShape): Drawing {
  const { drawing } = session;
  const isSame = (["width", "height", "channels"] as const).every(
    (size) => drawing?.image[size] === image[size],
  );
  if (drawing && isSame) return drawing;
  session.drawing = new Drawing(session.dataset, session.run, image);
  return session.drawing;
}
