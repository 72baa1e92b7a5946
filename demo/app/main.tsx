/** Starts the demo: shows digits that are being drawn at once, and loads everything else meanwhile. */
import { render } from "preact";
import type { NamedFile } from "./data/open-context.ts";
import { Drawings, Welcome } from "./welcome.tsx";

async function welcome(place: HTMLElement): Promise<void> {
  let offered: Promise<readonly NamedFile[]> | null = null;
  const drawings = new Drawings();
  const say = (text: string) =>
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
  say("");
  try {
    const { begin } = await import("./begin.tsx");
    await begin(place, { onDrawn: drawings.add, say }, () => offered);
  } catch (error) {
    say(failureText(error));
    // In the console it has its stack.
    reportError(error);
  }
}

function failureText(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `The page did not start (${reason}): reload it once the connection is back, or update the browser.`;
}

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no element #app");
// Not awaited: code of the page imports from this file, and would wait for it forever.
void welcome(place);
