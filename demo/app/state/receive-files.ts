/** Files from anywhere on the page, and the place that each goes to: models and projects to the session, else to the data. */
import { type NamedFile, nameOf } from "../data/open-context.ts";
import { isProjectFile } from "./project/project-file.ts";
import type { Session } from "./session.ts";

const MODEL = /\.(safetensors|onnx)$/i;
const JSON_FILE = /\.json$/i;

/** Gives files that were dropped or pasted to the view if it takes them; else opens them. */
export async function takeOrReceive(session: Session, coming: Promise<readonly NamedFile[]>): Promise<void> {
  // A folder that cannot be read is explained by the opening.
  const files = await coming.catch(() => []);
  if (files.length === 0 || !session.taker?.(files)) await receiveFiles(session, coming);
}

/** Opens files as a model or as data. Messages and errors appear on the page. */
export async function receiveFiles(session: Session, coming: Promise<readonly NamedFile[]>): Promise<void> {
  const { message } = session.run;
  message.value = null;
  const file = await modelAmong(coming);
  if (!file) return session.opening.offer(coming);
  session.opening.cancel();
  message.value = { kind: "notice", text: `Opening ${file.name} …` };
  try {
    if (isProjectFile(file)) await (await import("./project/open-project.ts")).openProject(session, file);
    else await session.adopt(file);
    message.value = { kind: "notice", text: `${file.name} is open.` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = reason.startsWith(`${file.name}: `) ? reason : `${file.name}: ${reason}`;
    message.value = { kind: "error", text, cause: error };
  }
}

/** Returns the file if it is the only one and a model or a project; null for data, and for files that cannot be listed. */
async function modelAmong(coming: Promise<readonly NamedFile[]>): Promise<File | null> {
  // A folder that cannot be read is explained by the opening.
  const files = await coming.catch(() => []);
  if (files.length !== 1) return null;
  const [only] = files;
  const name = nameOf(only);
  if (MODEL.test(name) || isProjectFile(only.file)) return only.file;
  if (!JSON_FILE.test(name)) return null;
  // Without the code that reads, the opening fails as well, and says so.
  const code = await import("../data/tables/formats.ts").catch(() => null);
  return (await code?.isModelFile(only)) ? only.file : null;
}
