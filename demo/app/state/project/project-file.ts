/**
 * Project files: a zip archive of `project.json` (data set and run), `model.safetensors` and, unless the rows were left
 * out, `data.bin` with their arrays.
 */

export const PROJECT = "project.json";
export const MODEL = "model.safetensors";
export const DATA = "data.bin";
export const FORMAT = "softmax-webgpu project";
/** A later version is refused. */
export const VERSION = 1;

const PROJECT_NAME = /\.softmax(?:\.zip)?$/i;

/** Tells by its name whether a file is a project. */
export function isProjectFile({ name }: Pick<File, "name">): boolean {
  return PROJECT_NAME.test(name);
}
