/** Starts the demo: one session for all views. */
import { render } from "preact";
import { App } from "./app.tsx";
import { digits } from "./data/built-in.ts";
import { Session } from "./state/session.ts";

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no element #app");
const dataset = await digits({ signal: new AbortController().signal, onProgress: () => {} });
place.replaceChildren();
render(<App session={new Session(dataset)} />, place);
