/**
 * Vite plugin: `import gradient from "…/gradient.wgsl"` gives the shader's linked text together with a manifest of what
 * the text declares, read by wgsl_reflect while building. The host binds by these names, so it cannot drift from the
 * shader, and no parser is shipped. A build for production leaves comments and indentation out of the text.
 */
import { basename } from "node:path";
import type { Plugin } from "vite";
import { ResourceType, type VariableInfo, WgslReflect } from "wgsl_reflect/wgsl_reflect.module.js";
import type { BindingLayout, Shader, UniformField } from "../src/backends/webgpu/shader.ts";
import { compactShader, linkShader } from "./link-wgsl.ts";

/**
 * Makes the plugin. A shader that does not link or parse, or breaks a rule of the manifest, fails the build by name.
 */
export function wgsl(): Plugin {
  let isCompact = false;
  return {
    name: "wgsl-manifest",
    configResolved({ command }) {
      isCompact = command === "build";
    },
    load(id) {
      const file = id.split("?", 1)[0];
      if (!file.endsWith(".wgsl")) return null;
      const code = linkShader(file, (read) => this.addWatchFile(read));
      const shader = reflectShader(basename(file, ".wgsl"), isCompact ? compactShader(code) : code);
      return { code: `export default ${JSON.stringify(shader)};`, map: null, moduleType: "js" };
    },
  };
}

/** Reads the manifest of a linked text, which must have exactly one compute entry point and one bind group. */
export function reflectShader(name: string, code: string): Shader {
  const reflection = parse(name, code);
  const [entry, ...others] = reflection.entry.compute;
  if (!entry || others.length > 0) throw new Error(`${name}.wgsl: expected exactly one compute entry point`);
  const variables = reflection.getBindGroups().flat();
  if (variables.some((variable) => variable.group !== 0))
    throw new Error(`${name}.wgsl: only group 0 is used`);
  const bindings = variables.map(bindingOf);
  if (bindings.length !== reflection.uniforms.length + reflection.storage.length) {
    throw new Error(`${name}.wgsl: two buffers share a binding`);
  }
  return {
    name,
    entryPoint: entry.name,
    code,
    constants: constantsOf(code),
    bindings,
  };
}

function parse(name: string, code: string): WgslReflect {
  try {
    return new WgslReflect(code);
  } catch (cause) {
    throw new Error(`${name}.wgsl: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function bindingOf(variable: VariableInfo): BindingLayout {
  const { name, binding } = variable;
  if (variable.resourceType === ResourceType.Uniform) {
    return { name, binding, type: "uniform", size: variable.size, fields: fieldsOf(variable) };
  }
  if (variable.resourceType !== ResourceType.Storage) throw new Error(`${name}: only buffers can be bound`);
  return {
    name,
    binding,
    type: variable.access === "read_write" ? "storage" : "read-only-storage",
    size: 0,
    fields: [],
  };
}

function fieldsOf(variable: VariableInfo): UniformField[] {
  const members = reflectMembers(variable);
  return members.map(({ name, offset, type }) => {
    if (type.name !== "u32" && type.name !== "f32")
      throw new Error(`${variable.name}.${name}: u32 and f32 fields only`);
    return { name, offset, type: type.name };
  });
}

function reflectMembers(variable: VariableInfo): { name: string; offset: number; type: { name: string } }[] {
  const type: unknown = variable.type;
  if (typeof type === "object" && type !== null && "members" in type && Array.isArray(type.members))
    return type.members;
  throw new Error(`${variable.name}: a uniform must be a struct`);
}

/** Finds the module-scope constants with a literal value, which the specialiser may set. Derived ones follow. */
function constantsOf(code: string): Record<string, number | boolean> {
  const constants: Record<string, number | boolean> = {};
  for (const [, name, value] of code.matchAll(/^const (\w+): (?:u32|bool) = (\d+u|true|false);/gm)) {
    constants[name] = value.endsWith("u") ? Number.parseInt(value, 10) : value === "true";
  }
  return constants;
}
