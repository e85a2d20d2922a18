import { getJson } from './http.js';
import { toast, words } from './toasts.js';

const EVERY = 4000;
const SHOWN = 'calls-shown';

/** While the page is looked at, a call that rings shows the way to the client's card, once. */
export function startRinging() {
  if (document.body.dataset.ringing === undefined) return;
  setInterval(async () => {
    if (document.visibilityState !== 'visible') return;
    const shown = Number(sessionStorage.getItem(SHOWN) ?? 0);
    const calls = await getJson('/calls/ringing').catch(() => []);
    for (const { id, text, link } of calls.filter((call) => call.id > shown)) {
      toast(text, { link, linkText: words('openCard') });
      sessionStorage.setItem(SHOWN, String(id));
    }
  }, EVERY);
}
