// fma: independent chains of multiply-adds, to measure how many a device can do
//
// Every thread carries COLUMNS × 4 independent chains  v ← v·k + m  through ROUNDS × 16 links. The chains are
// values and not variables: drivers that keep variables in memory would measure that memory instead. Chains start with
// different values, or a compiler could merge them. Threads that share an element of sums write the same value.

const COLUMNS: u32 = 3u;          // vectors of four chains, 1 to 4
const FUSED: bool = false;        // fma(v, k, m), not v·k + m, which a driver may fuse or not
const ROUNDS: u32 = 64u;
const WORKGROUP_SIZE: u32 = 256u;

struct Link {
  k: f32,
  m: f32,
}

struct Chains {
  a: vec4f,
  b: vec4f,
  c: vec4f,
  d: vec4f,
}

@group(0) @binding(0) var<uniform> link: Link;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

fn advance(v: vec4f, column: u32, k: vec4f, m: vec4f) -> vec4f {
  if (column >= COLUMNS) { return v; }
  if (FUSED) { return fma(v, k, m); }
  return v * k + m;
}

fn advanceOnce(v: Chains, k: vec4f, m: vec4f) -> Chains {
  return Chains(
    advance(v.a, 0u, k, m),
    advance(v.b, 1u, k, m),
    advance(v.c, 2u, k, m),
    advance(v.d, 3u, k, m),
  );
}

fn advanceFour(v: Chains, k: vec4f, m: vec4f) -> Chains {
  return advanceOnce(advanceOnce(advanceOnce(advanceOnce(v, k, m), k, m), k, m), k, m);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn multiplyAdd(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let k = vec4f(link.k);
  let m = vec4f(link.m);
  let start = f32(thread) + vec4f(0.0, 0.25, 0.5, 0.75);
  var v = Chains(start, start + 256.0, start + 512.0, start + 768.0);
  for (var round = 0u; round < ROUNDS; round++) {
    v = advanceFour(advanceFour(advanceFour(advanceFour(v, k, m), k, m), k, m), k, m);
  }
  let sum = v.a + v.b + v.c + v.d;
  let at = (group.y * groups.x + group.x) * WORKGROUP_SIZE + thread;
  sums[at % arrayLength(&sums)] = sum.x + sum.y + sum.z + sum.w;
}
