/** What a `<digit-input>` says; `{label}` and `{message}` stand for what it is about. */
export interface DigitWords {
  /** The name of the field with what was read. */
  field: string;
  /** Read with a confidence of at least 0.9, of at least 0.6, and of less. */
  sure: string;
  probable: string;
  doubtful: string;
  /** The name of the other labels to choose from. */
  choices: string;
  /** After a person has said what it is. */
  corrected: string;
  blank: string;
  unfamiliar: string;
  several: string;
  /** While the network is not there yet. */
  loading: string;
  learning: string;
  learned: string;
  error: string;
}

export const english: DigitWords = {
  field: 'What was read',
  sure: 'This is {label}.',
  probable: 'This is probably {label}.',
  doubtful: 'Perhaps this is {label}. Please check.',
  choices: 'Or is it',
  corrected: 'Thank you: this is {label}.',
  blank: 'Nothing is drawn yet.',
  unfamiliar: 'Hard to read. Please draw it again, or type it.',
  several: 'One digit only, please.',
  loading: 'One moment…',
  learning: 'Learning…',
  learned: 'Thank you, that is learned.',
  error: 'That did not work: {message}',
};
