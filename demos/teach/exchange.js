import { load } from 'handful';
import { find, findA } from '../shared/dom.js';
import { attempt } from '../shared/notice.js';
import { oneFile, weightsOf } from '../shared/one-file.js';
import { saveFile, shareFile } from '../shared/save-file.js';
import { fromFile, fromLink, toFile, toLink } from '../shared/drawings.js';
import { say } from '../shared/say.js';

/**
 * @import { Example, Examples, Mode } from './examples.js'
 * @import { Net } from './net.js'
 */

/**
 * What goes to others and comes from them: networks as files, or as a page with all in it; drawings as a file or a link.
 * @param {() => { mode: Mode, net: Net, examples: Examples }} current
 * @param {{ onNetwork: () => void, onDrawings: (count: number) => void }} told
 */
export function createExchange(current, { onNetwork, onDrawings }) {
  /** @param {string} text */
  const tell = (text) => (find('#kept').textContent = text);
  const fileName = () => `handful-${current().mode}`;

  /** @param {string} selector @param {() => Promise<unknown>} act */
  const onPress = (selector, act) => find(selector).addEventListener('click', () => attempt(act));

  onPress('#export', async () => {
    const { classifier } = current().net;
    if (!classifier) return;
    const name = `${fileName()}.safetensors`;
    saveFile(await classifier.export(), name);
    tell(say.teach.exported({ name }));
  });
  onPress('#share', async () => {
    const { classifier } = current().net;
    if (!classifier) return;
    const name = `${fileName()}.html`;
    const shared = await shareFile(new File([await oneFile(classifier, 'handful')], name, { type: 'text/html' }));
    tell(shared ? say.teach.shared : say.teach.exported({ name }));
  });
  onPress('#save-drawings', async () => {
    const name = `${fileName()}-drawings.json`;
    saveFile(toFile(current().examples.all), name);
    tell(say.teach.exported({ name }));
  });
  onPress('#link', async () => {
    const { mode, examples } = current();
    const url = new URL(location.href);
    url.hash = `${mode}/draw?add=${await toLink(examples.all)}`;
    await navigator.clipboard.writeText(url.href);
    tell(say.teach.linked);
  });

  const file = findA(HTMLInputElement, '#import');
  file.addEventListener('change', async () => {
    await take(file.files?.[0]);
    file.value = ''; // so that the same file can be chosen again
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    void take(event.dataTransfer?.files[0]);
  });

  /** @param {File | undefined} blob */
  async function take(blob) {
    if (!blob) return;
    await attempt(async () => {
      if (blob.name.endsWith('.json')) return add(await fromFile(blob));
      const model = blob.name.endsWith('.html') ? await weightsOf(blob) : blob;
      await current().net.use(await load(model), { from: 'fromFile', name: blob.name });
      onNetwork();
      tell(say.teach.imported({ name: blob.name }));
    });
  }

  /** @param {Example[]} drawings */
  function add(drawings) {
    const count = current().examples.addAll(drawings);
    onDrawings(count);
    tell(say.teach.drawingsAdded({ n: count }));
  }

  /** Takes the drawings that the page's address carries, and takes them out of it. */
  async function takeLink() {
    const [place, query] = location.hash.split('?');
    const text = new URLSearchParams(query).get('add');
    if (text === null) return;
    history.replaceState(null, '', place);
    await attempt(async () => add(await fromLink(text)));
  }
  addEventListener('hashchange', takeLink);
  void takeLink();
}
