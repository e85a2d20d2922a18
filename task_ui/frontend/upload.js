/** A place to drop files on: `[data-drop]` around a form with a file input. */
export function enhance(root) {
  for (const place of root.querySelectorAll('[data-drop]')) {
    if (place.dataset.ready) continue;
    place.dataset.ready = 'yes';
    const input = place.querySelector('input[type="file"]');
    const names = place.querySelector('[data-drop-names]');
    const show = () => {
      if (names) names.textContent = [...input.files].map((file) => file.name).join(', ');
      if (place.hasAttribute('data-drop-send') && input.files.length) input.form.requestSubmit();
    };
    input.addEventListener('change', show);
    for (const kind of ['dragenter', 'dragover']) place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add('over');
    });
    for (const kind of ['dragleave', 'drop']) place.addEventListener(kind, () => place.classList.remove('over'));
    place.addEventListener('drop', (event) => {
      event.preventDefault();
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event('change'));
    });
  }
}
