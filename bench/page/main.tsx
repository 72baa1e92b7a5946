/** Starts the benchmark page. The only module of the page that imports the measurements. */
import { render } from "preact";
import { runBenchmark } from "../measure/run-benchmark.ts";
import { App } from "./app.tsx";
import { TabAttention } from "./attention.ts";
import { BenchState } from "./state.ts";

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no element #app");
const state = new BenchState(runBenchmark, new TabAttention(document), location.search);
const openLink = () => state.openLink(location.hash);
addEventListener("hashchange", () => void openLink());
await openLink();
render(<App state={state} />, place);
await state.findGpu();
