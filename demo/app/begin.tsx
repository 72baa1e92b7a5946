/** Replaces the first picture of the page by the session for all views. Loaded while that picture is shown. */
import { render } from "preact";
import { App } from "./app.tsx";
import type { NamedFile } from "./data/open-context.ts";
import { keepForOffline } from "./offline.ts";
import { type StartHooks, startSession } from "./state/kept/start.ts";
import { receiveFiles } from "./state/receive-files.ts";
import { startByItself } from "./state/start-by-itself.ts";

/** @param offered returns the files that were opened meanwhile; null if there are none */
export async function begin(
  place: HTMLElement,
  hooks: StartHooks,
  offered: () => Promise<readonly NamedFile[]> | null,
): Promise<void> {
  const session = await startSession(hooks);
  render(<App session={session} />, place);
  const files = offered();
  if (files !== null) void receiveFiles(session, files);
  else startByItself(session);
  keepForOffline();
}
