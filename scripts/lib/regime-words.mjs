// The words above each row of a table in the source, for documents: users do not download comments.

import ts from 'typescript';

/** @typedef {{ when: string, because: string }} Words */

/**
 * When each row of `REGIMES` applies and why, as the comment above it says: `When: because.`
 *
 * @param {string} source the text of `regimes.ts`
 * @returns {Words[]} in the table's order
 * @throws for a row without such words.
 */
export function regimeWords(source) {
  const file = ts.createSourceFile('regimes.ts', source, ts.ScriptTarget.Latest);
  const table = file.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find(({ name }) => ts.isIdentifier(name) && name.text === 'REGIMES')?.initializer;
  if (!table || !ts.isArrayLiteralExpression(table)) throw new Error('There is no table REGIMES.');
  return table.elements.map((row, place) => {
    const words = docComment(source, row.getFullStart());
    const [, when, because] = /^([^:]+): (.+\.)$/.exec(words) ?? [];
    if (!when || !because) throw new Error(`Row ${place} of REGIMES takes a comment "When: because."; got "${words}".`);
    return {
      when: when.charAt(0).toLowerCase() + when.slice(1),
      because: because.charAt(0).toUpperCase() + because.slice(1),
    };
  });
}

/**
 * The text of the doc comment before a place in the source, in one line; '' if there is none.
 *
 * @param {string} source
 * @param {number} place
 */
function docComment(source, place) {
  const range = ts.getLeadingCommentRanges(source, place)?.at(-1);
  const comment = range ? source.slice(range.pos, range.end) : '';
  if (!comment.startsWith('/**')) return '';
  return comment
    .slice(3, -2)
    .replaceAll(/^\s*\*/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
