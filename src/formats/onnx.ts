/**
 * A model as an ONNX file, for runtimes that have never heard of this library: one Gemm and one Softmax. Written only;
 * what a file needs to be read back here (options, an interrupted fit) is not in it.
 * Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, whose field numbers stand below.
 */
import { FormatError } from "../errors.ts";
import { concat } from "./bytes.ts";
import { toFloat32Bytes } from "./floats.ts";
import { formatJson } from "./json-write.ts";
import { inPieces } from "./pieces.ts";
import { FORMAT } from "./plain-json.ts";
import { bytesField, type Chunks, intField, lengthOf, stringField } from "./protobuf.ts";
import { checkModel, type SavedModel } from "./saved-model.ts";

/** ONNX 1.8 of November 2020: the first operator set where Softmax works along one axis. */
const OPSET = 13;
const IR_VERSION = 7;

const FLOAT = 1;
const ATTRIBUTE_INT = 2;

/** A protobuf message ends at 2 GiB. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * An ONNX ModelProto: input `x` float32 `[N,D]` with any N, outputs `logits` and `probabilities` float32 `[N,K]`. The
 * logits are already divided by the temperature; standardisation is part of the weights, folded in float64 and
 * then rounded to float32. The classes are in the metadata under `classes`, as JSON.
 *
 * Where a column's mean is very many of its scales away from 0, W·x and b nearly cancel, and float32 loses the digits
 * that a standardisation before W would have kept.
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

/** (W·(x − mean)/scale + b)/T = W′·x + b′ with W′ = W/(scale·T) `[K,D]` and b′ = (b − W·(mean/scale))/T `[K]`. */
async function foldParameters(model: SavedModel): Promise<{ weights: Float32Array; bias: Float32Array }> {
  const { features, standardization, temperature } = model;
  const weights = new Float32Array(model.weights.length);
  const shifted = model.bias.slice();
  await inPieces(weights.length, (begin, end) => {
    for (let at = begin; at < end; at++) {
      const j = at % features;
      const scaled = model.weights[at] / (standardization?.scale[j] ?? 1);
      shifted[Math.floor(at / features)] -= scaled * (standardization?.mean[j] ?? 0);
      weights[at] = scaled / temperature;
      if (!Number.isFinite(weights[at])) throw tooLarge("weights");
    }
  });
  const bias = Float32Array.from(shifted, (value) => value / temperature);
  if (!bias.every(Number.isFinite)) throw tooLarge("bias");
  return { weights, bias };
}

function tooLarge(name: string): FormatError {
  const problem = "too large for float32 with standardisation and temperature folded in";
  return new FormatError(`model.${name}`, problem);
}

/** NodeProto */
function node(operator: string, inputs: readonly string[], output: string, attribute: Chunks): Chunks {
  return [
    ...inputs.flatMap((name) => stringField(1, name)),
    ...stringField(2, output),
    ...stringField(3, operator.toLowerCase()),
    ...stringField(4, operator),
    ...bytesField(5, attribute),
  ];
}

/** AttributeProto */
function intAttribute(name: string, value: number): Chunks {
  return [...stringField(1, name), ...intField(3, value), ...intField(20, ATTRIBUTE_INT)];
}

/** TensorProto */
async function tensor(name: string, shape: readonly number[], values: Float32Array): Promise<Chunks> {
  return [
    ...shape.flatMap((size) => intField(1, size)),
    ...intField(2, FLOAT),
    ...stringField(8, name),
    ...bytesField(9, [await toFloat32Bytes(values)]),
  ];
}

/** ValueInfoProto of a float32 `[N, cols]`: a TypeProto.Tensor with a TensorShapeProto of two dimensions. */
function valueInfo(name: string, cols: number): Chunks {
  const shape = [...bytesField(1, stringField(2, "N")), ...bytesField(1, intField(1, cols))];
  const type = bytesField(1, [...intField(1, FLOAT), ...bytesField(2, shape)]);
  return [...stringField(1, name), ...bytesField(2, type)];
}
