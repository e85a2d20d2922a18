/** The simulation speaks English only: what it writes is said in Russian as soon as it appears. */

const RUSSIAN = {
  'Play/Pause Simulation': 'Идти или стоять', 'Reset Simulation': 'Начать заново', 'Toggle Simulation Log': 'Журнал',
  'Play Simulation': 'Дальше', 'Pause Simulation': 'Пауза', 'Simulation Log': 'Журнал', 'No Entries': 'Пока пусто', 'Close': 'Закрыть',
  'Set animation speed = Slow': 'Медленно', 'Set animation speed = Normal': 'Обычно', 'Set animation speed = Fast': 'Быстро',
  'Set Sequence Flow': 'Выбрать путь', 'Add pause point': 'Останавливаться здесь', 'Remove pause point': 'Не останавливаться здесь',
  'Trigger Event': 'Пусть произойдёт', 'Found unsupported elements': 'Есть элементы, которые здесь не играются', 'Not supported': 'Здесь не играется',
  'Process': 'Процесс', 'SubProcess': 'Подпроцесс', 'User Task': 'Задача человека', 'Service Task': 'Машинная задача', 'Task': 'Задача',
  'Call Activity': 'Вызов процесса', 'Script Task': 'Сценарий', 'Business Rule Task': 'Решение', 'Manual Task': 'Ручная задача',
  'Receive Task': 'Получение сообщения', 'Send Task': 'Отправка сообщения', 'Exclusive Gateway': 'Шлюз «или-или»',
  'Parallel Gateway': 'Параллельный шлюз', 'Inclusive Gateway': 'Шлюз «и/или»', 'Start Event': 'Начальное событие',
  'Intermediate Event': 'Промежуточное событие', 'Boundary Event': 'Граничное событие', 'End Event': 'Конечное событие',
};
const STATES = [[/^(.*) started$/, '$1: начало'], [/^(.*) finished$/, '$1: конец'], [/^(.*) canceled$/, '$1: отмена'], [/^Focus process instance .*$/, 'Показать этот экземпляр']];

const said = (text) => {
  const known = RUSSIAN[text];
  if (known) return known;
  const [pattern, wanted] = STATES.find(([one]) => one.test(text)) ?? [];
  return pattern ? text.replace(pattern, (whole, name) => wanted.replace('$1', RUSSIAN[name] ?? name)) : text;
};

export function translating(canvas) {
  if (document.documentElement.lang !== 'ru') return;
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const added of addedNodes) if (added.nodeType === 1) translate(added);
  }).observe(canvas, { childList: true, subtree: true });
  translate(canvas);
}

function translate(root) {
  const ours = '[class^="bts-"], [class*=" bts-"], [class^="bts-"] *, [class*=" bts-"] *';
  for (const element of [...(root.matches(ours) ? [root] : []), ...root.querySelectorAll(ours)]) {
    for (const name of ['title', 'aria-label']) {
      const value = element.getAttribute(name);
      if (value && said(value) !== value) element.setAttribute(name, said(value));
    }
    for (const child of element.childNodes) {
      const text = child.nodeType === 3 ? child.data.trim() : '';
      if (text && said(text) !== text) child.data = said(text);
    }
  }
}
