/** The modeler's own words in the reader's language. */

import { russian } from './russian.js';

export const translations = (language, more = {}) => ({ translate: ['value', (text, values = {}) => {
  const said = (language === 'ru' && (more[text] ?? more[text.trim()] ?? russian[text.trim()])) || text;
  return said.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}] });
