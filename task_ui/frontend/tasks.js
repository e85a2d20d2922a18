import { enhanceAll } from './app-enhance.js';
import { getPart, parse } from './http.js';
import { openDialog } from './dialogs.js';
import { typing } from './keys.js';
import { toast, words } from './toasts.js';

/** *My tasks*: the list on the left, the chosen card on the right; on a narrow screen each is a page of its own. */
const wide = matchMedia('(min-width: 1100px)');
let request = null;
let timer = 0;

export function startTasks() {
  const list = document.querySelector('[data-task-list]');
  const pane = document.getElementById('task-pane');
  if (list && pane) {
    list.addEventListener('click', (event) => {
      const row = event.target.closest('a[data-task]');
      if (!row || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (!pane.querySelector(`[data-task-card="${row.dataset.task}"]`)) open(list, pane, row);
    });
    list.querySelector('a[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }
  document.addEventListener('keydown', (event) => onKey(event, list, pane));
}

function onKey(event, list, pane) {
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
    const primary = document.querySelector('[data-task-form] button.primary[name="result"], [data-task-form] button.primary[type="submit"]');
    if (primary && !document.querySelector('dialog[open]')) {
      event.preventDefault();
      primary.click();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event) || document.querySelector('dialog[open]')) return;
  if (event.code === 'KeyC') document.querySelector('[data-act="claim"]')?.click();
  if (event.code === 'KeyP') openDialog(document.getElementById('postpone'));
  if (!list) return;
  if (event.code === 'KeyJ' || event.code === 'KeyK') {
    const rows = [...list.querySelectorAll('a[data-task]')];
    const at = rows.findIndex((row) => row.getAttribute('aria-current') === 'true');
    const next = rows[at + (event.code === 'KeyJ' ? 1 : -1)] ?? (at < 0 ? rows[0] : null);
    if (!next) return;
    event.preventDefault();
    next.focus();
    mark(list, next);
    clearTimeout(timer);
    if (wide.matches) timer = setTimeout(() => open(list, pane, next), 120);
  }
  if (event.key === 'Enter' && event.target.matches?.('a[data-task]') && wide.matches) {
    event.preventDefault();
    open(list, pane, event.target).then(() => {
      (pane.querySelector('[data-task-form] :is(input:not([type=hidden]), select, textarea)') ?? pane.querySelector('.result-bar button'))?.focus();
    });
  }
}

function mark(list, row) {
  for (const other of list.querySelectorAll('[aria-current="true"]')) other.removeAttribute('aria-current');
  row.setAttribute('aria-current', 'true');
  row.scrollIntoView({ block: 'nearest' });
}

async function open(list, pane, row) {
  mark(list, row);
  request?.abort();
  request = new AbortController();
  try {
    const address = new URL(row.href);
    address.searchParams.set('pane', '1');
    const part = await getPart(address.href, request.signal);
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
  }
}
