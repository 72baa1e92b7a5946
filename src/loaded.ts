/** Parts of the library's code that are imported when they are first needed. */
import { wordsOf } from "./device-error.ts";
import { LoadError } from "./errors.ts";

/**
 * Awaits an import. Browsers remember one that failed, so that only a reload of the page helps.
 *
 * @param part  what the code is for, for example `"the WebGPU backend"`
 * @throws LoadError
 */
export async function loaded<M>(code: Promise<M>, part: string): Promise<M> {
  try {
    return await code;
  } catch (cause) {
    const fix = "serve all files of dist/ from one release, check the connection and reload the page";
    throw new LoadError(
      "softmax-webgpu",
      `the code of ${part} could not be loaded: ${wordsOf(cause)}; ${fix}`,
      {
        cause,
      },
    );
  }
}
