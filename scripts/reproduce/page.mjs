/**
 * @import { Result, Row } from './picture-row.mjs'
 *
 * @typedef {Result & { pictures: string[] }} Drawn
 */

/** @type {Record<string, string>} */
const ABOUT = {
  'curves.svg': 'Loss and accuracy',
  'weights.png': 'Weights of the first layer',
  'misclassified.png': 'Misclassified',
};

/**
 * docs/reproduction.md.
 *
 * @param {Row[]} rows
 * @param {Record<string, Drawn | undefined>} results by id; not all are in yet
 */
export function page(rows, results) {
  const table = rows.map((row) => line(row, results[row.id]));
  const drawn = rows.flatMap((row) => {
    const result = results[row.id];
    return result && result.pictures.length > 0 ? [section(row, result)] : [];
  });
  return `# The texts' experiments, reproduced

Made by \`npm run reproduce\`: every experiment of the texts that handful comes from, trained by handful's own engine in
Node, on one thread. Their figure is what the text reports; ours is measured after the last epoch, on the whole test set,
which chooses nothing. _Reached_ means at most 0.5 points below theirs, and 2 points for 160 samples. Weights begin as
PyTorch's do by default; MNIST and CIFAR-10 are standardised by their training images' mean and deviation; the rate
stays as it is. Of several seeds the mean counts. Seconds are of the training of one run, on a machine that did other
work beside it. Figures with all epochs: [reproduction.json](reproduction.json).

| row | data | network | recipe | theirs | ours | reached | seed | s |
| --- | ---- | ------- | ------ | -----: | ---: | ------- | ---: | -: |
${table.join('\n')}

Where a text leaves a setting open (the batch of CIFAR-10's convolutional networks, the recipe for 8x8 digits, and
others), \`scripts/reproduce/experiments.mjs\` says what was taken.

${drawn.join('\n\n')}
`;
}

/** A row of the table. @param {Row} row @param {Drawn | undefined} result */
function line({ id, title, data, recipe, theirs }, result) {
  const measured = result
    ? [result.ours, result.reached === undefined ? '' : result.reached ? 'yes' : '**no**', result.seeds, result.seconds]
    : ['not yet run', '', '', ''];
  return `| \`${id}\` | ${[data, title, recipe, theirs, ...measured].join(' | ')} |`;
}

/** What was drawn of a row. @param {Row} row @param {Drawn} result */
function section({ id, title, data, why }, { pictures, note, seeds, reached }) {
  const images = pictures.map((name) => `![${ABOUT[name] ?? name.replace(/\..*/, '')}](reproduction/${id}-${name})`);
  const first = seeds.includes(',') ? `Pictures are of seed ${seeds.split(',')[0]}.` : '';
  const reason = reached === false ? why : undefined;
  const text = [reason, note && `${note[0].toUpperCase()}${note.slice(1)}.`, first].filter(Boolean).join(' ');
  return [`## ${data}: ${title} (\`${id}\`)`, ...(text ? [text] : []), images.join('\n')].join('\n\n');
}
