/** Problems at the end of float32 for tests: those of the conformance check. */
export * from "../../bench/conformance/overflows.ts";
