import { getJson } from './http.js';
import { words } from './toasts.js';

/** Search and commands: pages and actions at once from the page itself, records from the server as one types. */
export function startPalette() {
  const dialog = document.getElementById('palette');
  if (!dialog) return;
  const input = dialog.querySelector('input');
  const list = dialog.querySelector('ul');
  const commands = JSON.parse(dialog.dataset.commands);
  let selected = 0;
  let request = null;
  let timer = 0;

  document.addEventListener('click', (event) => {
    if (!event.target.closest('.search-open, [data-open-palette]')) return;
    event.preventDefault();
    input.value = '';
    show(commands);
    dialog.showModal();
    input.focus();
  });
  dialog.addEventListener('toggle', () => dialog.open && input.select());
  input.addEventListener('input', () => {
    const text = input.value.trim();
    const own = matching(text);
    show(own);
    clearTimeout(timer);
    if (text.length > 1) timer = setTimeout(() => ask(text, own), 120);
  });
  dialog.addEventListener('keydown', (event) => {
    const rows = options();
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      select((selected + (event.key === 'ArrowDown' ? 1 : -1) + rows.length) % rows.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (rows[selected]) follow(rows[selected]);
      else if (input.value.trim()) location.assign(`/search?q=${encodeURIComponent(input.value.trim())}`);
    }
  });
  list.addEventListener('click', (event) => {
    const row = event.target.closest('li[data-url]');
    if (row) follow(row);
  });
  show(commands);

  async function ask(text, own) {
    request?.abort();
    request = new AbortController();
    try {
      const { items } = await getJson(`/search/quick?q=${encodeURIComponent(text)}`, request.signal);
      if (input.value.trim() === text) show(own, items);
    } catch (error) {
      if (error.name !== 'AbortError') show(own);
    }
  }

  function matching(text) {
    const wanted = text.toLowerCase().split(/\s+/);
    return commands.filter((command) => wanted.every((word) => command.title.toLowerCase().includes(word)));
  }

  function show(own, found = []) {
    list.replaceChildren();
    if (found.length) list.append(group(words('records')), ...found.map(option));
    if (own.length) list.append(group(words('commands')), ...own.map(option));
    if (!own.length && !found.length) list.append(group(words('nothingFound')));
    select(0);
  }

  function group(text) {
    const row = document.createElement('li');
    row.className = 'group';
    row.setAttribute('role', 'presentation');
    row.textContent = text;
    return row;
  }

  function option(entry, index) {
    const row = document.createElement('li');
    row.setAttribute('role', 'option');
    row.id = `palette-${entry.url}-${index}`.replace(/[^\w-]/g, '-');
    row.dataset.url = entry.url;
    if (entry.dialog) row.dataset.dialogFrom = entry.url;
    const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    icon.setAttribute('class', 'icon');
    icon.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', `${document.body.dataset.icons}#${entry.icon}`);
    icon.append(use);
    const title = document.createElement('span');
    title.className = 'cut';
    title.textContent = entry.title;
    const what = document.createElement('span');
    what.className = 'what';
    what.textContent = entry.what ?? '';
    row.append(icon, title, what);
    return row;
  }

  function options() {
    return [...list.querySelectorAll('[role="option"]')];
  }

  function select(index) {
    const rows = options();
    selected = Math.max(0, Math.min(index, rows.length - 1));
    rows.forEach((row, at) => row.setAttribute('aria-selected', String(at === selected)));
    rows[selected]?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', rows[selected]?.id ?? '');
  }

  function follow(row) {
    dialog.close();
    if (row.dataset.dialogFrom) return;
    location.assign(row.dataset.url);
  }
}
