/** What a field of a form says: its type, name, labels, when it is needed, its options and limits. */

import { check, group, node, rows, select, several, text } from '../modeler/fields.js';
import { CRM_TYPES, fieldsOf, labelIn, relabelled, typeOf } from './schema.js';

const KEY = /^[A-Za-z_][\w.-]*$/;
const TEXTS = ['string', 'text', 'email', 'phone'];
const NUMBERS = ['number', 'integer', 'money'];
const LISTS = ['select', 'multiselect'];

export function startPanel(box, { editor, at }) {
  const show = () => {
    const chosen = editor.get('selection').get();
    const focus = document.activeElement?.dataset?.prop;
    const field = chosen && chosen.type !== 'default' ? chosen : null;
    box.replaceChildren(...(field ? ofField(field, at) : ofForm(editor, at)).filter(Boolean));
    if (focus) box.querySelector(`[data-prop="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  };
  editor.on('selection.changed', show);
  editor.on('commandStack.changed', () => queueMicrotask(show));
  show();
}

function ofForm(editor, { say, types, key, readBy, add }) {
  const fields = [...fieldsOf(editor._getState().schema)];
  const line = (field) => node(
    'li', {}, node('button', { type: 'button', class: 'link', onclick: () => editor.get('selection').set(field) }, field.label || field.key),
    node('span', { class: 'sub' }, node('code', {}, field.key), ' · ', readBy(field.key).length ? say('read_times', { count: readBy(field.key).length }) : say('read_never')),
  );
  return [
    node('h2', {}, say('form'), node('code', { class: 'quiet small' }, key)),
    group(say('crm_fields'), node('div', { class: 'crm-types' }, ...CRM_TYPES.map((type) => node(
      'button', { type: 'button', class: 'btn tiny', 'data-add-type': type, onclick: () => add(type) }, types[type] ?? type,
    )))),
    group(say('fields_of_form'), fields.length ? node('ol', { class: 'form-fields' }, ...fields.map(line)) : node('p', { class: 'sub' }, say('no_fields'))),
  ];
}

function ofField(field, at) {
  const { say, types, change, results, language, remove } = at;
  const type = typeOf(field);
  const properties = field.properties ?? {};
  const checks = field.validate ?? {};
  const put = (values) => change(field, values);
  const property = (name) => (value) => put({ properties: without({ ...properties, [name]: value || undefined }) });
  const limit = (name, wanted = String) => (value) => put({ validate: without({ ...checks, [name]: value === '' ? undefined : wanted(value) }) });
  const numeric = (value) => (Number.isNaN(Number(value)) ? undefined : Number(value));
  if (!type) return [node('h2', {}, say('decoration')), node('p', { class: 'sub' }, say('decoration_hint')), node('button', { type: 'button', class: 'btn', onclick: () => remove(field) }, say('remove'))];
  const tell = (tongue) => (value) => { put(relabelled(field, tongue, value, language)); };
  const needed = (properties.results ?? '').split(',').map((code) => code.trim()).filter(Boolean);
  return [
    node('h2', {}, field.label || field.key, node('span', { class: 'quiet small' }, types[type] ?? type)),
    group(
      say('general'),
      select(say('field_type'), type, Object.entries(types), (wanted) => at.retype(field, wanted), { key: 'form-type' }),
      text(say('field_key'), field.key, (value) => {
        if (value === field.key) return '';
        if (!KEY.test(value)) return say('id_wrong');
        if (at.taken(value)) return say('key_taken');
        put({ key: value });
        return '';
      }, { mono: true, key: 'form-key', hint: say('field_key_hint') }),
      text(say('label_ru'), labelIn(field, 'ru'), tell('ru'), { key: 'form-label-ru' }),
      text(say('label_en'), labelIn(field, 'en'), tell('en'), { key: 'form-label-en' }),
      text(say('hint_ru'), properties.descriptionRu, (value) => { property('descriptionRu')(value); }, { key: 'form-hint-ru' }),
      text(say('hint_en'), properties.descriptionEn ?? field.description, (value) => { property('descriptionEn')(value); }, { key: 'form-hint-en' }),
    ),
    group(
      say('when_needed'),
      check(say('answer_needed'), checks.required, (on) => put({ validate: without({ ...checks, required: on || undefined }) }), 'form-required'),
      results.length > 1 ? several(say('with_results'), needed, results.map((one) => [one.code, one.title]), (chosen) => property('results')(chosen.join(','))) : null,
      text(say('hidden_when'), field.conditional?.hide?.replace(/^=\s*/, ''), (value) => { put({ conditional: value ? { hide: `=${value}` } : undefined }); }, { mono: true, key: 'form-hide', hint: say('hidden_hint') }),
      check(say('only_shown'), field.readonly, (on) => put({ readonly: on || undefined }), 'form-readonly'),
    ),
    LISTS.includes(type) ? options(field, at) : null,
    limits(field, type, { say, put, limit, numeric, checks }),
    readers(field, at),
    node('button', { type: 'button', class: 'btn danger', onclick: () => remove(field) }, say('remove_field')),
  ];
}

function options(field, { say, change }) {
  const plain = (field.values ?? []).map((one) => ({ value: String(one.value ?? ''), label: one.label ?? '', labelRu: one.labelRu ?? '' }));
  return group(say('options'), rows(
    [{ name: 'value', title: say('code'), mono: true }, { name: 'labelRu', title: say('title_ru') }, { name: 'label', title: say('title_en') }],
    plain,
    (now) => change(field, { values: now.map(({ value, label, labelRu }) => ({ label: label || labelRu || value, value, ...(labelRu && { labelRu }) })) }),
    { add: say('add_option'), remove: say('remove') },
  ));
}

function limits(field, type, { say, put, limit, numeric, checks }) {
  const preset = field.defaultValue ?? field.properties?.default ?? '';
  const start = text(say('default_value'), Array.isArray(preset) ? preset.join(', ') : String(preset), (value) => {
    const typed = NUMBERS.includes(type) ? numeric(value) : type === 'boolean' ? ['true', 'да', 'yes', '1'].includes(value.toLowerCase()) : value;
    put({ defaultValue: value === '' ? undefined : typed });
  }, { key: 'form-default' });
  if (TEXTS.includes(type)) {
    return group(
      say('limits'), start,
      text(say('shortest'), checks.minLength, (value) => { limit('minLength', numeric)(value); }, { mono: true, key: 'form-shortest' }),
      text(say('longest'), checks.maxLength, (value) => { limit('maxLength', numeric)(value); }, { mono: true, key: 'form-longest' }),
      text(say('pattern'), checks.pattern, (value) => { limit('pattern')(value); }, { mono: true, key: 'form-pattern' }),
    );
  }
  if (NUMBERS.includes(type)) {
    return group(
      say('limits'), start,
      text(say('smallest'), checks.min, (value) => { limit('min', numeric)(value); }, { mono: true, key: 'form-smallest' }),
      text(say('largest'), checks.max, (value) => { limit('max', numeric)(value); }, { mono: true, key: 'form-largest' }),
    );
  }
  return CRM_TYPES.includes(type) ? null : group(say('limits'), start);
}

function readers(field, { say, readBy }) {
  const places = readBy(field.key);
  return group(say('who_reads'), places.length
    ? node('ul', { class: 'sub plain' }, ...places.map((place) => node('li', {}, place)))
    : node('p', { class: 'sub' }, say('read_never')));
}

const without = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
