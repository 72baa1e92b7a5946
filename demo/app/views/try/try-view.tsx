/** The view "Try": ask the model about a drawing, a picture, a row of a table, a text, or a file of them. */
import { useEffect } from "preact/hooks";
import type { Session } from "../../state/session.ts";
import { PictureTry } from "./picture-try.tsx";
import { RecordView } from "./record/record-view.tsx";

export function TryView({ session }: { readonly session: Session }) {
  useEffect(() => session.likeness.follow(), [session]);
  const { image } = session.dataset.value;
  return image ? <PictureTry session={session} image={image} /> : <RecordView session={session} />;
}
