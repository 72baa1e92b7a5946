/** Starts the demo: one session for all views. */
import { render } from "preact";
import { App } from "./app.tsx";
import { startSession } from "./state/kept/start.ts";

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no element #app");
const lead = place.querySelector(".lead");
const session = await startSession((text) => {
  if (lead) lead.textContent = text;
});
place.replaceChildren();
render(<App session={session} />, place);
