/** Words of form-js in Russian; it has no translation of its own, so they are put in as they appear. */

const WORDS = {
  Components: 'Поля', 'Search components': 'Найти поле', 'Clear content': 'Очистить', 'No components found.': 'Ничего не найдено.',
  Input: 'Ввод', Selection: 'Выбор', Presentation: 'Оформление', Containers: 'Группы', Action: 'Действие',
  'Text field': 'Строка', 'Text area': 'Текст', Number: 'Число', 'Date time': 'Дата и время', Checkbox: 'Да или нет',
  'Checkbox group': 'Несколько из списка', 'Radio group': 'Один из списка', Select: 'Выпадающий список', 'Tag list': 'Метки',
  'File picker': 'Файл', Group: 'Группа', 'Dynamic list': 'Повторяющийся список', 'Text view': 'Надпись', 'HTML view': 'HTML',
  'Image view': 'Картинка', Separator: 'Линия', Spacer: 'Отступ', Table: 'Таблица', Button: 'Кнопка', iFrame: 'Страница',
  Expression: 'Выражение', 'Document preview': 'Просмотр документов', 'Build your form': 'Соберите форму',
  'Drag and drop components here to start designing.': 'Перетащите сюда поле или нажмите на него.',
  'Use the preview window to test your form.': 'Какой форму увидит менеджер, покажет вкладка рядом.',
  'Drag and drop components here.': 'Перетащите поля сюда.', Date: 'Дата', Time: 'Время', Value: 'Значение',
};
const LABELS = [[/^Create an? (.+) element$/, (name) => `Добавить: ${WORDS[name] ?? name}`], [/^Remove (.+)$/, () => 'Удалить поле']];

const said = (text) => {
  const plain = text.trim();
  if (WORDS[plain]) return text.replace(plain, WORDS[plain]);
  for (const [pattern, tell] of LABELS) {
    const match = plain.match(pattern);
    if (match) return tell(match[1]);
  }
  return null;
};

/** The names of components, before the palette is drawn with them; new fields are labelled with them too. */
export function translateComponents(formFields) {
  for (const { config } of Object.values(formFields._formFields)) {
    if (config.name && WORDS[config.name]) config.name = WORDS[config.name];
    if (config.label && WORDS[config.label]) config.label = WORDS[config.label];
  }
}

/** Everything else of the editor's own: its palette, hints and buttons, never what the designer wrote. */
export function translateChrome(container) {
  const own = '.fjs-select-placeholder, .fjs-palette-container, .fjs-empty-editor, .fjs-empty-component, .fjs-context-pad, .fjs-field-preview-container';
  const change = (root) => {
    for (const part of root.matches?.(own) || root.closest?.(own) ? [root] : root.querySelectorAll?.(own) ?? []) {
      const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const now = said(text.data);
        if (now !== null && now !== text.data) text.data = now;
      }
      for (const element of [part, ...part.querySelectorAll('[title], [placeholder]')]) {
        for (const name of ['title', 'placeholder']) {
          const now = element.hasAttribute(name) ? said(element.getAttribute(name)) : null;
          if (now !== null && now !== element.getAttribute(name)) element.setAttribute(name, now);
        }
      }
    }
  };
  change(container);
  const watch = new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) change(node.nodeType === 1 ? node : node.parentElement ?? node);
  });
  watch.observe(container, { childList: true, subtree: true });
  return () => watch.disconnect();
}
