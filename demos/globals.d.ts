/** All files of the app, written into the service worker when it is built (scripts/build/app.mjs). */
declare const FILES: { url: string; revision: string | null }[];
