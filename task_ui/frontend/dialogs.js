import { getPart, parse } from './http.js';
import { toast, words } from './toasts.js';

/**
 * `data-dialog="id"` opens a <dialog> of the page; `data-dialog-from="/url"` one that the server makes (its
 * <main> part); `data-confirm="text"` asks before a form is sent or a link followed.
 */
export function startDialogs(enhance) {
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-dialog]');
    if (opener) {
      event.preventDefault();
      openDialog(document.getElementById(opener.dataset.dialog));
      return;
    }
    const remote = event.target.closest('[data-dialog-from]');
    if (remote && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      remote.closest('details.menu')?.removeAttribute('open');
      remoteDialog(remote.dataset.dialogFrom || remote.href, enhance);
      return;
    }
    const closer = event.target.closest('dialog [data-close]');
    if (closer) {
      event.preventDefault();
      leave(closer.closest('dialog'));
      return;
    }
    if (event.target instanceof HTMLDialogElement) leave(event.target);
  });
  document.addEventListener('cancel', (event) => {
    if (!(event.target instanceof HTMLDialogElement) || !isChanged(event.target)) return;
    event.preventDefault();
    leave(event.target);
  }, true);
  document.addEventListener('submit', async (event) => {
    const asking = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
    if (!asking || event.target.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await confirmed(asking)) {
      event.target.dataset.confirmed = 'yes';
      event.target.requestSubmit(event.submitter ?? undefined);
      delete event.target.dataset.confirmed;
    }
  }, true);
}

const isChanged = (dialog) => dialog.querySelector('form[data-changed]') != null;

/** Closes a dialog; one in which something was typed asks first. */
async function leave(dialog) {
  if (!isChanged(dialog) || await confirmed(words('leave'))) dialog.close();
}

export function openDialog(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  (dialog.querySelector('[autofocus]') ?? dialog.querySelector('input:not([type=hidden]), select, textarea'))?.focus();
}

export async function remoteDialog(url, enhance, values) {
  let part;
  try {
    const full = values ? `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(values)}` : url;
    part = await getPart(full);
  } catch {
    toast(words('offline'), { error: true });
    return null;
  }
  const page = parse(part.text);
  const content = page.querySelector('main') ?? page.body;
  const dialog = document.createElement('dialog');
  const title = content.querySelector('h1');
  if (title) {
    title.id ||= `dialog-${Date.now()}`;
    dialog.setAttribute('aria-labelledby', title.id);
  }
  dialog.append(frame(content, title));
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  openDialog(dialog);
  await enhance?.(dialog);
  window.htmx?.process(dialog);
  return dialog;
}

function frame(content, title) {
  const box = document.createDocumentFragment();
  const head = document.createElement('div');
  head.className = 'dialog-head';
  if (title) {
    const heading = document.createElement('h2');
    heading.id = title.id;
    heading.textContent = title.textContent.trim();
    head.append(heading);
    (title.closest('.page-head') ?? title).remove();
  }
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'btn bare';
  close.dataset.close = '';
  close.setAttribute('aria-label', words('close'));
  close.textContent = '✕';
  head.append(close);
  const body = document.createElement('div');
  body.className = 'dialog-body';
  body.append(...content.childNodes);
  box.append(head, body);
  return box;
}

function confirmed(text) {
  const dialog = document.getElementById('confirm');
  dialog.querySelector('p').textContent = text;
  dialog.returnValue = '';
  dialog.showModal();
  dialog.querySelector('[value="yes"]').focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
