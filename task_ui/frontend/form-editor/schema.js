/** Our kinds of fields as components of form-js, and labels in the reader's language while a form is drawn. */

const RECORDS = ['stage', 'process', 'user', 'users', 'account', 'contact', 'contacts', 'product', 'products', 'competitor',
  'business_line', 'document', 'article', 'participants', 'competitors', 'activities'];

/** What form-js draws for each of our types. */
const COMPONENTS = {
  string: { type: 'textfield' }, text: { type: 'textarea' }, email: { type: 'textfield' }, phone: { type: 'textfield' },
  number: { type: 'number' }, integer: { type: 'number', decimalDigits: 0 }, money: { type: 'number' }, boolean: { type: 'checkbox' },
  date: { type: 'datetime', subtype: 'date' }, datetime: { type: 'datetime', subtype: 'datetime' }, time: { type: 'datetime', subtype: 'time' },
  select: { type: 'select' }, multiselect: { type: 'checklist' }, file: { type: 'filepicker' }, answer: { type: 'textfield' }, json: { type: 'textarea' },
  ...Object.fromEntries(RECORDS.map((name) => [name, { type: 'textfield' }])),
};

const BY_COMPONENT = {
  textfield: 'string', textarea: 'text', number: 'number', checkbox: 'boolean', radio: 'select', select: 'select', checklist: 'multiselect',
  taglist: 'multiselect', filepicker: 'file', dynamiclist: 'json',
};
const OWN = { ru: 'labelRu', en: 'labelEn' };
const LISTS = ['select', 'multiselect'];

/** As the server reads it: `properties.type`, else what follows from the component; nothing for what only decorates. */
export function typeOf({ type, subtype, decimalDigits, properties }) {
  if (properties?.type && COMPONENTS[properties.type]) return properties.type;
  if (type === 'datetime') return ['date', 'time'].includes(subtype) ? subtype : 'datetime';
  if (type === 'number' && decimalDigits === 0) return 'integer';
  return BY_COMPONENT[type] ?? null;
}

/** The changes that make a field one of another type. */
export function retyped(field, wanted) {
  const drawn = COMPONENTS[wanted];
  const same = { select: ['select', 'radio'], multiselect: ['checklist', 'taglist'] }[wanted]?.includes(field.type);
  return {
    ...drawn, ...(same && { type: field.type }), ...labelled({ ...field, ...drawn }, field.label ?? ''),
    ...(drawn.decimalDigits === undefined && field.decimalDigits === 0 && { decimalDigits: undefined }),
    ...(LISTS.includes(wanted) && !field.values?.length && { values: [{ label: 'A', value: 'a' }] }),
    ...(!LISTS.includes(wanted) && { values: undefined }),
    properties: { ...field.properties, type: wanted },
  };
}

/** form-js shows another property as the label of dates and times. */
export const labelled = ({ type, subtype }, label) => ({ label, ...(type === 'datetime' && { [subtype === 'time' ? 'timeLabel' : 'dateLabel']: label }) });

const walk = (component, change) => ({ ...change(component), ...(component.components && { components: component.components.map((one) => walk(one, change)) }) });

/** The form with the labels of a language; what the file says stays aside as `kept`. */
export function shown(schema, language) {
  return walk(schema, (component) => {
    if (component.type === 'default') return component;
    const label = component.properties?.[OWN[language]];
    if (!label) return component.type === 'datetime' && component.label ? { ...component, ...labelled(component, component.label) } : component;
    return { ...component, ...labelled(component, label), kept: { label: component.label } };
  });
}

/** What the file says for a language; English is what it says without any. */
export const labelIn = (field, language) => field.properties?.[OWN[language]] ?? (language === 'en' ? field.kept?.label ?? field.label : '');

/** The changes that give a field another label in a language, and show it where that is the reader's. */
export function relabelled(field, language, label, reader) {
  const base = field.kept?.label ?? field.label;
  if (language === 'en' && !field.properties?.labelEn) return field.kept ? { kept: { label } } : labelled(field, label);
  const { [OWN[language]]: before, ...others } = field.properties ?? {};
  const properties = { ...others, ...(label && { [OWN[language]]: label }) };
  if (language !== reader) return { properties };
  return { properties, ...labelled(field, label || base), kept: label ? { label: base } : undefined };
}

/** The form as the file is to say it. */
export function stored(schema) {
  return walk(schema, (component) => {
    const { kept, ...rest } = component;
    return kept ? { ...rest, ...labelled(rest, kept.label) } : rest;
  });
}

/** Every field of a form, those in groups too. */
export function* fieldsOf(component) {
  for (const one of component.components ?? []) {
    if (typeOf(one)) yield one;
    if (one.type !== 'dynamiclist') yield* fieldsOf(one);
  }
}

/** A key that no field of the form has yet, like `amount`, `amount_2`. */
export function freeKey(schema, wanted) {
  const taken = new Set([...fieldsOf(schema)].map(({ key }) => key));
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? wanted : `${wanted}_${number}`;
    if (!taken.has(key)) return key;
  }
}

export const CRM_TYPES = RECORDS;
