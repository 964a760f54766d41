// What is looked at in samples beside learning from them; a chunk of its own, since only `fineTune` needs it.

export { copiesAmong } from './copies.js';
export { warningsOn } from './warnings.js';
