/** All files of the app, written into the service worker when it is built (scripts/build/app.mjs). */
declare const FILES: { url: string; revision: string | null }[];

/** Where each language's words are, from the page, written into its head when it is built (scripts/build/words.mjs). */
declare const LANGUAGES: Record<string, { url: string; dir: string; name: string }>;

/** What the page says, once all that it shows is in its language (shared/language.js). */
declare var handfulWords: Promise<import('./words/types.js').Say>;
