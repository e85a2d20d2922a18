import { post } from './http.js';

const PAUSE = 350;

/** The frame beside the editor shows the form as it stands there, a moment after each change. */
export function enhance(root) {
  for (const frame of root.querySelectorAll('[data-form-picture]')) {
    if (frame.dataset.enhanced) continue;
    frame.dataset.enhanced = 'yes';
    follow(frame, document.getElementById(frame.dataset.formPicture));
  }
}

function follow(frame, form) {
  let waiting = 0;
  const draw = async () => {
    const answer = await post('/forms/preview', new FormData(form)).catch(() => null);
    if (answer?.ok) frame.srcdoc = await answer.text();
  };
  form.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(draw, PAUSE); });
  addEventListener('message', ({ source, data }) => {
    if (source === frame.contentWindow && data?.procession === 'form-height') frame.style.height = `${data.height}px`;
  });
  draw();
}
