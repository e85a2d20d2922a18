/** `[data-decision-editor]`: drawing decision tables, with findings, "try it", and a draft that saves itself. */

import DrdModeler from 'dmn-js-drd/lib/Modeler';
import DecisionTableEditor from 'dmn-js-decision-table/lib/Editor';
import LiteralExpressionEditor from 'dmn-js-literal-expression/lib/Editor';
import EditingManager from 'dmn-js-shared/lib/base/EditingManager';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import './styles/decision-editor.css';
import { startKey } from './decision-editor/key.js';
import { showTitles } from './decision-editor/titles.js';
import { startTrying } from './decision-editor/trying.js';
import { russianDecisions } from './decision-editor/russian.js';
import { startViews } from './decision-editor/views.js';
import { findingLine } from './modeler/finding-line.js';
import { startPublishing } from './decision-editor/publishing.js';
import { send, startSaving } from './modeler/saving.js';
import { translations } from './modeler/translations.js';

const AFTER = 600;

/** What our server can evaluate: requirements, tables and expressions. */
class DecisionModeler extends EditingManager {
  _getViewProviders() {
    return [
      { id: 'drd', constructor: DrdModeler, opens: 'dmn:Definitions' },
      { id: 'decisionTable', constructor: DecisionTableEditor, opens: (element) => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:DecisionTable') },
      { id: 'literalExpression', constructor: LiteralExpressionEditor, opens: (element) => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:LiteralExpression') },
    ];
  }
}

const box = document.querySelector('[data-decision-editor]');
if (box) open(box);

async function open(box) {
  const words = JSON.parse(box.dataset.words);
  const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`%(${key})s`, value), words[name] ?? name);
  const additionalModules = [translations(document.documentElement.lang, russianDecisions)];
  const modeler = new DecisionModeler({
    container: box.querySelector('[data-canvas]'), drd: { additionalModules }, decisionTable: { additionalModules }, literalExpression: { additionalModules },
    common: { expressionLanguages: { options: [{ value: 'feel', label: 'FEEL' }], defaults: { editor: 'feel' } } },
  });
  let kept = (write) => write();
  let turn = Promise.resolve();
  const xml = () => {
    turn = turn.catch(() => {}).then(() => kept(async () => (await modeler.saveXML({ format: true })).xml));
    return turn;
  };
  const panel = box.querySelector('[data-panel]');
  const trying = startTrying(panel, xml, say, marks);
  const key = startKey(modeler, panel, say);
  const views = startViews(modeler, box.querySelector('[data-views]'), say, (element) => { trying.chosen(element?.id); key.show(element); });
  try {
    const { warnings } = await modeler.importXML(document.getElementById(box.dataset.source).value, { open: false });
    box.querySelector('[data-lossy]').hidden = !warnings.length;
  } catch (error) {
    box.querySelector('[data-state]').textContent = say('unreadable', { why: error.message });
    return;
  }
  kept = showTitles(modeler.getDefinitions());
  await views.openFirst();
  const saving = startSaving({ box, say, base: '/decisions/drafts', xml, more: () => ({ decision: Number(box.dataset.decision) || null }) });
  const checking = startChecking(xml, views, trying, say);
  startPublishing(box, saving, checking.show, '/decisions/drafts');
  const changed = () => {
    box.querySelector('[data-title]').textContent = modeler.getDefinitions().name || box.querySelector('[data-title]').textContent;
    saving.changed();
    checking.later();
    marks([]);
    views.refresh();
    tools(modeler);
  };
  startTools(modeler, saving, xml, changed);
  box.dataset.ready = 'yes';

  /** The rules that matched, in the table that is open. */
  function marks(rules) {
    for (const cell of box.querySelectorAll('.rule-matched')) cell.classList.remove('rule-matched');
    for (const id of rules) for (const cell of box.querySelectorAll(`[data-row-id="${CSS.escape(id)}"]`)) cell.classList.add('rule-matched');
  }
}

function startChecking(xml, views, trying, say) {
  const list = box.querySelector('[data-list]');
  const state = box.querySelector('[data-check-state]');
  let timer = null;
  let asked = 0;
  async function check() {
    const turn = (asked += 1);
    state.textContent = say('checking');
    try {
      const told = await send('/decisions/drafts/check', { xml: await xml() });
      if (turn !== asked) return;
      if (!told.ok) throw new Error(told.message);
      show(told.findings);
      trying.tell(told.decisions);
    } catch {
      if (turn === asked) state.textContent = say('uncheckable');
    }
  }
  function show(findings) {
    list.replaceChildren(...findings.map((finding) => findingLine(finding, views.show, say)));
    box.querySelector('[data-count]').textContent = findings.length || '';
    state.textContent = findings.length ? '' : say('table_well');
    state.dataset.errors = String(findings.filter(({ severity }) => severity === 'error').length);
  }
  check();
  return { show, later: () => { clearTimeout(timer); timer = setTimeout(check, AFTER); } };
}

const stackOf = (modeler) => modeler.getActiveViewer()?.get('commandStack', false);

function tools(modeler) {
  const stack = stackOf(modeler);
  box.querySelector('[data-undo]').disabled = !stack?.canUndo();
  box.querySelector('[data-redo]').disabled = !stack?.canRedo();
}

function startTools(modeler, saving, xml, changed) {
  const undo = () => stackOf(modeler)?.canUndo() && stackOf(modeler).undo();
  const redo = () => stackOf(modeler)?.canRedo() && stackOf(modeler).redo();
  const watched = new WeakSet();
  const watch = () => {
    const viewer = modeler.getActiveViewer();
    if (viewer && !watched.has(viewer)) {
      watched.add(viewer);
      viewer.on('elements.changed', changed);
      viewer.on('commandStack.changed', changed);
    }
    tools(modeler);
  };
  modeler.on('views.changed', watch);
  watch();
  box.querySelector('[data-undo]').addEventListener('click', undo);
  box.querySelector('[data-redo]').addEventListener('click', redo);
  box.querySelector('[data-save]').addEventListener('click', () => saving.now());
  box.querySelector('[data-download]').addEventListener('click', async () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([await xml()], { type: 'application/xml' }));
    link.download = `${modeler.getDefinitions().name || 'decision'}.dmn`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  document.addEventListener('keydown', (event) => {
    if ((!event.ctrlKey && !event.metaKey) || document.querySelector('dialog[open]')) return;
    const act = event.code === 'KeyS' ? () => saving.now()
      : event.target.closest('input, textarea, [contenteditable]') ? null
        : { KeyZ: event.shiftKey ? redo : undo, KeyY: redo }[event.code];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }, { capture: true });
}
