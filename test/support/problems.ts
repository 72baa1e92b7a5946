/** Seeded problems for tests: those of the conformance check. */
export * from "../../bench/conformance/problems.ts";
