/** Starts the demo: shows what is being prepared, then one session for all views. */
import { render } from "preact";
import { App } from "./app.tsx";
import type { NamedFile } from "./data/open-context.ts";
import { keepForOffline } from "./offline.ts";
import { startSession } from "./state/kept/start.ts";
import { receiveFiles } from "./state/receive-files.ts";
import { startByItself } from "./state/start-by-itself.ts";
import { Drawings, Welcome } from "./welcome.tsx";

async function begin(place: HTMLElement): Promise<void> {
  let offered: Promise<readonly NamedFile[]> | null = null;
  const drawings = new Drawings();
  const show = (text: string) =>
    render(
      <Welcome
        drawings={drawings}
        text={text}
        onFiles={(files) => {
          offered = files;
        }}
      />,
      place,
    );
  show("");
  const session = await startSession({ onDrawn: drawings.add, say: show });
  render(<App session={session} />, place);
  if (offered) void receiveFiles(session, offered);
  else startByItself(session);
  keepForOffline();
}

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no element #app");
await begin(place);
