// The conditions under which a character on paper is photographed, each at random within its limits.

import { box, comb, ring, ruled, spot, stroke } from './printed.mjs';
import { clouds } from './photograph.mjs';

/**
 * @import { Colour, Scene } from './photograph.mjs'
 * @import { Coverage } from './ink.mjs'
 *
 * @typedef {object} Dice
 * @property {() => number} next uniform numbers in [0, 1)
 * @property {(from: number, to: number) => number} between
 * @property {<T>(...list: T[]) => T} one
 *
 * @typedef {(scene: Scene, dice: Dice) => Partial<Scene>} Change
 *
 * @typedef {object} Condition
 * @property {string} title
 * @property {Change[]} changes
 */

/** @type {Colour} */
const WHITE = [1, 1, 1];
/** @type {Colour} */
const PENCIL = [0.25, 0.25, 0.27];
const FAR = 100;

/** @param {() => number} next @returns {Dice} */
export const diceOf = (next) => ({
  next,
  between: (from, to) => from + (to - from) * next(),
  one: (...list) => list[Math.floor(next() * list.length)],
});

/** How dark something is against the ink: 0 as the paper, 1 as the ink. @param {Scene} scene @param {number} share @param {Colour} [tint] @returns {Colour} */
const contrast = ({ colour }, share, tint = WHITE) =>
  /** @type {Colour} */ (colour.map((c, i) => Math.min(1, 1 - share * (1 - c) * tint[i])));

/** @param {Scene} scene @param {...import('./photograph.mjs').Layer} more */
const with_ = ({ layers = [] }, ...more) => ({ layers: [...layers, ...more] });

/** A straight edge across the picture near a point, soft over so much. @param {Dice} dice @param {[number, number]} through @param {number} factor @param {number} soft */
function shadowEdge({ between }, [x, y], factor, soft) {
  const angle = between(0, 2 * Math.PI);
  const [nx, ny] = [Math.cos(angle), Math.sin(angle)];
  return (/** @type {number} */ u, /** @type {number} */ v) => {
    const inside = ((u - x) * nx + (v - y) * ny) / soft + 0.5;
    return 1 - (1 - factor) * Math.min(1, Math.max(0, inside));
  };
}

/** @param {(dice: Dice) => number} factor @param {(dice: Dice) => number} soft @returns {Change} */
const shadowAcross = (factor, soft) => (scene, dice) => {
  const near = (/** @type {number} */ middle, /** @type {number} */ whole) =>
    (middle + dice.between(-0.3, 0.3) * scene.size) / whole;
  const through = /** @type {[number, number]} */ ([
    near(scene.place[0], scene.width),
    near(scene.place[1], scene.height),
  ]);
  return { light: [...(scene.light ?? []), shadowEdge(dice, through, factor(dice), soft(dice))] };
};

/** @type {Change} */
const cornerShadow = (scene, { between, one }) => {
  const [right, below] = [one(0, 1), one(0, 1)];
  const [reachX, reachY] = [between(0.25, 0.7), between(0.25, 0.7)];
  const factor = between(0.4, 0.8);
  const shade = (/** @type {number} */ u, /** @type {number} */ v) => {
    const inside = 1 - Math.abs(u - right) / reachX - Math.abs(v - below) / reachY;
    return 1 - (1 - factor) * Math.min(1, Math.max(0, 100 * inside));
  };
  return { light: [...(scene.light ?? []), shade] };
};

/** The shadow of a hand or a telephone: dark with a bent edge. @type {Change} */
const handShadow = (scene, { between, one, next }) => {
  const [x, y] = [one(between(-0.1, 0.25), between(0.75, 1.1)), between(0.6, 1.2)];
  const [radius, factor, soft] = [between(0.35, 0.7), between(0.45, 0.75), between(0.01, 0.05)];
  const wobble = clouds(next, 0.4);
  const shade = (/** @type {number} */ u, /** @type {number} */ v) => {
    const away = Math.hypot(u - x, v - y);
    const inside = (radius * (1 + 0.25 * wobble(4 * u, 4 * v)) - away) / soft;
    return 1 - (1 - factor) * Math.min(1, Math.max(0, inside + 0.5));
  };
  return { light: [...(scene.light ?? []), shade] };
};

