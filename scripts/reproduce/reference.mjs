// What handful's engine is compared with where there is no test set: the same in float64, written out.

/**
 * Least squares by its closed form: the weights and, last, the bias of y = x · w + b (normal equations, Gaussian
 * elimination with pivots).
 *
 * @param {ArrayLike<number>} x [N, features] @param {ArrayLike<number>} y [N]
 * @returns {number[]}
 */
export function leastSquares(x, y) {
  const features = x.length / y.length;
  const row = (/** @type {number} */ n) => [...Array.from({ length: features }, (_, i) => x[n * features + i]), 1];
  /** @type {number[][]} */
  const system = Array.from({ length: features + 1 }, () => new Array(features + 2).fill(0)); // [XᵀX | Xᵀy]
  for (let n = 0; n < y.length; n++) {
    const own = row(n);
    own.forEach((a, i) => [...own, y[n]].forEach((b, j) => (system[i][j] += a * b)));
  }
  for (let i = 0; i <= features; i++) {
    const column = system.slice(i).map((equation) => Math.abs(equation[i]));
    const pivot = i + column.indexOf(Math.max(...column));
    [system[i], system[pivot]] = [system[pivot], system[i]];
    for (let k = 0; k <= features; k++) {
      if (k === i) continue;
      const factor = system[k][i] / system[i][i];
      for (let j = i; j < features + 2; j++) system[k][j] -= factor * system[i][j];
    }
  }
  return system.map((equation, i) => equation[features + 1] / equation[i]);
}

/**
 * Gradient descent on the mean squared error of a network of dense layers with ReLU between them.
 *
 * @param {{ shape: readonly number[], data: ArrayLike<number> }[]} parameters weight [in, units] and bias of each layer in turn
 * @param {ArrayLike<number>} inputs [N, in] @param {ArrayLike<number>} truth [N, out]
 * @param {number} rate @param {number} steps
 * @returns {number[]} the loss before each step
 */
export function descend(parameters, inputs, truth, rate, steps) {
  /** @type {Layer[]} */
  const layers = [];
  for (let i = 0; i < parameters.length; i += 2) {
    const { shape, data } = parameters[i];
    const [weight, bias] = [Float64Array.from(data), Float64Array.from(parameters[i + 1].data)];
    layers.push({ inputs: shape[0], units: shape[1], weight, bias });
  }
  const count = inputs.length / layers[0].inputs;
  return Array.from({ length: steps }, () => {
    const values = [Float64Array.from(inputs)];
    for (const [i, layer] of layers.entries()) values.push(forward(layer, values[i], count, i < layers.length - 1));
    const answers = values[layers.length];
    let gradient = answers.map((y, i) => (2 * (y - truth[i])) / truth.length);
    const loss = answers.reduce((sum, y, i) => sum + (y - truth[i]) ** 2, 0) / truth.length;
    for (let i = layers.length - 1; i >= 0; i--) gradient = backward(layers[i], values[i], gradient, count, rate);
    return loss;
  });
}

/**
 * @typedef {{ inputs: number, units: number, weight: Float64Array, bias: Float64Array }} Layer weight [inputs, units]
 *
 */

/** @param {Layer} layer @param {Float64Array} x @param {number} count @param {boolean} relu */
function forward({ inputs, units, weight, bias }, x, count, relu) {
  const y = new Float64Array(count * units);
  for (let n = 0; n < count; n++)
    for (let u = 0; u < units; u++) {
      let sum = bias[u];
      for (let i = 0; i < inputs; i++) sum += x[n * inputs + i] * weight[i * units + u];
      y[n * units + u] = relu ? Math.max(0, sum) : sum;
    }
  return y;
}

/**
 * Takes a layer's step; returns the gradient of x, nothing where its ReLU stopped it.
 *
 * @param {Layer} layer @param {Float64Array} x @param {Float64Array} dy @param {number} count @param {number} rate
 */
function backward({ inputs, units, weight, bias }, x, dy, count, rate) {
  const dx = new Float64Array(x.length);
  const [dw, db] = [new Float64Array(weight.length), new Float64Array(units)];
  for (let n = 0; n < count; n++)
    for (let u = 0; u < units; u++) {
      const slope = dy[n * units + u];
      db[u] += slope;
      for (let i = 0; i < inputs; i++) {
        dw[i * units + u] += slope * x[n * inputs + i];
        if (x[n * inputs + i] > 0) dx[n * inputs + i] += slope * weight[i * units + u];
      }
    }
  weight.forEach((_, i) => (weight[i] -= rate * dw[i]));
  bias.forEach((_, i) => (bias[i] -= rate * db[i]));
  return dx;
}
