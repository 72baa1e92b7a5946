/** Three clouds in the plane, and labels of every kind for them. */
export const POINTS = Array.from({ length: 90 }, (_, i) => [
  [0, 4, -4][i % 3] + Math.sin(i * 1.7),
  [4, -3, -3][i % 3] + Math.cos(i * 2.3),
]);
export const NUMBERS = POINTS.map((_, i) => [2, 5, 11][i % 3]);
export const STRINGS = POINTS.map((_, i) => ["wren", "owl", "jay"][i % 3]);
export const SOFT = POINTS.map((_, i) => [0, 1, 2].map((k) => (k === i % 3 ? 0.9 : 0.05)));
