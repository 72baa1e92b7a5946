/** Runs the code that the demo shows. */

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as FunctionConstructor;

/** Runs the code as it stands, but for its imports; `known` are the names that it may use. */
export async function execute(code: string, known: Readonly<Record<string, unknown>>): Promise<unknown> {
  const body = code.replace(/^import .*\n/gm, "").replace("export async function", "return async function");
  return AsyncFunction(...Object.keys(known), body)(...Object.values(known));
}
