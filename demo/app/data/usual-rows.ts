/** The measurements that tell whether a row is unlike the training rows, loaded together. */
export { usualShares } from "./known-words.ts";
export { likenessOf } from "./likeness.ts";
