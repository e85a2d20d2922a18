import { words } from './toasts.js';

/**
 * One press sends a form once, and an answer that is long in coming is told of: the pressed button turns, and what is
 * going on is said in words, those of `data-busy` of the button or its form where there are any.
 */

const TOLD_AFTER = 400;
const FORGOTTEN_AFTER = 120000;

export function sendOnce(form, isLook) {
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented || isLook(event)) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    setTimeout(() => {
      if (event.defaultPrevented) { delete form.dataset.sent; return; }
      const button = event.submitter ?? form.querySelector('button:not([type="button"])');
      const over = busy(button ?? form, button?.dataset.busy ?? form.dataset.busy);
      const again = () => { over(); delete form.dataset.sent; removeEventListener('pageshow', again); clearTimeout(forgotten); };
      const forgotten = setTimeout(again, FORGOTTEN_AFTER);
      addEventListener('pageshow', again);
    });
  });
}

/** Says that work goes on from here; gives what ends it. A dialog hides the rest of the page, so it is said inside. */
export function busy(button, text = words('working')) {
  const line = document.createElement('div');
  line.className = 'busy-line';
  const dialog = button.closest('dialog');
  if (dialog) line.setAttribute('role', 'status');
  (dialog ?? document.getElementById('toasts')).append(line);
  const told = setTimeout(() => {
    line.textContent = text;
    button.setAttribute('aria-busy', 'true');
    button.setAttribute('aria-disabled', 'true');
  }, TOLD_AFTER);
  return () => {
    clearTimeout(told);
    line.remove();
    button.removeAttribute('aria-busy');
    button.removeAttribute('aria-disabled');
  };
}
