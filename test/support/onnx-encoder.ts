/**
 * An encoder as an ONNX file, for tests: h = max(0, x · weights), of any number of rows. The fields of the messages are
 * those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
 */

type Bytes = readonly number[];

/** Float32 among the types of a tensor's elements. */
const FLOAT = 1;

/** Returns the file's bytes. @param weights `[D,H]` */
export function onnxEncoder(weights: Float32Array, features: number, hidden: number): Uint8Array {
  const graph = [
    ...message(1, node("MatMul", ["x", "weights"], "products")),
    ...message(1, node("Relu", ["products"], "h")),
    ...text(2, "encoder"),
    ...message(5, tensor("weights", [features, hidden], weights)),
    ...message(11, rowsOf("x", features)),
    ...message(12, rowsOf("h", hidden)),
  ];
  const operators = [...text(1, ""), ...integer(2, 13)];
  return Uint8Array.from([...integer(1, 7), ...message(7, graph), ...message(8, operators)]);
}

function node(operator: string, inputs: readonly string[], output: string): Bytes {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...text(2, output),
    ...text(3, operator),
    ...text(4, operator),
  ];
}

function tensor(name: string, shape: readonly number[], values: Float32Array): Bytes {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [
    ...shape.flatMap((size) => integer(1, size)),
    ...integer(2, FLOAT),
    ...text(8, name),
    ...message(9, Array.from(bytes)),
  ];
}

/** Encodes the type float32 `[N, cols]` of an input or output. */
function rowsOf(name: string, cols: number): Bytes {
  const shape = [...message(1, text(2, "N")), ...message(1, integer(1, cols))];
  return [...text(1, name), ...message(2, message(1, [...integer(1, FLOAT), ...message(2, shape)]))];
}

function integer(field: number, value: number): Bytes {
  return [...varint(8 * field), ...varint(value)];
}

function text(field: number, content: string): Bytes {
  return message(field, Array.from(new TextEncoder().encode(content)));
}

/** Encodes a field that holds a message, text or bytes, after their length. */
function message(field: number, content: Bytes): Bytes {
  return [...varint(8 * field + 2), ...varint(content.length), ...content];
}

/** Encodes a number in seven bits per byte, the lowest first; all bytes but the last have their highest bit set. */
function varint(value: number): Bytes {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
