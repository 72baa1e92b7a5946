/** @jsxImportSource preact */
/** What the user should read now; screen readers say it when it comes. */
import type { Message } from "../state/session.ts";

/** A place for errors and one for notices: both are there before their text, else it may not be said. */
export function MessageBox({ message }: { readonly message: Message | null }) {
  return (
    <>
      <Place role="alert" kind="error" message={message} />
      <Place role="status" kind="notice" message={message} />
    </>
  );
}

interface PlaceProps {
  readonly role: "alert" | "status";
  readonly kind: Message["kind"];
  readonly message: Message | null;
}

function Place({ role, kind, message }: PlaceProps) {
  const text = message?.kind === kind ? message.text : "";
  return (
    <div role={role} class={text ? `message ${kind}` : "message-place"}>
      {text}
    </div>
  );
}
