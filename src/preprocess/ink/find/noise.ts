/** Distances are counted in whole steps up to this. */
const STEPS = 512;

/**
 * Root mean square of the distances where there is no ink: of those below a cut that adapts to it (sigma clipping).
 * @param cells How many there are; those whose distance is not given have none.
 */
export function noiseOf(distances: Float32Array, cells: number): number {
  const zeros = cells - distances.length;
  let noise = 0;
  let cut = 6 * lowerQuartile(distances, zeros);
  for (let round = 0; round < 4 && cut > 0; round++) {
    let sum = 0;
    let count = zeros;
    for (let i = 0; i < distances.length; i++) {
      const distance = distances[i] ?? 0;
      if (distance > cut) continue;
      sum += distance * distance;
      count++;
    }
    noise = Math.sqrt(sum / Math.max(1, count));
    cut = 3.5 * noise;
  }
  return noise;
}

/** Of no ink, since that covers less than three quarters; rounded up to a whole step. */
function lowerQuartile(distances: Float32Array, zeros: number): number {
  const histogram = new Uint32Array(STEPS);
  for (let i = 0; i < distances.length; i++) {
    const step = Math.min(STEPS - 1, Math.ceil(distances[i] ?? 0));
    histogram[step] = (histogram[step] ?? 0) + 1;
  }
  const quarter = (zeros + distances.length) / 4;
  let seen = zeros;
  return histogram.findIndex((count) => (seen += count) >= quarter);
}
