/** The form as it will stand on the task card, drawn by the server, in either language. */

import { enhanceAll } from '../app-enhance.js';
import { node } from './fields.js';
import { send } from './saving.js';

export function startFormPreview(box, current, say) {
  let language = document.documentElement.lang;
  const place = node('div', { class: 'form-preview-place' });
  const problems = node('ul', { class: 'field-error' });
  const switches = ['ru', 'en'].map((tongue) => node('button', { type: 'button', class: 'btn tiny', 'data-preview-language': tongue, onclick: () => { language = tongue; draw(); } }, say(`in_${tongue}`)));
  box.replaceChildren(node('div', { class: 'form-preview-head' }, node('span', { class: 'quiet small' }, say('preview_hint')), ...switches), problems, place);
  place.addEventListener('submit', (event) => event.preventDefault());

  async function draw() {
    for (const button of switches) button.setAttribute('aria-pressed', String(button.dataset.previewLanguage === language));
    const now = current();
    if (!now) return;
    const told = await send('/processes/forms/preview', { ...now, language });
    problems.replaceChildren(...(told.ok ? told.problems : [told.message]).map((text) => node('li', {}, text)));
    place.innerHTML = told.html ?? '';
    forget();
    await enhanceAll(place);
  }

  /** What somebody typed into an earlier preview is no draft of a task. */
  function forget() {
    for (const form of place.querySelectorAll('[data-task-form]')) {
      try { localStorage.removeItem(`draft:${form.dataset.taskForm}`); } catch { /* a browser without storage keeps none */ }
    }
  }

  return { draw };
}
