/**
 * WGSL as short as it goes without knowing what it means: no space that only people need, and no suffix of a number whose
 * type follows from what it is compared or combined with. Pieces of a text may be shortened one by one.
 * @param {string} text
 */
export const shortWgsl = (text) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/(?<=[\w)\]] (?:[-+*/%<>]|[=!<>+]=) \d+)[uf]\b/g, '')
    .replace(/(?<=(?:return |(?:select|min|max)\()\d+)[uf]\b/g, '')
    .replace(/ (?=[(){};,:?])|(?<=[(){};,:?]) /g, '')
    .replace(/(?<=\w) (?=[^\w\s])|(?<=[^\w\s]) (?=\w)/g, '');
