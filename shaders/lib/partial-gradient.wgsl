// partial-gradient: how kernels write one. Needs the bindings segment and partials, and the constants CLASSES and WEIGHTS4.

// Writes a vector of a partial gradient, added to the sum of the batch's earlier segments if there are any.
fn addToPartial(split: u32, k: u32, vector: u32, g: vec4f) {
  let at = (split * CLASSES + k) * WEIGHTS4 + vector;
  var earlier = vec4f();
  if (segment.accumulate == 1u) { earlier = partials[at]; }
  partials[at] = earlier + g;
}
