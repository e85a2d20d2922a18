import TomSelect from 'tom-select/dist/esm/tom-select.complete.js';
import { getJson } from './http.js';
import { words } from './toasts.js';

/** `<select data-picker="/pick/accounts">` finds records as one types; without a script it stays a plain select. */
export function enhance(root) {
  for (const select of root.querySelectorAll('select[data-picker]')) {
    if (select.tomselect) continue;
    const url = select.dataset.picker;
    const settings = {
      plugins: select.multiple ? ['remove_button'] : [],
      maxOptions: 60,
      maxItems: select.multiple ? null : 1,
      allowEmptyOption: false,
      placeholder: select.dataset.placeholder ?? '',
      valueField: 'id',
      labelField: 'text',
      searchField: ['text', 'more'],
      render: {
        option: (data, escape) => `<div>${escape(data.text)}${data.more ? `<span class="more">${escape(data.more)}</span>` : ''}</div>`,
        item: (data, escape) => `<div>${escape(data.text)}</div>`,
        no_results: () => `<div class="no-results">${words('nothingFound')}</div>`,
        loading: () => null,
      },
      onItemAdd() { this.setTextboxValue(''); this.refreshOptions(false); },
    };
    if (url) {
      settings.preload = 'focus';
      settings.score = () => () => 1;
      settings.load = (text, done) => {
        getJson(`${url}${url.includes('?') ? '&' : '?'}q=${encodeURIComponent(text)}`)
          .then((answer) => done(answer.items)).catch(() => done());
      };
    }
    for (const option of select.options) if (option.dataset.more) option.dataset.data = JSON.stringify({ id: option.value, text: option.text, more: option.dataset.more });
    const name = select.getAttribute('aria-label') ?? select.labels?.[0]?.textContent.trim() ?? '';
    const picker = new TomSelect(select, settings);
    picker.control_input.setAttribute('aria-label', name);
    select.setAttribute('aria-label', name);
  }
}
