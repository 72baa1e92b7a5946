/** @jsxImportSource preact */
/** Starts the benchmark page. The only place that knows what does the measuring. */
import { render } from "preact";
import { runBenchmark } from "../measure/run-benchmark.ts";
import { App } from "./app.tsx";

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no element #app");
render(<App runBenchmark={runBenchmark} />, place);
