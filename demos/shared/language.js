// Which language a page speaks, and how large its type is, settled before anything is shown. Part of every page's head.
(() => {
  const root = document.documentElement;
  const KEY = 'handful-language';

  /** @param {string} key @returns {unknown} */
  function stored(key) {
    try {
      return JSON.parse(localStorage.getItem(key) ?? 'null');
    } catch {
      return null;
    }
  }

  const known = (/** @type {unknown} */ tag) =>
    Object.keys(LANGUAGES).find((each) => each === String(tag).split('-')[0].toLowerCase());
  const asked = known(new URLSearchParams(location.search).get('lang'));
  const lang = [asked, known(stored(KEY)), ...navigator.languages.map(known)].find(Boolean) ?? 'en';
  try {
    if (asked) localStorage.setItem(KEY, JSON.stringify(asked));
  } catch {
    // It holds for this page, then.
  }
  speak(lang);
  root.classList.toggle('larger', stored('handful-larger') === true);

  /** @param {string} lang */
  function speak(lang) {
    root.lang = lang;
    root.dir = LANGUAGES[lang].dir;
    root.classList.toggle('translating', lang !== 'en'); // English is what the page is written in
  }

  /** @param {unknown} words @param {string} key @returns {unknown} */
  const at = (words, key) => new Map(Object.entries(Object(words))).get(key);

  const fetched = import(LANGUAGES[lang].url).catch(() => (speak('en'), import(LANGUAGES.en.url)));
  const parsed = new Promise((resolve) => {
    if (document.readyState !== 'loading') resolve(undefined);
    else document.addEventListener('readystatechange', resolve, { once: true }); // deferred scripts have still to run
  });
  globalThis.handfulLanguages = LANGUAGES;
  globalThis.handfulWords = Promise.all([fetched, parsed]).then(([{ default: say }]) => {
    if (root.lang !== 'en')
      for (const element of document.querySelectorAll('*'))
        for (const { name, value } of element.attributes) {
          if (!name.startsWith('data-say')) continue;
          const text = String(value.split('.').reduce(at, say));
          if (name === 'data-say') element.innerHTML = text;
          else element.setAttribute(name.slice('data-say-'.length), text);
        }
    root.classList.remove('translating');
    return say;
  });
})();
