const WIDTH = 8;

/** Noise that some browsers add to each pixel is less than this, and does no harm. */
const TOLERANCE = 16;

let told = false;

/**
 * Whether what is read of a canvas is what was drawn on it: some browsers answer noise or one colour instead, against
 * fingerprinting. Asked again until it is, since a user may allow it.
 */
export function canvasesTell(): boolean {
  return (told ||= isDrawnRead());
}

/** Draws a red, a green and a blue line, and reads them. */
function isDrawnRead(): boolean {
  const colours = ['#f00', '#0f0', '#00f'];
  const context = new OffscreenCanvas(WIDTH, colours.length).getContext('2d', { willReadFrequently: true });
  if (!context) return false;
  for (const [y, colour] of colours.entries()) {
    context.fillStyle = colour;
    context.fillRect(0, y, WIDTH, 1);
  }
  const { data } = context.getImageData(0, 0, WIDTH, colours.length);
  return data.every((value, i) => {
    const channel = i % 4;
    const line = Math.floor(i / (4 * WIDTH));
    return Math.abs(value - (channel === 3 || channel === line ? 255 : 0)) < TOLERANCE;
  });
}