/** @type {Change} */
const falloff = (scene, { between }) => {
  const [x, y, depth] = [between(-0.2, 1.2), between(-0.2, 1.2), between(0.4, 0.7)];
  const lamp = (/** @type {number} */ u, /** @type {number} */ v) =>
    1 / (1 + (depth / (1 - depth)) * ((u - x) ** 2 + (v - y) ** 2));
  return { light: [...(scene.light ?? []), lamp] };
};

/** @param {number} from @param {number} to how dark against the ink @returns {Change} */
const ruledPaper =
  (from, to) =>
  (scene, { between, one }) => {
    const colour = contrast(scene, between(from, to), one(WHITE, [1, 0.6, 0.3]));
    const spacing = between(0.7, 1.8);
    const rule = ruled(colour, { spacing, phase: between(0, spacing), line: between(0.012, 0.03) });
    return with_(scene, rule);
  };

/** @param {number} from @param {number} to @returns {Change} */
const squaredPaper =
  (from, to) =>
  (scene, { between, one }) => {
    const colour = contrast(scene, between(from, to), one(WHITE, [1, 0.6, 0.3]));
    const [spacing, line] = [between(0.35, 1.1), between(0.012, 0.025)];
    const [down, across] = [between(0, spacing), between(0, spacing)];
    return with_(
      scene,
      ruled(colour, { spacing, phase: down, line }),
      ruled(colour, { spacing, phase: across, line, upright: true }),
    );
  };

/** @type {Change} */
const margin = (scene, { between, one }) => {
  const x = one(-1, 1) * between(0.65, 1);
  return with_(scene, stroke([0.85, 0.35, 0.35], [x, -FAR], [x, FAR], between(0.015, 0.03)));
};

/** @type {Change} */
const printedBox = (scene, { between }) => {
  const more = (scene.wide - 1) / 2;
  const [left, top, right, bottom] = Array.from({ length: 4 }, () => between(0.6, 1));
  const sides = { left: -left - more, top: -top, right: right + more, bottom };
  return with_(scene, box(contrast(scene, between(0.5, 1.1)), { ...sides, line: between(0.012, 0.035) }));
};

/** The character touches a side of the box. @type {Change} */
const touchedBox = (scene, { between, one }) => {
  const sides = {
    left: -between(0.6, 0.9),
    top: -between(0.6, 0.9),
    right: between(0.6, 0.9),
    bottom: between(0.6, 0.9),
  };
  const [side, at] = [one('top', 'bottom'), between(0.44, 0.5)];
  const touching = { ...sides, [side]: side === 'top' ? -at : at };
  return with_(scene, box(contrast(scene, between(0.5, 1)), { ...touching, line: between(0.012, 0.025) }));
};

/** @type {Change} */
const combCells = (scene, { between }) => {
  const [cell, cells] = [between(1, 1.5), 1 + Math.floor(between(1, 5))];
  const place = { left: -cell * (Math.floor(between(0, cells)) + 0.5), bottom: between(0.55, 0.7), cell, cells };
  const tick = between(0.2, 1.4);
  return with_(scene, comb(contrast(scene, between(0.5, 1)), { ...place, tick, line: between(0.012, 0.03) }));
};

/** @param {number} from @param {number} to where it is below the character's middle @returns {Change} */
const underline =
  (from, to) =>
  (scene, { between, next }) => {
    const [half, y] = [between(0.4, 0.9), between(from, to)];
    const bend = clouds(next, 0.5);
    const [start, end] = [
      [-half, y + between(-0.03, 0.03)],
      [half, y + between(-0.03, 0.03)],
    ];
    return with_(
      scene,
      stroke(scene.colour, start, end, between(0.04, 0.09), (along) => 0.04 * bend(2 * along, 0)),
    );
  };

/** @param {Dice} dice @returns {Colour} */
const brown = ({ between }) => {
  const strength = between(0.25, 0.55);
  return [1 - 0.5 * strength, 1 - 0.75 * strength, 1 - strength];
};

