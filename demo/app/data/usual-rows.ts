/** What is measured of the rows of a data set, loaded together. */
export { usualShares } from "./known-words.ts";
export { likenessOf } from "./likeness.ts";
