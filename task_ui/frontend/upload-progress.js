import { csrf, parse } from './http.js';

/** `[data-upload]`: a form whose files are listed one by one, told how far each has gone, and may be called off. */
export function enhance(root) {
  for (const form of root.querySelectorAll('form[data-upload]')) {
    if (form.dataset.ready) continue;
    form.dataset.ready = 'yes';
    start(form);
  }
}

function start(form) {
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector('[data-upload-list]');
  const row = form.querySelector('template[data-upload-row]');
  const status = form.querySelector('[data-upload-status]');
  const cancel = form.querySelector('[data-upload-cancel]');
  const send = form.querySelector('[data-upload-send]');
  let files = [];
  let request = null;

  const say = (word) => { status.textContent = status.dataset[word] ?? ''; };
  const keep = () => {
    const kept = new DataTransfer();
    for (const file of files) kept.items.add(file);
    input.files = kept.files;
    list.replaceChildren(...files.map((file) => line(row, file, () => {
      files = files.filter((other) => other !== file);
      keep();
      (list.querySelector('[data-remove]') ?? input).focus();
    })));
    list.hidden = !files.length;
  };

  input.addEventListener('change', () => {
    const chosen = [...input.files];
    files = [...files.filter((file) => !chosen.some((other) => other.name === file.name)), ...chosen];
    say('');
    keep();
  });
  cancel.addEventListener('click', () => request?.abort());
  form.addEventListener('submit', (event) => {
    if (!files.length || event.submitter?.name === 'mend') return;
    event.preventDefault();
    if (request) return;
    request = sent(form, event.submitter, {
      progress: (loaded, total) => show(list, files, loaded, total),
      checking: () => { stand(list, 'checking'); cancel.hidden = true; say('checking'); },
      over: () => { request = null; cancel.hidden = true; send.disabled = false; },
      cancelled: () => { stand(list, 'waiting'); say('cancelled'); send.focus(); },
      lost: () => { stand(list, 'waiting'); say('lost'); send.focus(); },
    });
    send.disabled = true;
    cancel.hidden = false;
    cancel.focus();
    stand(list, 'sending');
    say('sending');
  });
}

function line(row, file, remove) {
  const item = row.content.firstElementChild.cloneNode(true);
  item.querySelector('[data-name]').textContent = file.name;
  item.querySelector('[data-size]').textContent = size(file.size);
  item.querySelector('progress').setAttribute('aria-label', file.name);
  const button = item.querySelector('[data-remove]');
  button.setAttribute('aria-label', button.dataset.remove.replace('{name}', file.name));
  button.addEventListener('click', remove);
  return item;
}

/** The files leave in their order, so what has gone out in all tells how far each is. */
function show(list, files, loaded, total) {
  const whole = files.reduce((sum, file) => sum + file.size, 0);
  let left = Math.max(0, loaded - Math.max(0, total - whole));
  files.forEach((file, index) => {
    const gone = Math.min(file.size, left);
    left -= gone;
    const bar = list.children[index].querySelector('progress');
    bar.value = file.size ? gone / file.size : 1;
    if (gone === file.size) word(list.children[index], 'gone');
  });
}

function stand(list, state) {
  for (const item of list.children) {
    const bar = item.querySelector('progress');
    bar.hidden = state === 'waiting';
    if (state === 'checking') bar.removeAttribute('value'); else if (state === 'sending') bar.value = 0;
    item.querySelector('[data-remove]').hidden = state !== 'waiting';
    word(item, state);
  }
}

function word(item, state) {
  const said = item.querySelector('[data-state]');
  said.textContent = said.dataset[state] ?? '';
}

function size(bytes) {
  const large = bytes >= 1024 * 1024;
  const style = { style: 'unit', unit: large ? 'megabyte' : 'kilobyte', maximumFractionDigits: large ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(Math.max(1, bytes / 1024) / (large ? 1024 : 1));
}

function sent(form, submitter, told) {
  const body = new FormData(form);
  if (submitter?.name) body.append(submitter.name, submitter.value);
  const request = new XMLHttpRequest();
  request.open('POST', form.action);
  request.setRequestHeader('X-CSRFToken', csrf());
  request.setRequestHeader('X-Upload', '1');
  request.upload.addEventListener('progress', (event) => told.progress(event.loaded, event.total));
  request.upload.addEventListener('load', told.checking);
  request.addEventListener('abort', () => { told.over(); told.cancelled(); });
  request.addEventListener('error', () => { told.over(); told.lost(); });
  request.addEventListener('load', () => {
    const next = request.getResponseHeader('X-Go');
    if (next) { location.assign(next); return; }
    told.over();
    const main = parse(request.responseText).querySelector('main');
    if (!main) { told.lost(); return; }
    document.querySelector('main').replaceWith(main);
    import('./app-enhance.js').then(({ enhanceAll }) => enhanceAll(main));
  });
  request.send(body);
  return request;
}
