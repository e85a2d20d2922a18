import { openDialog } from './dialogs.js';

/** G then a letter goes to a page; the letters stand on the links as data-key. */
let waiting = 0;

export const typing = (event) =>
  event.target.closest?.('input, textarea, select, [contenteditable], .ts-control') != null;

export function startKeys() {
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.code === 'KeyK') {
      event.preventDefault();
      openDialog(document.getElementById('palette'));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    if (document.querySelector('dialog[open]')) return;
    if (event.key === '?') {
      event.preventDefault();
      openDialog(document.getElementById('keys'));
    } else if (event.key === '/') {
      event.preventDefault();
      (document.querySelector('.filters form.q input') ?? document.querySelector('.search-open'))?.focus();
    } else if (event.code === 'KeyG') {
      waiting = Date.now();
    } else if (Date.now() - waiting < 1500) {
      waiting = 0;
      document.querySelector(`[data-key="${event.code.replace('Key', '').toLowerCase()}"]`)?.click();
    }
  });
}
