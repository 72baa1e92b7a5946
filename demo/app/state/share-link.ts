/** The link to share: this page with the built-in data set and the options in use. */
import { fragmentOf } from "./link.ts";
import type { Session } from "./session.ts";

/** Returns the address that opens the session's data set and options elsewhere; own data stay here. */
export function shareLink({ dataset, choices }: Session): string {
  return new URL(fragmentOf("train", dataset.value, choices.value), location.href).href;
}
