// Command lines that make no sense.

/** Says how it is done, and ends the script. @param {string} message @returns {never} */
export function refuse(message) {
  console.error(message);
  process.exit(2);
}

/**
 * An option that counts something.
 *
 * @param {string} name
 * @param {string | undefined} text
 * @param {number} [least]
 * @returns {number | undefined} undefined if it was not given
 */
export function whole(name, text, least = 1) {
  return text === undefined ? undefined : wholeNumber(name, text, least);
}

/** The same where there is a value. @param {string} name @param {string} text @param {number} [least] */
export function wholeNumber(name, text, least = 1) {
  const value = Number(text);
  return Number.isInteger(value) && value >= least
    ? value
    : refuse(`--${name} is a whole number from ${least}; got '${text}'.`);
}

/**
 * Names, each one of those known.
 *
 * @param {string} what
 * @param {string[]} given
 * @param {string[]} known
 */
export function among(what, given, known) {
  const strange = given.filter((name) => !known.includes(name));
  if (strange.length > 0) refuse(`There is no ${what} ${strange.join(', ')}; there are: ${known.join(', ')}`);
  return given;
}
