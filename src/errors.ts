/**
 * The errors this library throws. Each names the argument at fault, what was given and what would be
 * accepted, and is thrown before anything is allocated or changed unless its class says otherwise.
 * Aborting through an `AbortSignal` rejects with the signal's own reason instead, as on the web platform.
 */

/** Base of every error thrown on purpose by this library. */
export abstract class SoftmaxError extends Error {
  /** The argument, option or file the error is about, for example `"x"` or `"batchSize"`. */
  readonly argument: string;

  constructor(argument: string, message: string, options?: ErrorOptions) {
    super(`${argument}: ${message}`, options);
    this.argument = argument;
  }
}

/** Rows, columns or lengths do not fit each other. */
export class ShapeError extends SoftmaxError {
  override readonly name = "ShapeError";
}

/** Values that cannot be trained on: NaN, infinity, impossible labels, rows that are no distribution. */
export class DataError extends SoftmaxError {
  override readonly name = "DataError";
}

/** An option outside its range or of the wrong type. */
export class OptionError extends SoftmaxError {
  override readonly name = "OptionError";
}

/** A call the object cannot answer now: predict before fit, use after dispose, two fits at once. */
export class StateError extends SoftmaxError {
  override readonly name = "StateError";
}

/** More than this device, or 32-bit indices, can hold. */
export class LimitError extends SoftmaxError {
  override readonly name = "LimitError";
}

/** A file or buffer that is not in the format it should be in. */
export class FormatError extends SoftmaxError {
  override readonly name = "FormatError";
}

/** No device, a device that was lost, a shader that does not compile. May come in the middle of a fit. */
export class DeviceError extends SoftmaxError {
  override readonly name = "DeviceError";
}

/** A part of the library's own code could not be loaded: the network failed, or a file of `dist/` is not served. */
export class LoadError extends SoftmaxError {
  override readonly name = "LoadError";
}

/** Training diverged: losses or parameters became NaN or infinite. The last finite parameters are kept. */
export class DivergenceError extends SoftmaxError {
  override readonly name = "DivergenceError";
}