/** @type {Change} */
const stainRing = (scene, dice) => {
  const { between, next } = dice;
  const [radius, angle] = [between(0.4, 1.2), between(0, 2 * Math.PI)];
  const away = radius + between(0.75, 1.1);
  const wave = clouds(next, 0.5);
  const place = { x: away * Math.cos(angle), y: away * Math.sin(angle), radius, line: between(0.05, 0.15) };
  return with_(scene, ring(brown(dice), { ...place, wobble: (turn) => wave(Math.cos(turn), Math.sin(turn)) }));
};

/** @type {Change} */
const stainBelow = (scene, dice) => {
  const { between, next } = dice;
  const wave = clouds(next, 0.5);
  const place = { x: between(-0.8, 0.8), y: between(-0.8, 0.8), radius: between(0.3, 1) };
  const pale = /** @type {Colour} */ (brown(dice).map((c) => (1 + c) / 2));
  return with_(scene, spot(pale, { ...place, wobble: (turn) => wave(Math.cos(turn), Math.sin(turn)) }));
};

/** @type {Change} */
const sheetOnTable = (scene, { between, one }) => {
  const table = /** @type {Colour} */ (one([0.1, 0.1, 0.12], [0.25, 0.15, 0.1], [0.35, 0.25, 0.18], [0.15, 0.2, 0.25]));
  const room = (/** @type {number} */ side) => (between(0.75, 0.9) * side) / scene.size;
  const [width, height] = [room(scene.width), room(scene.height)];
  return {
    table: { width: Math.max(1.7, width), height: Math.max(1.7, height), colour: table, wood: between(0, 0.3) },
    turn: one(-1, 1) * between(0.05, 0.2),
    place: [scene.width * between(0.47, 0.53), scene.height * between(0.47, 0.53)],
    size: Math.min(scene.size, 0.4 * Math.min(scene.width, scene.height)),
  };
};

const most = (15 * Math.PI) / 180;
/** @type {Change} */
const tilted = (_, { between }) => ({ tilt: [between(-most, most), between(-most, most)] });
/** @type {Change} */
const turned = (_, { between }) => ({ turn: between(-0.12, 0.12) });

/** @param {...Colour} colours @returns {Change} */
const inked =
  (...colours) =>
  (_, { one }) => ({ colour: one(...colours) });
/** @param {...Colour} colours @returns {Change} */
const onPaper =
  (...colours) =>
  (_, { one }) => ({ paper: one(...colours) });

/** A photograph, not a drawing program's picture. @type {Change} */
const camera = (_, { between }) => ({ noise: between(1, 4), grain: between(0, 0.03), blur: between(0, 1.2) });

