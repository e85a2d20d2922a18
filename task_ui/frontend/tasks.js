import { enhanceAll } from './app-enhance.js';
import { getPart, parse } from './http.js';
import { openDialog } from './dialogs.js';
import { typing } from './keys.js';
import { toast, words } from './toasts.js';

/** *My tasks*: the list on the left, the chosen card on the right; on a narrow screen each is a page of its own. */
const wide = matchMedia('(min-width: 1100px)');
let request = null;
let loading = idle();
let timer = 0;

function idle() {
  return { task: null, done: Promise.resolve() };
}

export function startTasks() {
  const list = document.querySelector('[data-task-list]');
  const pane = document.getElementById('task-pane');
  if (list && pane) {
    list.addEventListener('click', (event) => {
      const row = event.target.closest('a[data-task]');
      if (!row || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(list, pane, row);
    });
    list.querySelector('a[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }
  document.addEventListener('keydown', (event) => onKey(event, list, pane));
}

function onKey(event, list, pane) {
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
    if (document.querySelector('dialog[open]')) return;
    event.preventDefault();
    showMarked(list, pane).then(() =>
      document.querySelector('[data-task-form] button.primary[name="result"], [data-task-form] button.primary[type="submit"]')?.click());
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event) || document.querySelector('dialog[open]')) return;
  if (event.code === 'KeyC') showMarked(list, pane).then(() => document.querySelector('[data-act="claim"]')?.click());
  if (event.code === 'KeyP') showMarked(list, pane).then(() => openDialog(document.getElementById('postpone')));
  if (!list) return;
  if (event.code === 'KeyJ' || event.code === 'KeyK') {
    const rows = [...list.querySelectorAll('a[data-task]')];
    const at = rows.findIndex((row) => row.getAttribute('aria-current') === 'true');
    const next = rows[at + (event.code === 'KeyJ' ? 1 : -1)] ?? (at < 0 ? rows[0] : null);
    if (!next) return;
    event.preventDefault();
    next.focus();
    mark(list, next);
    leave();
    if (wide.matches) timer = setTimeout(() => show(list, pane, next), 120);
  }
  if (event.key === 'Enter' && event.target.matches?.('a[data-task]') && wide.matches) {
    event.preventDefault();
    show(list, pane, event.target).then(() => {
      (pane.querySelector('[data-task-form] :is(input:not([type=hidden]), select, textarea)') ?? pane.querySelector('.result-bar button'))?.focus();
    });
  }
}

function mark(list, row) {
  for (const other of list.querySelectorAll('[aria-current="true"]')) other.removeAttribute('aria-current');
  row.setAttribute('aria-current', 'true');
  row.scrollIntoView({ block: 'nearest' });
}

/** Give up the card that was on its way. */
function leave() {
  clearTimeout(timer);
  request?.abort();
  loading = idle();
}

/** The card of the marked row: a key must not act on the card that is about to be replaced by it. */
async function showMarked(list, pane) {
  const row = wide.matches && list?.querySelector('a[data-task][aria-current="true"]');
  if (row) await show(list, pane, row);
}

/** Put the card of a row into the pane, unless it is there: what has been typed into it stays. */
function show(list, pane, row) {
  mark(list, row);
  const { task } = row.dataset;
  if (loading.task === task) return loading.done;
  leave();
  if (!pane.querySelector(`[data-task-card="${task}"]`)) loading = { task, done: load(pane, row) };
  return loading.done;
}

async function load(pane, row) {
  const own = new AbortController();
  request = own;
  try {
    const address = new URL(row.href);
    address.searchParams.set('pane', '1');
    const part = await getPart(address.href, own.signal);
    if (part.redirected) { location.assign(part.url); return; }
    const content = parse(part.text).querySelector('main');
    pane.replaceChildren(...(content?.childNodes ?? []));
    pane.scrollTop = 0;
    const url = new URL(location.href);
    url.searchParams.set('task', row.dataset.task);
    history.replaceState(null, '', url);
    window.htmx?.process(pane);
    await enhanceAll(pane);
  } catch (error) {
    if (error.name !== 'AbortError') toast(words('offline'), { error: true });
  } finally {
    if (request === own) loading = idle();
  }
}
