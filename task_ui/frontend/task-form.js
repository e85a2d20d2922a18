import { words } from './toasts.js';

/**
 * The form of a task: drafts are kept on this device until the task is completed, and a result whose fields are not
 * yet filled shows them and says so instead of sending.
 */
export function enhance(root) {
  forgetSent();
  for (const form of root.querySelectorAll('form[data-task-form]')) {
    if (form.dataset.ready) continue;
    form.dataset.ready = 'yes';
    startResults(form);
    startDrafts(form);
    startConditions(form);
  }
}

/** Fields that are asked only while another one has a certain value. */
function startConditions(form) {
  const fields = [...form.querySelectorAll('.field[data-when]')];
  const follow = () => {
    for (const field of fields) {
      const [name, value] = field.dataset.when.split('=');
      field.hidden = String(form.elements[name]?.value ?? '') !== value;
    }
  };
  if (!fields.length) return;
  form.addEventListener('change', follow);
  follow();
}

function startResults(form) {
  const parts = [...form.querySelectorAll('[data-results]')];
  const fits = (part, result) => part.dataset.results.split(' ').includes(result);
  const hasErrors = form.querySelector('[aria-invalid="true"]') != null;
  if (!hasErrors) for (const part of parts) if (part.matches('[data-later]')) part.hidden = true;
  form.addEventListener('click', (event) => {
    const button = event.target.closest('button[name="result"]');
    if (!button) return;
    let shown = false;
    for (const part of parts) {
      if (!part.matches('[data-later]')) continue;
      const wanted = fits(part, button.value);
      if (wanted && part.hidden) shown = true;
      part.hidden = !wanted;
    }
    const missing = required(form, button.value, fits);
    if (missing.length || shown) {
      event.preventDefault();
      for (const other of form.querySelectorAll('button[name="result"]')) other.classList.toggle('primary', other === button);
      for (const field of missing) complain(field);
      const first = missing[0] ?? parts.find((part) => !part.hidden && fits(part, button.value));
      const control = first?.querySelector('.ts-control input, input:not([type=hidden]), select, textarea');
      control?.focus();
      first?.scrollIntoView({ block: 'center' });
    }
  });
  form.addEventListener('input', (event) => event.target.closest('.field')?.classList.remove('invalid'));
}

function required(form, result, fits) {
  return [...form.querySelectorAll('.field[data-required]')].filter((field) => {
    const part = field.closest('[data-results]');
    if (part && !fits(part, result)) return false;
    if (field.closest('[hidden]')) return false;
    const controls = [...field.querySelectorAll('input[name], select[name], textarea[name]')];
    if (!controls.length) return true;
    return !controls.some((control) =>
      ['checkbox', 'radio'].includes(control.type) ? control.checked : String(control.value).trim() !== '');
  });
}

function complain(field) {
  field.classList.add('invalid');
  let line = field.querySelector('.error');
  if (!line) {
    line = document.createElement('p');
    line.className = 'error';
    field.append(line);
  }
  line.textContent = words('required');
}

function startDrafts(form) {
  const key = `draft:${form.dataset.taskForm}`;
  const note = form.querySelector('[data-draft-note]');
  const read = () => [...new FormData(form).entries()].filter(([name, value]) => !['csrf_token', 'result', 'view'].includes(name) && typeof value === 'string');
  const saved = load(key);
  if (saved && !form.querySelector('[aria-invalid="true"]')) {
    if (restore(form, saved) && note) note.textContent = words('draftRestored');
  }
  form.addEventListener('input', () => {
    try { localStorage.setItem(key, JSON.stringify(read())); } catch { return; }
    if (note) note.textContent = words('draftSaved');
  });
  form.addEventListener('submit', () => {
    localStorage.setItem(`${key}:sent`, '1');
  });
}

/** A draft whose form was sent goes away once its task is no longer on the page. */
function forgetSent() {
  try {
    for (const mark of Object.keys(localStorage).filter((key) => key.startsWith('draft:') && key.endsWith(':sent'))) {
      const key = mark.slice(0, -':sent'.length);
      if (document.querySelector(`[data-task-form="${CSS.escape(key.slice('draft:'.length))}"]`)) continue;
      localStorage.removeItem(mark);
      localStorage.removeItem(key);
    }
  } catch { /* a browser without storage keeps no drafts */ }
}

function load(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

function restore(form, pairs) {
  let changed = false;
  const wanted = new Map();
  for (const [name, value] of pairs) wanted.set(name, [...(wanted.get(name) ?? []), value]);
  for (const control of form.elements) {
    if (!control.name || !wanted.has(control.name) || control.type === 'hidden' || control.type === 'file') continue;
    const values = wanted.get(control.name);
    if (control.tomselect) {
      if (String(control.tomselect.getValue()) !== String(control.multiple ? values : values[0])) {
        for (const value of values) if (!control.tomselect.options[value]) return changed;
        control.tomselect.setValue(control.multiple ? values : values[0], true);
        changed = true;
      }
    } else if (control.multiple) {
      for (const option of control.options) option.selected = values.includes(option.value);
    } else if (['checkbox', 'radio'].includes(control.type)) {
      const on = values.includes(control.value);
      if (control.checked !== on) { control.checked = on; changed = true; }
    } else if (control.value !== values[0]) {
      control.value = values[0];
      changed = true;
    }
  }
  return changed;
}