/** @type {Record<string, Condition>} */
export const CONDITIONS = {
  clean: { title: 'clean, as drawn on a canvas', changes: [] },
  plain: { title: 'photographed, nothing else', changes: [camera] },
  colours: {
    title: 'coloured ink on white or coloured paper',
    changes: [
      inked([0.1, 0.2, 0.7], [0.75, 0.1, 0.15], [0.1, 0.5, 0.2], [0.45, 0.15, 0.55]),
      onPaper(WHITE, [0.98, 0.95, 0.7], [0.8, 0.92, 0.98], [0.97, 0.85, 0.87]),
    ],
  },
  faint: { title: 'a faint pencil', changes: [inked([0.7, 0.7, 0.71], [0.8, 0.8, 0.8]), camera] },
  blackboard: {
    title: 'chalk on a board',
    changes: [onPaper([0.15, 0.25, 0.2], [0.12, 0.12, 0.12]), inked([0.85, 0.85, 0.8], [0.9, 0.8, 0.4]), camera],
  },
  uneven: { title: 'light falling off', changes: [falloff] },
  shadow: {
    title: 'a hard shadow across, 0.8 as bright',
    changes: [
      shadowAcross(
        () => 0.8,
        () => 0.004,
      ),
    ],
  },
  deepShadow: {
    title: 'a deep shadow across, 0.3 to 0.7 as bright',
    changes: [
      shadowAcross(
        ({ between }) => between(0.3, 0.7),
        ({ between }) => between(0.004, 0.1),
      ),
    ],
  },
  cornerShadow: { title: 'a hard shadow in a corner', changes: [cornerShadow] },
  handShadow: { title: 'the shadow of a hand', changes: [handShadow] },
  paleRuled: { title: 'ruled paper, pale', changes: [ruledPaper(0.1, 0.3)] },
  ruled: { title: 'ruled paper, lines half as dark as the ink', changes: [ruledPaper(0.4, 0.6)] },
  darkRuled: { title: 'ruled paper, lines nearly as dark as the ink', changes: [ruledPaper(0.7, 1)] },
  margin: { title: 'ruled paper with a red margin', changes: [ruledPaper(0.2, 0.5), margin] },
  paleSquared: { title: 'squared paper, pale', changes: [squaredPaper(0.1, 0.3)] },
  squared: { title: 'squared paper, lines half as dark as the ink', changes: [squaredPaper(0.4, 0.6)] },
  box: { title: 'in a printed box', changes: [printedBox] },
  touchedBox: { title: 'in a printed box, touching it', changes: [touchedBox] },
  comb: { title: 'in the comb cells of a form', changes: [combCells] },
  underline: { title: 'underlined by hand', changes: [underline(0.6, 0.75)] },
  ring: { title: "a stain's ring beside", changes: [stainRing] },
  stain: { title: 'a pale stain below', changes: [stainBelow] },
  jpeg: { title: 'JPEG, quality 10 to 30', changes: [camera, (_, { between }) => ({ jpeg: between(10, 30) })] },
  noise: {
    title: 'noise of a dark room',
    changes: [(_, { between }) => ({ noise: between(8, 16), light: [() => 0.6] })],
  },
  blur: {
    title: 'out of focus',
    changes: [(scene, { between }) => ({ blur: scene.size * between(0.01, 0.03), noise: 2 })],
  },
  tilted: { title: 'seen at up to 15 degrees', changes: [camera, tilted, turned, ruledPaper(0.2, 0.5)] },
  table: { title: 'a sheet askew on a dark table', changes: [sheetOnTable] },
  tableRuled: { title: 'a ruled sheet askew on a dark table', changes: [sheetOnTable, ruledPaper(0.2, 0.5)] },
  everything: {
    title: 'squared, a shadow, askew, noise and JPEG',
    changes: [
      squaredPaper(0.2, 0.5),
      shadowAcross(
        ({ between }) => between(0.5, 0.8),
        ({ between }) => between(0.004, 0.05),
      ),
      turned,
      tilted,
      camera,
      (_, { between }) => ({ jpeg: between(40, 80) }),
    ],
  },
};

/**
 * A scene under a condition: half of them as a camera takes them, half as clean as a drawing program's.
 *
 * @param {Condition} condition
 * @param {Coverage} ink
 * @param {() => number} next
 * @param {number} [wide] how wide the ink is, in heights of a character
 * @returns {Scene}
 */
export function sceneOf({ changes }, ink, next, wide = 1) {
  const dice = diceOf(next);
  const { between, one } = dice;
  const [longer, shorter] = [between(320, 640), between(0.75, 1)];
  const [width, height] = one([longer, longer * shorter], [longer * shorter, longer]).map(Math.round);
  const size = Math.min(between(0.25, 0.5) * Math.min(width, height), width / (wide + 0.6));
  const across = (/** @type {number} */ whole, most = 1) =>
    whole / 2 + between(-0.5, 0.5) * (whole - (most + 0.3) * size) * 0.6;
  /** @type {Scene} */
  let scene = {
    width,
    height,
    size,
    wide,
    place: [across(width, wide), across(height)],
    ink,
    colour: PENCIL,
    paper: WHITE,
  };
  const more = changes.length > 0 && next() < 0.5 ? [camera] : [];
  for (const change of [...more, ...changes]) scene = { ...scene, ...change(scene, dice) };
  return scene;
}
