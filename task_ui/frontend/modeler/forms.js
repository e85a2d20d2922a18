/** Forms of the draft: drawn in a window over the diagram, kept with it, shown as the manager will see them. */

import { startFormPreview } from './form-preview.js';
import { send } from './saving.js';

export function startForms(box, choices, say) {
  const dialog = document.querySelector('[data-forms]');
  const part = (name) => dialog.querySelector(`[data-form-${name}]`);
  const drawn = new Map(Object.entries(JSON.parse(box.dataset.ownForms)));
  const definition = Number(box.dataset.definition) || null;
  const listeners = [];
  let uses = [];
  let open = null;

  const preview = startFormPreview(part('preview'), () => open && { form: open.schema, results: open.results }, say);

  async function source(key) {
    if (drawn.has(key)) return drawn.get(key);
    const told = await send('/processes/forms/open', { key, definition });
    if (!told.ok) throw new Error(told.message);
    return told.form;
  }

  /** Draws a form in the context of the task whose results it may be asked with. */
  async function edit(key, { title = '', results = [] } = {}) {
    part('title').textContent = title || key;
    part('error').textContent = '';
    show('drawing');
    dialog.showModal();
    try {
      const [{ openForm }, form] = await Promise.all([load(), source(key)]);
      open = { key, schema: form, results, editor: null };
      open.editor = await openForm({
        canvas: part('canvas'), panel: part('panel'), form, language: document.documentElement.lang, key, say, types: choices.form_types, results: named(results),
        readBy: (name) => uses.filter((use) => use.name === name).flatMap((use) => use.read_by).map((place) => say(`reads_${place.kind}`, { element: place.element_name, detail: place.detail })),
        changed: (schema) => {
          open.schema = { ...schema, id: key };
          drawn.set(key, open.schema);
          for (const listener of listeners) listener();
        },
      });
      dialog.dataset.ready = 'yes';
    } catch (error) {
      part('error').textContent = say('unreadable', { why: error.message });
    }
  }

  const named = (results) => results.map((one) => ({ code: one.code, title: (document.documentElement.lang === 'ru' ? one.titleRu : one.titleEn) || one.code }));

  async function load() {
    if (!document.querySelector('link[data-form-style]')) {
      const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: box.dataset.formStyle });
      link.dataset.formStyle = '';
      document.head.append(link);
      await new Promise((done) => { link.onload = done; link.onerror = done; });
    }
    return import('../form-editor.js');
  }

  function show(tab) {
    dialog.dataset.tab = tab;
    for (const button of dialog.querySelectorAll('[data-form-tab]')) button.setAttribute('aria-selected', String(button.dataset.formTab === tab));
    if (tab === 'preview') preview.draw();
  }

  for (const button of dialog.querySelectorAll('[data-form-tab]')) button.addEventListener('click', () => show(button.dataset.formTab));
  part('undo').addEventListener('click', () => open?.editor?.undo());
  part('redo').addEventListener('click', () => open?.editor?.redo());
  part('done').addEventListener('click', () => dialog.close());
  dialog.addEventListener('cancel', (event) => { if (document.querySelector('.gu-mirror')) event.preventDefault(); });
  dialog.addEventListener('close', () => {
    open?.editor?.close();
    open = null;
    delete dialog.dataset.ready;
  });

  return {
    edit,
    /** An empty form under a key that is free. */
    create(wanted) {
      const base = wanted.replace(/[^\w.-]/g, '_').replace(/^(?![A-Za-z_])/, '_');
      let key = base;
      for (let number = 2; choices.forms.includes(key); number += 1) key = `${base}_${number}`;
      drawn.set(key, { type: 'default', schemaVersion: 16, id: key, components: [] });
      choices.forms.push(key);
      return key;
    },
    all: () => Object.fromEntries(drawn),
    tell: (fields) => { uses = fields; },
    onChange: (listener) => { listeners.push(listener); },
  };
}
