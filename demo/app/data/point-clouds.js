/** Seeded clouds of points around a circle. Plain JavaScript, since the page also shows this file as code. */
export function pointClouds({ rows, classes, seed }) {
  // Mulberry32, and of its uniform numbers normal ones by Box and Muller's formula.
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

  const data = new Float32Array(2 * rows);
  for (let i = 0; i < rows; i++) {
    const angle = (2 * Math.PI * (i % classes)) / classes;
    data[2 * i] = 2 * Math.cos(angle) + 0.8 * normal();
    data[2 * i + 1] = 2 * Math.sin(angle) + 0.8 * normal();
  }
  const y = Array.from({ length: rows }, (_, i) => "ABCDEFGH"[i % classes]);
  return { x: { data, rows, cols: 2 }, y };
}
