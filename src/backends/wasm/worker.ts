/**
 * The script of a worker of the WebAssembly backend, which keeps a share of the rows and answers parameters with a
 * partial gradient. Runs as a Web Worker and in Node's worker_threads, and shares nothing with the page but messages.
 */
import { passOver } from "./backward.ts";
import { WasmDataset } from "./dataset.ts";
import type { Answer, Request } from "./worker-handle.ts";
import { Workspace } from "./workspace.ts";

/** Common part of a Web Worker's scope and Node's parentPort. */
interface Port {
  postMessage(answer: Answer, transfer: ArrayBuffer[]): void;
}

let data: WasmDataset | null = null;
let workspace: Workspace | null = null;

async function answer(request: Request): Promise<{ answer: Answer; transfer: ArrayBuffer[] }> {
  if (request.kind === "open") {
    data = await WasmDataset.create(request.module, request.source);
    workspace = new Workspace(data, request.shape, 1);
    return { answer: { kind: "opened" }, transfer: [] };
  }
  if (!(data && workspace)) throw new Error("a share must be opened first");
  if (request.kind === "weights") {
    data.setWeights(request.sampleWeights);
    return { answer: { kind: "weighted" }, transfer: [] };
  }
  const { pass, rows, scale, weights, partial } = request;
  workspace.weights.set(weights);
  await passOver(workspace, pass, rows, scale, 0);
  partial.set(workspace.partial(0));
  workspace.partial(0).fill(0);
  const sums = workspace.takeSums();
  return { answer: { kind: "partial", weights, partial, sums }, transfer: [weights.buffer, partial.buffer] };
}

function listen(port: Port, onRequest: (handle: (request: Request) => void) => void): void {
  const fail = (error: unknown): void => {
    port.postMessage({ kind: "failed", message: error instanceof Error ? error.message : String(error) }, []);
  };
  onRequest((request) => {
    // An answer that cannot be sent is reported as a failure too; otherwise the trainer would wait for ever.
    void answer(request)
      .then(({ answer, transfer }) => port.postMessage(answer, transfer))
      .catch(fail);
  });
  port.postMessage({ kind: "ready" }, []);
}

const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node?.parentPort) {
  const { parentPort } = node;
  listen(parentPort, (handle) => parentPort.on("message", handle));
} else {
  listen({ postMessage: (message, transfer) => postMessage(message, { transfer }) }, (handle) =>
    addEventListener("message", ({ data }) => handle(data)),
  );
}
