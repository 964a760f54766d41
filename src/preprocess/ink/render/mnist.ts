/** Width and height of an MNIST image, pixels. */
export const SIZE = 28;

/** The digits of MNIST were fitted into a box of this side, aspect kept. */
export const BOX = 20;

/**
 * Where MNIST put the centre of mass, from the image's left and upper edge. Measured on the training set: the means of
 * pixel indices lie evenly between 13.5 and 14.5, so index 14, whose middle is 14.5, was the target.
 */
export const CENTRE = 14.5;

/** Typical width of a pen stroke in MNIST, pixels. */
export const PEN = 2.6;
