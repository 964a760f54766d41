import { kernel } from '../kernel.js';

// One invocation an example. Of each it leaves the loss and whether it was right in `rows`, which `mean_loss` sums up; -1
// for "right" says that an answer was no finite number.

const ROW_LOSS = `
fn softmax_row(y: u32, t: u32, dy: u32, rows: u32, width: u32, count: u32) {
  var most = A[y];
  var best = 0u;
  var truth = 0u;
  var bad = false;
  for (var j = 0u; j < width; j++) {
    let v = A[y + j];
    bad = bad || broken(v);
    if (v > most) { most = v; best = j; }
    if (A[t + j] > A[t + truth]) { truth = j; }
  }
  var total = 0f;
  var dot = 0f;
  var mass = 0f;
  for (var j = 0u; j < width; j++) {
    let below = A[y + j] - most;
    let share = A[t + j];
    total += exp(below);
    mass += share;
    if (share != 0f) { dot += share * below; }
  }
  let level = log(total);
  for (var j = 0u; j < width; j++) {
    A[dy + j] = (exp(A[y + j] - most) / total - A[t + j]) / f32(count);
  }
  A[rows] = mass * level - dot;
  A[rows + 1u] = select(select(0f, 1f, best == truth), -1f, bad);
}
fn squared_row(y: u32, t: u32, dy: u32, rows: u32, width: u32, count: u32) {
  var total = 0f;
  var bad = false;
  for (var j = 0u; j < width; j++) {
    let d = A[y + j] - A[t + j];
    bad = bad || broken(d);
    total += d * d;
    A[dy + j] = 2f * d / f32(count * width);
  }
  A[rows] = total / f32(width);
  A[rows + 1u] = select(0f, -1f, bad);
}
fn loss_row(kind: u32, y: u32, t: u32, dy: u32, rows: u32, width: u32, count: u32) {
  if (kind == 0u) { softmax_row(y, t, dy, rows, width, count); } else { squared_row(y, t, dy, rows, width, count); }
}
`;

/** How the kernels number the losses. */
export const LOSSES = { softmaxCrossEntropy: 0, squaredError: 1 } as const;

/** What several kernels need that end in a loss. */
export const lossRow = ROW_LOSS;

/** The gradient of a mean loss, and of each example the loss and whether it was right. */
export const loss = kernel({
  name: 'loss',
  signature: { y: 'read', targets: 'read', dy: 'write', rows: 'write', batch: 'u32', width: 'u32', kind: 'u32' },
  uses: [ROW_LOSS],
  body: `
  let n = group * 64u + lane;
  if (n >= a.batch) { return; }
  let at = n * a.width;
  loss_row(a.kind, a.y + at, a.targets + at, a.dy + at, a.rows + 2u * n, a.width, a.batch);`,
});

/** A step's results: the mean loss, and how many were right, or -1 where an answer was no finite number. */
export const meanLoss = kernel({
  name: 'mean_loss',
  signature: { rows: 'read', loss: 'write', batch: 'u32' },
  body: `
  if (lane != 0u) { return; }
  var total = 0f;
  var right = 0f;
  var bad = false;
  for (var n = 0u; n < a.batch; n++) {
    total += A[a.rows + 2u * n];
    let one = A[a.rows + 2u * n + 1u];
    bad = bad || one < 0f;
    right += one;
  }
  let mean = total / f32(a.batch);
  A[a.loss] = mean;
  R[2u * now.number] = mean;
  R[2u * now.number + 1u] = select(right, -1f, bad);`,
});
