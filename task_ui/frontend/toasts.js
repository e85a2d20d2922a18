/** Words that scripts say; the page carries them in the person's language. */
export const words = (name, values = {}) => {
  const text = document.body.dataset[`word${name[0].toUpperCase()}${name.slice(1)}`] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');
};

export function toast(text, { error = false, link = null, linkText = '' } = {}) {
  const line = document.createElement('div');
  line.className = error ? 'toast-line error' : 'toast-line';
  const body = document.createElement('div');
  body.textContent = text;
  if (link) {
    const anchor = document.createElement('a');
    anchor.href = link;
    anchor.textContent = linkText;
    body.append(' ', anchor);
  }
  line.append(body, closer());
  document.getElementById('toasts').append(line);
  leave(line, error ? 12000 : 6000);
}

export function startToasts() {
  for (const line of document.querySelectorAll('#toasts .toast-line')) {
    line.append(closer());
    leave(line, line.classList.contains('error') ? 12000 : 7000);
  }
  for (const [name, key] of [['htmx:error', 'offline']]) {
    document.addEventListener(name, (event) => {
      if (event.detail?.error?.name !== 'AbortError') toast(words(key), { error: true });
    });
  }
}

function closer() {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = '✕';
  button.setAttribute('aria-label', words('close'));
  button.addEventListener('click', () => button.parentElement.remove());
  return button;
}

function leave(line, after) {
  let timer = setTimeout(() => line.remove(), after);
  line.addEventListener('pointerenter', () => clearTimeout(timer));
  line.addEventListener('focusin', () => clearTimeout(timer));
  line.addEventListener('pointerleave', () => { timer = setTimeout(() => line.remove(), 3000); });
}
