import { HandfulError } from 'handful';
import { find, make } from './dom.js';
import { say, Trouble } from './say.js';

// Every page has one <div class="notices" role="alert">. What goes wrong is said there, in words, until it is closed.

const place = find('.notices');

/** Says what went wrong. A call that was aborted on purpose is no error. @param {unknown} error */
export function showError(error) {
  if (error instanceof HandfulError && error.code === 'aborted') return;
  console.warn(error);
  const message = error instanceof Error ? error.message : String(error);
  const shown = [...place.children].filter((notice) => notice instanceof HTMLElement);
  if (shown.some((notice) => notice.dataset.message === message)) return;
  const notice = make('div', { className: 'notice' }, make('p', {}, ...toldOf(error, message)));
  notice.dataset.message = message;
  const close = make('button', { type: 'button', textContent: say.common.close });
  close.addEventListener('click', () => notice.remove());
  notice.append(close);
  place.append(notice);
}

/**
 * What went wrong in the page's language; what handful itself says of it is English.
 * @param {unknown} error @param {string} message
 */
function toldOf(error, message) {
  if (error instanceof Trouble) return [message];
  const original = make('span', { lang: 'en', dir: 'ltr', className: say.about.tag === 'en' ? '' : 'soft' }, message);
  if (!(error instanceof HandfulError) || error.code === 'internal' || error.code === 'aborted')
    return [say.trouble.wrong({ message: '' }), original];
  return say.about.tag === 'en' ? [original] : [say.trouble.of[error.code], ' ', original];
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
