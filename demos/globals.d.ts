import type { Say } from './words/types.js';

declare global {
  /** All files of the app, written into the service worker when it is built (scripts/build/app.mjs). */
  const FILES: { url: string; revision: string | null }[];

  /** Where each language's words are, from the page, written into its head when it is built (scripts/build/app.mjs). */
  const LANGUAGES: Record<string, { url: string; dir: string; name: string }>;

  var handfulLanguages: typeof LANGUAGES;
  /** What the page says, once all that it shows is in its language (shared/language.js). */
  var handfulWords: Promise<Say>;
}
