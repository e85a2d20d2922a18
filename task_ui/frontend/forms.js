import { sendOnce } from './busy.js';
import { words } from './toasts.js';

/** Small comforts of every form: filters send themselves, a change is not lost by leaving, one press sends once. */
export function enhanceForms(root) {
  for (const form of root.querySelectorAll('form[data-auto]')) once(form, () => {
    form.addEventListener('change', () => form.requestSubmit());
  });
  for (const form of root.querySelectorAll('form[data-guard]')) once(form, () => guard(form));
  for (const form of root.querySelectorAll('form[method="post"]')) once(form, () => sendOnce(form, isLook), 'sending');
  for (const button of root.querySelectorAll('[data-copy]')) once(button, () => {
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = words('copied');
    });
  });
  for (const box of root.querySelectorAll('[data-check-all]')) once(box, () => {
    box.addEventListener('change', () => {
      for (const other of box.closest('table').querySelectorAll('tbody input[type="checkbox"]')) other.checked = box.checked;
    });
  });
  for (const button of root.querySelectorAll('[data-fill]')) once(button, () => {
    button.addEventListener('click', () => { button.form.elements[button.dataset.fill].value = button.dataset.value; });
  });
  root.querySelector('.note-box.error[tabindex]')?.focus();
}

function once(element, start, name = 'enhanced') {
  if (element.dataset[name]) return;
  element.dataset[name] = 'yes';
  start();
}

function guard(form) {
  form.addEventListener('input', () => { form.dataset.changed = 'yes'; });
  form.addEventListener('submit', (event) => { if (!isLook(event)) delete form.dataset.changed; });
  addEventListener('beforeunload', (event) => { if (form.dataset.changed && form.isConnected) event.preventDefault(); });
}

/** A button with a target of its own only shows something beside the form, which stays as it is. */
function isLook(event) {
  return Boolean(event.submitter?.formTarget);
}
