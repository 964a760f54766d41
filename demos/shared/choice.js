import { load, saved } from 'handful';
import { find, findA, make } from './dom.js';
import { backends, describeBackend } from './networks.js';
import { clearErrors, showError } from './notice.js';
import { fixed, percent, say } from './say.js';

/** @import { Classifier } from 'handful' */

/**
 * The menus `#network` and `#backend`, remembered in the address; what they say is loaded. `#status` tells how that goes,
 * and `#runs`, `#reason` and `#latency` what the classifier runs on, why, and how fast it answers.
 * @param {{ id: string, name: string }[]} networks Those that were saved in this browser are offered too.
 * @param {RegExp} mine Which those are.
 * @param {(classifier: Classifier) => void} onReady Told the classifier in use after every choice;
 *   the one before it is disposed of.
 */
export async function createChoice(networks, mine, onReady) {
  const menus = { network: findA(HTMLSelectElement, '#network'), backend: findA(HTMLSelectElement, '#backend') };
  fill(menus.network, networks);
  await offerSaved(menus.network, mine);
  fill(menus.backend, backends);
  /** The classifier in use. @type {Classifier | undefined} */
  let classifier;
  /** What it was loaded with, to go back to if another does not load. @type {Record<string, string> | undefined} */
  let chosen;
  let loading = new AbortController();

  async function open() {
    const wanted = { network: menus.network.value, backend: menus.backend.value };
    loading.abort();
    const { signal } = (loading = new AbortController());
    find('#status').textContent = say.common.loading;
    find('#latency').textContent = find('#reason').textContent = '';
    try {
      const next = await load(wanted.network, {
        backend: backends.find(({ id }) => id === wanted.backend)?.id,
        signal,
        onProgress: ({ fraction }) => {
          if (!signal.aborted) find('#status').textContent = say.common.loadingShare({ share: percent(fraction) });
        },
      });
      if (signal.aborted) return next.dispose();
      clearErrors();
      classifier?.dispose();
      classifier = next;
      chosen = wanted;
      history.replaceState(null, '', `#${new URLSearchParams(wanted)}`);
    } catch (error) {
      if (signal.aborted) return;
      showError(error);
      if (chosen) choose(chosen); // the one before is still there
    }
    find('#status').textContent = classifier ? say.common.private : say.common.none;
    find('#runs').textContent = classifier ? describeBackend(classifier.backend) : '';
    if (!classifier) return;
    find('#reason').textContent = classifier.backend.reason;
    onReady(classifier);
  }

  /** Sets the menus; what they do not offer leaves them as they are. @param {Record<string, string>} wanted */
  function choose(wanted) {
    for (const [name, menu] of Object.entries(menus)) {
      if ([...menu.options].some(({ value }) => value === wanted[name])) menu.value = wanted[name];
    }
  }

  function openFromAddress() {
    choose(Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
    return open();
  }

  for (const menu of Object.values(menus)) menu.addEventListener('change', open);
  addEventListener('hashchange', openFromAddress);
  await openFromAddress();
}

/** How long the newest answer took. @param {number | undefined} milliseconds */
export function showLatency(milliseconds) {
  find('#latency').textContent =
    milliseconds === undefined ? '' : say.common.speed({ milliseconds: fixed(milliseconds, 1) });
}

/** @param {HTMLSelectElement} menu @param {{ id: string, name: string }[]} options */
function fill(menu, options) {
  menu.replaceChildren(...options.map(({ id, name }) => make('option', { value: id, textContent: name })));
}

/** What the page Teach keeps for itself. @type {Record<string, string | undefined>} */
const taught = {
  'teach/digits': say.common.taught.digits,
  'teach/symbols': say.common.taught.symbols,
  'teach/things': say.common.taught.things,
};

/** Adds what people taught or saved under a name. @param {HTMLSelectElement} menu @param {RegExp} mine */
async function offerSaved(menu, mine) {
  const names = (await saved().catch(() => [])).filter((name) => mine.test(name));
  if (names.length === 0) return;
  const options = names.map((name) =>
    make('option', { value: `indexeddb:${name}`, textContent: taught[name] ?? name.replace('things/', '') }),
  );
  menu.append(make('optgroup', { label: say.common.yours }, ...options));
}
