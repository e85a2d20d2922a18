/** Publishing what is drawn: saved first, refused with what is wrong and where. */

import { send } from '../modeler/saving.js';

export function startPublishing(box, saving, showFindings, base) {
  const dialog = document.querySelector('[data-publishing]');
  const problem = dialog.querySelector('[data-publish-error]');
  box.querySelector('[data-publish]')?.addEventListener('click', () => {
    problem.textContent = '';
    dialog.showModal();
  });
  for (const button of dialog.querySelectorAll('[data-close]')) button.addEventListener('click', () => dialog.close());
  const submit = dialog.querySelector('[data-publish-now]');
  submit.addEventListener('click', publish);
  dialog.querySelector('form').addEventListener('submit', (event) => { event.preventDefault(); publish(); });

  async function publish() {
    submit.disabled = true;
    try {
      if (!await saving.now()) {
        dialog.close();
        return;
      }
      const { id, revision } = saving.draft;
      const told = await send(`${base}/${id}/publish`, {
        revision, comment: dialog.querySelector('#publish-comment').value,
      });
      if (told.ok) {
        saving.leave();
        location.assign(told.url);
        return;
      }
      problem.textContent = told.message;
      if (told.findings?.length) showFindings(told.findings);
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      submit.disabled = false;
    }
  }
}
