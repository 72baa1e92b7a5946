/** The page side of `npm run train`: runs the job that the command gives it and reports to the command. */
import { type FileName, type Job, type JobEvent, type JobResult, runJob } from "./job.ts";

/** Result or error of the job, for the command. */
export type PageAnswer = { readonly result: JobResult } | { readonly error: string };

declare global {
  interface Window {
    /** Set by the command. */
    report: (event: JobEvent) => Promise<void>;
    /** Called by the command. */
    train: (job: Job) => Promise<PageAnswer>;
  }
}

window.train = async (job) => {
  try {
    const emit = (event: JobEvent) => void window.report(event);
    return { result: await runJob(job, fetchFile, emit, new AbortController().signal) };
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
};

async function fetchFile(name: FileName): Promise<Blob> {
  const response = await fetch(`/data/${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  return response.blob();
}
