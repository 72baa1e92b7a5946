/** Starts the benchmark page. The only module of the page that imports the measurements. */
import { render } from "preact";
import { runBenchmark } from "../measure/run-benchmark.ts";
import { App } from "./app.tsx";
import { TabAttention } from "./attention.ts";
import { askedCheck, CheckState } from "./check-state.ts";
import { BenchState } from "./state.ts";

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no element #app");
const loadCheck = async () => (await import("../conformance/check.ts")).checkConformance;
const attention = new TabAttention(document);
const check = new CheckState(loadCheck, attention, askedCheck(location.search));
const state = new BenchState(check.before(runBenchmark), attention, location.search);
const openLink = () => state.openLink(location.hash);
addEventListener("hashchange", () => void openLink());
await openLink();
render(<App state={state} check={check} />, place);
await state.findGpu();
