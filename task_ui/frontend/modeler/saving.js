/** The draft saves itself after a change; a save by somebody else in the meantime is told and loses nothing. */

import { csrf } from '../http.js';

const AFTER = 1200;

export async function send(url, values) {
  const answer = await fetch(url, {
    method: 'POST', credentials: 'same-origin', body: JSON.stringify(values),
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrf() },
  });
  const told = await answer.json().catch(() => ({ message: String(answer.status) }));
  return { ok: answer.ok, conflict: answer.status === 409, ...told };
}

/** `base` is where drafts of this kind live, `xml` gives what is drawn now, `more` what is kept beside it. */
export function startSaving({ box, say, base, xml, more = () => ({}) }) {
  const line = box.querySelector('.modeler-state');
  const conflict = document.querySelector('[data-conflict]');
  const draft = { id: Number(box.dataset.draft) || null, revision: Number(box.dataset.revision) };
  let changes = 0;
  let kept = 0;
  let timer = null;
  let running = Promise.resolve();

  function tell(state, text = say(state)) {
    line.dataset.state = state;
    line.textContent = text;
  }

  async function write() {
    clearTimeout(timer);
    if (kept === changes && draft.id) return true;
    const from = changes;
    tell('saving');
    try {
      const told = await send(`${base}/save`, { xml: await xml(), name: title(), draft: draft.id, revision: draft.revision, ...more() });
      if (told.conflict) {
        tell('failed', say('not_saved', { why: told.message }));
        if (!conflict.open) conflict.showModal();
        return false;
      }
      if (!told.ok) throw new Error(told.message);
      became(told);
      kept = from;
      if (kept === changes) tell('saved'); else later();
      return kept === changes;
    } catch (error) {
      tell('failed', say('not_saved', { why: error instanceof TypeError ? say('offline') : error.message }));
      return false;
    }
  }

  const title = () => box.querySelector('[data-title]').textContent;

  function became({ id, revision, url }) {
    if (id !== draft.id) {
      history.replaceState(null, '', url);
      const discard = box.querySelector('form[data-discard]');
      discard.action = `${url}/discard`;
      discard.hidden = false;
    }
    draft.id = id;
    draft.revision = revision;
  }

  /** One save at a time, in order. */
  function now() {
    running = running.then(write, write);
    return running;
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(now, AFTER);
  }

  function changed() {
    changes += 1;
    tell('unsaved');
    if (!conflict.open) later();
  }

  addEventListener('beforeunload', (event) => { if (kept !== changes) event.preventDefault(); });
  box.querySelector('form[data-discard]').addEventListener('submit', () => { clearTimeout(timer); kept = changes; });
  conflict.querySelector('[data-keep-mine]').addEventListener('click', () => {
    conflict.close();
    draft.id = null;
    draft.revision = 0;
    now();
  });
  conflict.querySelector('[data-take-theirs]').addEventListener('click', () => {
    kept = changes;
    location.reload();
  });
  tell(draft.id ? 'saved' : 'unchanged');
  return { now, draft, changed, leave: () => { kept = changes; } };
}
