/** @jsxImportSource preact */
/** What the user should read now; screen readers say it when it comes. */
import type { Message } from "../state/session.ts";

/** A box with the message, or an empty one that is ready for it. */
export function MessageBox({ message }: { readonly message: Message | null }) {
  return (
    <div
      role={message?.kind === "error" ? "alert" : "status"}
      class={message ? `message ${message.kind}` : "message-place"}
    >
      {message?.text}
    </div>
  );
}
