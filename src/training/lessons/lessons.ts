// What is looked at and told beside learning; a chunk of its own, since only `fineTune` needs it.

export { detectingLayer, newDetector } from '../confidence/new-detector.js';
export { reportOn } from '../plans/report.js';
export { copiesAmong } from './copies.js';
export { warningsOn } from './warnings.js';
