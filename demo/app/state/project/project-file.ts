/**
 * Project files: a zip archive of `project.json` (data set and run), `model.safetensors` and `data.bin` with the arrays
 * of the rows, unless they were left out or came with the page.
 */

export const PROJECT = "project.json";
export const MODEL = "model.safetensors";
export const DATA = "data.bin";
export const FORMAT = "softmax-webgpu project";
/** Another version is refused. Raise it with every change of what is saved, and of the data that come with the page. */
export const VERSION = 2;

const PROJECT_NAME = /\.softmax(?:\.zip)?$/i;

/** Tells by its name whether a file is a project. */
export function isProjectFile({ name }: Pick<File, "name">): boolean {
  return PROJECT_NAME.test(name);
}
