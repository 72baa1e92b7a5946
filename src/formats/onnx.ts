/**
 * Writes a model as an ONNX file for other runtimes: one Gemm and one Softmax. ONNX is not read here: options and an
 * interrupted fit, which a file of this library needs, are not in it.
 * Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, whose field numbers are used below, in the wire
 * format of protobuf: https://protobuf.dev/programming-guides/encoding/
 */
import { inPieces } from "../data/pieces.ts";
import { foldWeights } from "../data/standardization.ts";
import { FormatError } from "../errors.ts";
import { concat, toFloat32Bytes } from "./bytes.ts";
import { checkModel } from "./check-model.ts";
import { formatJson } from "./json-write.ts";
import { FORMAT, type SavedModel } from "./saved-model.ts";

/** Operator set of ONNX 1.8 (November 2020), the first in which Softmax works along one axis. */
const OPSET = 13;
const IR_VERSION = 7;

const FLOAT = 1;
const ATTRIBUTE_INT = 2;

/** Wire types of protobuf: a number, and content after its length. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Largest protobuf message: 2 GiB. */
const MAX_BYTES = 2 ** 31 - 1;

/** Encoded fields of a message, as chunks: large tensors are then copied only once, when the file is joined. */
type Chunks = readonly Uint8Array[];

/**
 * Writes an ONNX ModelProto with the input `x` float32 `[N,D]`, for any N, and the outputs `logits` and `probabilities`
 * float32 `[N,K]`. The logits are divided by the temperature. Standardisation is folded into the weights in float64,
 * which are then rounded to float32. The classes are in the metadata under `classes`, as JSON.
 *
 * If the mean of a column is many of its scales away from 0, W·x and b nearly cancel, and float32 loses digits that a
 * standardisation before W would have kept.
 *
 * @throws FormatError  a model that {@link checkModel} refuses, folded parameters beyond float32, more than 2 GiB
 */
export async function toOnnx(model: SavedModel): Promise<Uint8Array<ArrayBuffer>> {
  const { features, classes } = await checkModel(model);
  if (4 * (features + 1) * classes.length > MAX_BYTES) {
    throw new FormatError("model.weights", "an ONNX file holds 2 GiB at most");
  }
  const { weights, bias } = await foldParameters(model);
  const outputs = ["logits", "probabilities"];
  const graph: Chunks = [
    ...bytesField(1, node("Gemm", ["x", "weights", "bias"], "logits", intAttribute("transB", 1))),
    ...bytesField(1, node("Softmax", ["logits"], "probabilities", intAttribute("axis", -1))),
    ...stringField(2, "softmax_regression"),
    ...bytesField(5, await tensor("weights", [classes.length, features], weights)),
    ...bytesField(5, await tensor("bias", [classes.length], bias)),
    ...bytesField(11, valueInfo("x", features)),
    ...outputs.flatMap((name) => bytesField(12, valueInfo(name, classes.length))),
  ];
  const file: Chunks = [
    ...intField(1, IR_VERSION),
    ...stringField(2, FORMAT),
    ...bytesField(7, graph),
    ...bytesField(8, [...stringField(1, ""), ...intField(2, OPSET)]),
    ...bytesField(14, [...stringField(1, "classes"), ...stringField(2, await formatJson(classes))]),
  ];
  if (lengthOf(file) > MAX_BYTES) throw new FormatError("model", "an ONNX file holds 2 GiB at most");
  return concat(file);
}

/**
 * Folds standardisation and temperature into the parameters: (Ŵ x̂ + b̂)/T = W x + b, with W `[K,D]` and b `[K]`
 * rounded to float32 at the end.
 */
async function foldParameters(model: SavedModel): Promise<{ weights: Float32Array; bias: Float32Array }> {
  const { standardization, temperature } = model;
  const weights = new Float32Array(model.weights.length);
  const foldedBias = model.bias.slice();
  await inPieces(weights.length, (begin, end) => {
    const folded = standardization
      ? foldWeights(model.weights, standardization, foldedBias, begin, end)
      : model.weights.subarray(begin, end);
    for (let at = begin; at < end; at++) {
      weights[at] = folded[at - begin] / temperature;
      if (!Number.isFinite(weights[at])) throw tooLarge("weights");
    }
  });
  const bias = Float32Array.from(foldedBias, (value) => value / temperature);
  if (!bias.every(Number.isFinite)) throw tooLarge("bias");
  return { weights, bias };
}

function tooLarge(name: string): FormatError {
  const problem = "too large for float32 with standardisation and temperature folded in";
  return new FormatError(`model.${name}`, problem);
}

/** Encodes a NodeProto. */
function node(operator: string, inputs: readonly string[], output: string, attribute: Chunks): Chunks {
  return [
    ...inputs.flatMap((name) => stringField(1, name)),
    ...stringField(2, output),
    ...stringField(3, operator.toLowerCase()),
    ...stringField(4, operator),
    ...bytesField(5, attribute),
  ];
}

/** Encodes an AttributeProto. */
function intAttribute(name: string, value: number): Chunks {
  return [...stringField(1, name), ...intField(3, value), ...intField(20, ATTRIBUTE_INT)];
}

/** Encodes a TensorProto. */
async function tensor(name: string, shape: readonly number[], values: Float32Array): Promise<Chunks> {
  return [
    ...shape.flatMap((size) => intField(1, size)),
    ...intField(2, FLOAT),
    ...stringField(8, name),
    ...bytesField(9, [await toFloat32Bytes(values)]),
  ];
}

/**
 * Encodes the ValueInfoProto of a float32 `[N, cols]`: a TypeProto.Tensor with a TensorShapeProto of two dimensions.
 */
function valueInfo(name: string, cols: number): Chunks {
  const shape = [...bytesField(1, stringField(2, "N")), ...bytesField(1, intField(1, cols))];
  const type = bytesField(1, [...intField(1, FLOAT), ...bytesField(2, shape)]);
  return [...stringField(1, name), ...bytesField(2, type)];
}

/** Encodes a field of type int64 or of an enum. Negative numbers take ten bytes, as the format requires. */
function intField(field: number, value: number): Chunks {
  return [varint(8 * field + VARINT), varint(value)];
}

/** Encodes a field of type string. */
function stringField(field: number, text: string): Chunks {
  return bytesField(field, [new TextEncoder().encode(text)]);
}

/** Encodes a field of type bytes, or one that holds a message. */
function bytesField(field: number, content: Chunks): Chunks {
  return [varint(8 * field + LENGTH_DELIMITED), varint(lengthOf(content)), ...content];
}

/** Returns the total length of the chunks in bytes. */
function lengthOf(chunks: Chunks): number {
  return chunks.reduce((total, chunk) => total + chunk.length, 0);
}

/** Encodes a number in seven bits per byte, the lowest first; all bytes except the last have their highest bit set. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) + 0x80);
    rest >>= 7n;
  }
  return Uint8Array.of(...bytes, Number(rest));
}
