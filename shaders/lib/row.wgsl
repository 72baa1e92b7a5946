// row: the rows of a segment. Needs the bindings segment and order.

// Returns the row at a position of the segment.
fn rowAt(position: u32) -> u32 {
  if (segment.shuffled == 1u) { return order[segment.first + position]; }
  return segment.first + position;
}
