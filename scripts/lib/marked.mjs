// Parts of documents that are made from data stand between two marks.
import { format, resolveConfig } from 'prettier';

/**
 * A Markdown document with this between its marks, `<!-- name: … -->` and `<!-- /name -->`, formatted.
 * @param {string} markdown @param {string} name @param {string} content
 */
export async function withMarked(markdown, name, content) {
  const marks = new RegExp(`(<!-- ${name}: [^>]*-->)[^]*(<!-- /${name} -->)`);
  if (!marks.test(markdown)) throw new Error(`There is no <!-- ${name}: … --> … <!-- /${name} -->.`);
  const text = markdown.replace(marks, (_, start, end) => `${start}\n\n${content}\n\n${end}`);
  return format(text, { ...(await resolveConfig('README.md')), parser: 'markdown' });
}

/** @param {(string | number)[][]} rows the first is the head */
export function markdownTable([head, ...rows]) {
  const line = (/** @type {(string | number)[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
