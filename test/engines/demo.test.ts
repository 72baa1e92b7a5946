/** The demo's first view in every engine that is installed here: it shows digits, learns by itself, and is content. */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildDemo } from "../../demo/server.ts";
import type { Engine } from "../support/engines/engine.ts";
import { ALL_ENGINES, ARE_REQUIRED } from "../support/engines/kinds.ts";
import { type Site, serveSite } from "../support/engines/site.ts";

const FOLDER = join(tmpdir(), `softmax-webgpu-demo-${randomUUID()}`);
/** Longest time of a run, ms. */
const LIMIT = 90_000;

/** Reads what a visitor sees of the run. */
const SEEN = `({
  text: document.body.innerText,
  sentence: document.querySelector(".outcome-sentence")?.innerText ?? "",
  complaints,
  // Pixels that differ from those beside them: a canvas that was drawn on has some.
  drawn: [...document.querySelectorAll("canvas")].filter((canvas) => {
    if (canvas.width * canvas.height === 0) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, at) => at >= 4 && value !== data[at - 4]);
  }).length,
})`;

interface Seen {
  readonly text: string;
  readonly sentence: string;
  readonly complaints: readonly string[];
  readonly drawn: number;
}

let site: Site;

beforeAll(async () => {
  await buildDemo(FOLDER);
  site = await serveSite({ demo: FOLDER });
}, 120_000);

afterAll(async () => {
  site.close();
  await rm(FOLDER, { recursive: true, force: true });
});

/** Waits until the run is done, and returns what is seen then. @throws Error with what is seen instead */
async function untilDone(engine: Engine): Promise<Seen> {
  const start = Date.now();
  for (;;) {
    const seen = (await engine.evaluate(SEEN)) as Seen;
    if (/Done after epoch \d+/.test(seen.text) && seen.sentence) return seen;
    if (Date.now() - start > LIMIT) throw new Error(`not done after ${LIMIT} ms: ${JSON.stringify(seen)}`);
    await wait(200);
  }
}

/** Engines with pages in which no other test opens the demo. */
const ENGINES = ALL_ENGINES.filter(({ hasPages, webGpu }) => hasPages && webGpu === "none");

describe.each(ENGINES.map((kind) => [kind.name, kind] as const))("%s", (name, kind) => {
  const path = kind.find();
  const words = `${name} is not installed (${kind.install})`;
  if (path === null) {
    test.skipIf(!ARE_REQUIRED)(words, () => expect.fail(words));
    return;
  }

  test("learns to read digits by itself, says so, and complains of nothing", async () => {
    const engine = await kind.launch(path);
    try {
      await engine.open(site.address("plain", "demo/"));
      const { sentence, drawn, complaints } = await untilDone(engine);
      expect(sentence).toMatch(/^9\d\d of 1,000 digits it had never seen are right, in [\d.]+ s, on /);
      // A picture of weights for each class, and samples.
      expect(drawn).toBeGreaterThan(10);
      expect(complaints).toEqual([]);
      process.stdout.write(`${name} ${engine.version}: the demo: ${sentence}\n`);
    } finally {
      await engine.close();
    }
  });
});
