/**
 * The command `npm run bench`: measures training steps in headless Chrome, beside other libraries where asked to,
 * and prints a table; `--json FILE` keeps the figures with the machine and the versions they belong to.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { createServer } from "vite";
import { launchChrome } from "../demo/headless/chrome.ts";
import { kernels } from "../src/backends/vite-plugin-kernels.ts";
import type { BenchShape } from "./contender.ts";
import type { ShapeReport } from "./page.ts";

const SHAPES = "128x784x10,1024x784x10,4096x784x10,1024x768x100,1024x512x1000";
const PEERS = [
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-core/dist/register_all_gradients",
  "@tensorflow/tfjs-backend-wasm",
  "@jax-js/jax",
];
const ROUNDS = { full: 9, quick: 3 };

interface Arguments {
  readonly shapes: readonly BenchShape[];
  readonly peers: boolean;
  readonly quick: boolean;
  readonly json?: string;
}

/** Runs the command; gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const options = parse(argv);
  const server = await createServer({
    root: fileURLToPath(new URL("..", import.meta.url)),
    configFile: false,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    // Bundled before the page asks for them: a reload in the middle would end the measurement.
    optimizeDeps: { noDiscovery: true, include: options.peers ? PEERS : [] },
    plugins: [kernels()],
  });
  await server.listen();
  const browser = await launchChrome(print);
  try {
    const machine = {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      browser: await browser.version(),
    };
    print(`${machine.cpu}, ${machine.cores} cores, ${machine.browser}`);
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    page.on("pageerror", (error) => print(String(error)));
    await page.goto(`${server.resolvedUrls?.local[0]}bench/page.html`, { waitUntil: "networkidle0" });
    const reports: ShapeReport[] = [];
    for (const shape of options.shapes) {
      const request = { shape, withPeers: options.peers, rounds: options.quick ? ROUNDS.quick : ROUNDS.full };
      const report = await page.evaluate((asked) => window.measureShape(asked), request);
      reports.push(report);
      print(describe(report));
    }
    const record = { date: new Date().toISOString(), machine, reports };
    if (options.json) await writeFile(options.json, `${JSON.stringify(record, null, 2)}\n`);
    return 0;
  } finally {
    await browser.close();
    await server.close();
  }
}

function parse(argv: readonly string[]): Arguments {
  const command = new Command("npm run bench --")
    .description("Measures training steps in headless Chrome.")
    .option("--peers", "measure TF.js and jax-js as well, alternating", false)
    .option("--shapes <NxDxK,…>", "rows × features × classes of the steps", shapes, shapes(SHAPES))
    .option("--quick", "fewer rounds", false)
    .option("--json <file>", "write the figures, machine and versions there")
    .allowExcessArguments(false)
    .parse(argv);
  return command.opts<Arguments>();
}

function shapes(text: string): BenchShape[] {
  return text.split(",").map((shape) => {
    const match = /^([1-9]\d*)x([1-9]\d*)x([1-9]\d*)$/.exec(shape);
    if (!match) throw new InvalidArgumentError("Write shapes as 1024x784x10.");
    const [rows, features, classes] = match.slice(1).map(Number);
    return { rows, features, classes };
  });
}

function describe({ shape, measurements, ceiling, forward }: ShapeReport): string {
  const own = measurements[0].median;
  const lines = measurements.map(({ name, median, min, max, error }) => {
    const times = `${median.toFixed(3).padStart(10)} ms  (${min.toFixed(3)} … ${max.toFixed(3)})`;
    return `  ${name.padEnd(32)}${times.padEnd(38)}${(median / own).toFixed(2).padStart(7)} ×  error ${error.toExponential(1)}`;
  });
  const share = `${forward.toFixed(1)} of ${ceiling.toFixed(1)} GFLOP/s (${((100 * forward) / ceiling).toFixed(0)} %)`;
  const title = `${shape.rows} × ${shape.features} × ${shape.classes}: time of a step; forward pass on one thread: ${share}`;
  return [title, ...lines].join("\n");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
