/**
 * A worker of the WebAssembly backend: keeps its share of the rows and answers parameters with a partial
 * gradient. Runs as a Web Worker and in Node's worker_threads; nothing is shared with the page but messages.
 */
import { backward } from "./backward.ts";
import { WasmDataset } from "./dataset.ts";
import type { Answer, Request } from "./protocol.ts";
import { Workspace } from "./workspace.ts";

/** What a Web Worker's scope and Node's parentPort have in common. */
interface Port {
  postMessage(answer: Answer, transfer: ArrayBuffer[]): void;
}

let workspace: Workspace | null = null;

async function answer(request: Request): Promise<{ answer: Answer; transfer: ArrayBuffer[] }> {
  if (request.kind === "open") {
    const data = await WasmDataset.create(request.module, request.source);
    workspace = new Workspace(data, request.shape, 1);
    return { answer: { kind: "opened" }, transfer: [] };
  }
  if (!workspace) throw new Error("a share must be opened first");
  const { rows, scale, weights, partial } = request;
  workspace.weights.set(weights);
  await backward(workspace, rows, scale, 0);
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
    // What cannot be sent back is a failure too; an answer that never comes would be a hang.
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
