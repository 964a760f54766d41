import { load } from 'handful';
import { find, findA, make } from './dom.js';
import { backends, describeBackend } from './networks.js';
import { clearErrors, showError } from './notice.js';

/** @import { Classifier } from 'handful' */

/**
 * The menus `#network` and `#backend`, remembered in the address; what they say is loaded. `#runs`, `#reason` and
 * `#latency` tell what the classifier runs on, why, and how fast it answers.
 * @param {{ id: string, name: string }[]} networks
 * @param {(classifier: Classifier) => void} onReady Told the classifier in use after every choice;
 *   the one before it is disposed of.
 */
export async function createChoice(networks, onReady) {
  const menus = { network: findA(HTMLSelectElement, '#network'), backend: findA(HTMLSelectElement, '#backend') };
  fill(menus.network, networks);
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
    find('#runs').textContent = 'loading…';
    find('#latency').textContent = find('#reason').textContent = '';
    try {
      const next = await load(wanted.network, {
        backend: backends.find(({ id }) => id === wanted.backend)?.id,
        signal,
        onProgress: ({ fraction }) => {
          if (!signal.aborted) find('#runs').textContent = `loading… ${Math.round(100 * fraction)} %`;
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
    find('#runs').textContent = classifier ? describeBackend(classifier.backend) : 'no network is loaded';
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
  find('#latency').textContent = milliseconds === undefined ? '' : `· ${milliseconds.toFixed(1)} ms an answer`;
}

/** @param {HTMLSelectElement} menu @param {{ id: string, name: string }[]} options */
function fill(menu, options) {
  menu.replaceChildren(...options.map(({ id, name }) => make('option', { value: id, textContent: name })));
}
