/** The contenders of `npm run bench:text`: this library's process, and Python's if it has scikit-learn. */
import { messageOf } from "../measure/text.ts";
import { AskedProcess, type Request } from "./asked-process.ts";

/** A way to fit. */
export interface Contender {
  readonly name: string;
  readonly process: AskedProcess;
  /** Beside λ and the bias. */
  readonly request: Request;
}

/** The processes, each with its vectoriser and its ways to fit. */
export interface Contenders {
  readonly own: AskedProcess;
  /** Null without Python or scikit-learn. */
  readonly python: AskedProcess | null;
  readonly fits: readonly Contender[];
}

/** Starts the processes. `say` is told why Python is not there. */
export async function startContenders(
  scripts: { readonly run: string; readonly python: string },
  { file, folder }: { readonly file: string; readonly folder: string },
  say: (line: string) => void,
): Promise<Contenders> {
  const own = new AskedProcess(process.execPath, [scripts.run, "bench/text/own.ts", file]);
  const started = new AskedProcess("python3", [scripts.python, file, folder]);
  const { python, solvers } = await started.ask<{ solvers: string[] }>({ do: "solvers" }).then(
    ({ solvers }) => ({ python: started, solvers }),
    (error) => {
      say(`(no scikit-learn: ${messageOf(error)})`);
      return { python: null, solvers: [] };
    },
  );
  if (python && !solvers.some((name) => name.startsWith("liblinear-train")))
    say("(no liblinear-train; on Debian: apt-get install liblinear-tools)");
  return {
    own,
    python,
    fits: [
      { name: "this library, one thread", process: own, request: { do: "fit", threads: 1 } },
      { name: "this library", process: own, request: { do: "fit", threads: "auto" } },
      ...solvers.map((solver) => ({
        name: solver.includes("train") ? solver : `scikit-learn ${solver}`,
        process: started,
        request: { do: "fit", solver },
      })),
    ],
  };
}
