import { HandfulError } from 'handful';
import { find, make } from './dom.js';

// Every page has one <div class="notices" role="alert">. What goes wrong is said there, in words, until it is closed.

const place = find('.notices');

/** Says what went wrong. A call that was aborted on purpose is no error. @param {unknown} error */
export function showError(error) {
  if (error instanceof HandfulError && error.code === 'aborted') return;
  console.warn(error);
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof HandfulError && error.code !== 'internal';
  const shown = [...place.children].filter((notice) => notice instanceof HTMLElement);
  if (shown.some((notice) => notice.dataset.message === message)) return;
  const notice = make(
    'div',
    { className: 'notice' },
    make('p', {}, known ? message : `Something went wrong here: ${message}`),
  );
  notice.dataset.message = message;
  const close = make('button', { type: 'button', textContent: 'Close' });
  close.addEventListener('click', () => notice.remove());
  notice.append(close);
  place.append(notice);
}

/** Does something and says so if it goes wrong. @param {() => unknown} act */
export async function attempt(act) {
  try {
    await act();
  } catch (error) {
    showError(error);
  }
}

/** What went wrong before is settled. */
export function clearErrors() {
  place.replaceChildren();
}

addEventListener('error', ({ error, message }) => showError(error ?? message));
addEventListener('unhandledrejection', ({ reason }) => showError(reason));
