/** Plain HTML fields of the panel of properties. */

let number = 0;

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export { node };

export function group(title, ...fields) {
  return node('section', { class: 'props' }, node('h3', {}, title), ...fields);
}

function labelled(title, input, { hint = '', key = title } = {}) {
  const id = `prop-${(number += 1)}`;
  input.id = id;
  input.dataset.prop = key;
  const told = hint ? node('span', { class: 'sub', id: `${id}-hint` }, hint) : null;
  if (told) input.setAttribute('aria-describedby', told.id);
  return node('div', { class: 'field' }, node('label', { for: id }, title), input, told);
}

export function text(title, value, change, { hint, key, long = false, mono = false, options = null, placeholder = '' } = {}) {
  const input = long ? node('textarea', { rows: 3 }) : node('input', { type: 'text', autocomplete: 'off', spellcheck: mono ? 'false' : null });
  input.value = value ?? '';
  input.placeholder = placeholder;
  if (mono) input.classList.add('mono');
  input.addEventListener('change', () => {
    const problem = change(input.value.trim());
    input.setCustomValidity(problem ?? '');
    if (problem) input.reportValidity();
  });
  const field = labelled(title, input, { hint, key });
  if (options) {
    const list = node('datalist', { id: `${input.id}-options` }, ...options.map(([code, said]) => node('option', { value: code }, said)));
    input.setAttribute('list', list.id);
    field.append(list);
  }
  return field;
}

/** Takes [code, title] pairs; a value that is none of them stays and is shown as it is. */
export function select(title, value, options, change, { empty, hint, key } = {}) {
  const known = options.some(([code]) => code === value) || !value;
  const all = [...(empty === undefined ? [] : [['', empty]]), ...options, ...(known ? [] : [[value, value]])];
  const input = node('select', {}, ...all.map(([code, said]) => node('option', { value: code }, said)));
  input.value = value ?? '';
  input.addEventListener('change', () => change(input.value));
  return labelled(title, input, { hint, key });
}

export function check(title, value, change, key = title) {
  const id = `prop-${(number += 1)}`;
  const input = node('input', { type: 'checkbox', id });
  input.checked = Boolean(value);
  input.dataset.prop = key;
  input.addEventListener('change', () => change(input.checked));
  return node('div', { class: 'check' }, input, node('label', { for: id }, title));
}

/** Several of [code, title]; codes that are none of them are kept. */
export function several(title, values, options, change) {
  const all = [...options, ...values.filter((code) => !options.some(([known]) => known === code)).map((code) => [code, code])];
  const boxes = all.map(([code, said]) => check(said, values.includes(code), (on) => {
    change(all.map(([one]) => one).filter((one) => (one === code ? on : values.includes(one))));
  }, `role-${code}`));
  return node('fieldset', { class: 'field' }, node('legend', {}, title), ...boxes);
}

/** Rows of small fields. `columns` are {name, title, wide}; `change` is told all rows as plain values. */
export function rows(columns, values, change, { add, remove, flag = null, hint = '' }) {
  const now = values.map((row) => ({ ...row }));
  const told = () => change(now);
  const lines = now.map((row, index) => node(
    'li', {},
    ...columns.map(({ name, title, mono }) => {
      const input = node('input', { type: 'text', 'aria-label': `${title} ${index + 1}`, placeholder: title, class: mono ? 'mono' : '', autocomplete: 'off' });
      input.value = row[name] ?? '';
      input.addEventListener('change', () => { row[name] = input.value.trim(); told(); });
      return input;
    }),
    node('div', { class: 'row-foot' },
      flag ? check(flag.title, row[flag.name], (on) => { for (const one of now) one[flag.name] = false; row[flag.name] = on; told(); }) : null,
      node('button', { type: 'button', class: 'btn tiny bare', 'aria-label': `${remove} ${index + 1}`, onclick: () => { now.splice(index, 1); told(); } }, remove)),
  ));
  return node(
    'div', { class: 'prop-rows' }, hint ? node('p', { class: 'sub' }, hint) : null, node('ol', {}, ...lines),
    node('button', { type: 'button', class: 'btn tiny', onclick: () => { now.push(Object.fromEntries(columns.map(({ name }) => [name, '']))); told(); } }, add),
  );
}
