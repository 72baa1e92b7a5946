/** The Workers that decode pictures: how many there are, and what becomes of those that fail and of what waits. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PictureWorkers } from "../../demo/app/data/pictures/picture-workers.ts";

/** Workers that answer when the test says so. */
const made: FakeWorker[] = [];

class FakeWorker {
  onmessage: (event: { readonly data: Uint8Array | null }) => void = () => {};
  onerror: () => void = () => {};
  tasks = 0;
  isEnded = false;

  constructor() {
    made.push(this);
  }

  postMessage(): void {
    this.tasks++;
  }

  terminate(): void {
    this.isEnded = true;
  }
}

const task = () => ({
  bytes: new Uint8Array(1),
  shape: { width: 1, height: 1, channels: 1 } as const,
  fit: "crop" as const,
});
/** Lets all that is ready go on. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  made.length = 0;
  vi.stubGlobal("Worker", FakeWorker);
  vi.stubGlobal("navigator", { hardwareConcurrency: 1 });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a Worker decodes one picture after the other", async () => {
  const workers = new PictureWorkers();
  const [one, two] = [workers.decode(task()), workers.decode(task())];
  await settled();
  expect(made.map(({ tasks }) => tasks)).toEqual([1]);
  made[0].onmessage({ data: Uint8Array.of(7) });
  expect(await one).toEqual(Uint8Array.of(7));
  await settled();
  made[0].onmessage({ data: null });
  expect(await two).toBeNull();
  expect(made).toHaveLength(1);
});

test("a Worker that failed is ended, and a new one decodes what waits", async () => {
  const workers = new PictureWorkers();
  const [one, two] = [workers.decode(task()), workers.decode(task())];
  const failed = expect(one).rejects.toThrow("did not load");
  await settled();
  made[0].onerror();
  await failed;
  await settled();
  expect(made.map(({ isEnded, tasks }) => [isEnded, tasks])).toEqual([
    [true, 1],
    [false, 1],
  ]);
  made[1].onmessage({ data: null });
  expect(await two).toBeNull();
});

test("what is decoded or waits rejects when the Workers are disposed of, and so does what comes later", async () => {
  const workers = new PictureWorkers();
  const ended = [workers.decode(task()), workers.decode(task())].map((answer) =>
    expect(answer).rejects.toThrow("has ended"),
  );
  await settled();
  workers.dispose();
  await Promise.all(ended);
  expect(made.map(({ isEnded }) => isEnded)).toEqual([true]);
  await expect(workers.decode(task())).rejects.toThrow("has ended");
  expect(made).toHaveLength(1);
});
