/** Makes sparse rows as hashed texts give them: columns by Zipf's law, some of them of the row's topic. */
import { createRandom } from "../../src/data/random.ts";
import type { SparseMatrix } from "../../src/data/sparse-matrix.ts";

/** Rows N, columns D (a power of 2), topics K, and stored values of each row. */
export interface TopicShape {
  readonly rows: number;
  readonly cols: number;
  readonly topics: number;
  readonly values: number;
}

/** Words of a topic, the rank from which they begin, and how many of a row's are of its topic, of a hundred. */
const TOPIC = { words: 500, from: 1000, share: 10 };

/** An odd factor, by which ranks are spread over the columns. */
const SPREAD = 0x9e3779b1;

/** Returns rows of length 1, and the topic of each. */
export function topicRows({ rows, cols, topics, values }: TopicShape): { x: SparseMatrix; y: number[] } {
  const random = createRandom(cols);
  const indptr = new Uint32Array(rows + 1);
  const indices = new Uint32Array(rows * values);
  const data = new Float32Array(rows * values);
  const y: number[] = [];
  for (let i = 0; i < rows; i++) {
    const topic = random.integer(topics);
    const columns = new Set<number>();
    while (columns.size < values) {
      const isOfTopic = random.integer(100) < TOPIC.share;
      const rank = isOfTopic
        ? TOPIC.from + topic * TOPIC.words + random.integer(TOPIC.words)
        : Math.floor(cols ** random.uniform()) - 1;
      columns.add((Math.imul(rank, SPREAD) >>> 0) % cols);
    }
    y.push(topic);
    indices.set(Uint32Array.from(columns).sort(), i * values);
    data.fill(1 / Math.sqrt(values), i * values, (i + 1) * values);
    indptr[i + 1] = (i + 1) * values;
  }
  return { x: { indptr, indices, data, rows, cols }, y };
}
