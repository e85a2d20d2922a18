/** Publishing what is drawn: saved first, refused with what is wrong and where, or which scenarios go differently. */

import { busy } from '../busy.js';
import { send } from '../modeler/saving.js';

export function startPublishing(box, saving, showFindings, base) {
  const dialog = document.querySelector('[data-publishing]');
  const problem = dialog.querySelector('[data-publish-error]');
  const heldBack = dialog.querySelector('[data-held-back]');
  const reason = dialog.querySelector('#publish-despite');
  box.querySelector('[data-publish]')?.addEventListener('click', () => {
    problem.textContent = '';
    showHeldBack([]);
    dialog.showModal();
  });
  for (const button of dialog.querySelectorAll('[data-close]')) button.addEventListener('click', () => dialog.close());
  const submit = dialog.querySelector('[data-publish-now]');
  submit.addEventListener('click', publish);
  dialog.querySelector('form').addEventListener('submit', (event) => { event.preventDefault(); publish(); });

  async function publish() {
    if (submit.disabled) return;
    submit.disabled = true;
    const over = busy(submit, submit.dataset.busy);
    try {
      if (!await saving.now()) {
        dialog.close();
        return;
      }
      const { id, revision } = saving.draft;
      const told = await send(`${base}/${id}/publish`, {
        revision, comment: dialog.querySelector('#publish-comment').value, despite: reason.value.trim(),
      });
      if (told.ok) {
        saving.leave();
        location.assign(told.url);
        return;
      }
      problem.textContent = told.message;
      showHeldBack(told.scenarios ?? []);
      if (told.findings?.length) showFindings(told.findings);
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      over();
      submit.disabled = false;
    }
  }

  function showHeldBack(scenarios) {
    heldBack.hidden = !scenarios.length;
    if (heldBack.hidden) reason.value = '';
    heldBack.querySelector('[data-scenarios]').replaceChildren(...scenarios.map(line));
    if (scenarios.length) reason.focus();
  }
}

function line(scenario) {
  const link = element('a', `${scenario.process}: ${scenario.name}`, 'strong');
  link.href = scenario.url;
  link.target = '_blank';
  const told = [scenario.step, scenario.expected, scenario.now].map((text) => element('span', text, 'sub'));
  const row = element('li', '');
  row.append(element('div', '', 'grow'));
  row.firstChild.append(link, ...told);
  return row;
}

function element(tag, text, look = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  if (look) made.className = look;
  return made;
}
