/** `[data-modeler]`: drawing a process, with our panel of properties, findings as you draw, and a draft that saves itself. */

import BpmnModeler from 'bpmn-js/lib/Modeler';
import simulation from 'bpmn-js-token-simulation';
import minimap from 'diagram-js-minimap';
import './styles/modeler.css';
import { look, withPicture } from './diagram/load.js';
import { startChecking } from './modeler/checking.js';
import { startForms } from './modeler/forms.js';
import { startPanel } from './modeler/panel.js';
import { descriptor } from './modeler/procession.js';
import { startSaving } from './modeler/saving.js';
import { neutral, startSimulation } from './modeler/simulation.js';
import { titles } from './modeler/titles.js';
import { translations } from './modeler/translations.js';

const box = document.querySelector('[data-modeler]');
if (box) open(box);

async function open(box) {
  const words = JSON.parse(box.dataset.words);
  const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`%(${key})s`, value), words[name] ?? name);
  const modeler = new BpmnModeler({
    container: box.querySelector('[data-canvas]'), moddleExtensions: { procession: descriptor },
    ...look(), additionalModules: [...look().additionalModules, minimap, simulation, neutral, titles, translations(document.documentElement.lang)],
  });
  const state = box.querySelector('[data-state]');
  try {
    await document.fonts.load('12px "Inter Variable"', 'Процесс').catch(() => []);
    const { warnings } = await modeler.importXML(await drawable(modeler, document.getElementById(box.dataset.source).value));
    box.querySelector('[data-lossy]').hidden = !warnings.length;
  } catch (error) {
    state.textContent = say('unreadable', { why: error.message });
    state.dataset.state = 'failed';
    return;
  }
  fit(modeler);
  const choices = JSON.parse(box.dataset.choices);
  const forms = startForms(box, choices, say);
  startPanel(modeler, box.querySelector('[data-panel]'), choices, forms, say);
  const simulating = startSimulation(modeler, box);
  const xml = async () => {
    simulating.end();
    return (await modeler.saveXML({ format: true })).xml;
  };
  const saving = startSaving({
    box, say, base: '/processes/drafts', xml,
    more: () => ({ definition: Number(box.dataset.definition) || null, forms: forms.all() }),
  });
  modeler.on('commandStack.changed', saving.changed);
  forms.onChange(saving.changed);
  startChecking(modeler, box, forms, say, choices.form_types);
  startTools(modeler, box, saving, xml);
  modeler.on('commandStack.changed', () => retitle(modeler, box));
  box.dataset.ready = 'yes';
}

/** A diagram that nobody drew is laid out, except where that would lose its pools. */
function drawable(modeler, xml) {
  if (!xml.includes('BPMNShape') && /<(\w+:)?participant\b/.test(xml)) return xml;
  return withPicture(modeler.get('moddle'), xml);
}

function fit(modeler) {
  const canvas = modeler.get('canvas');
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !outer.width) return;
  const left = window.innerWidth > 860 ? 90 : 20;
  const scale = Math.min(1, (outer.width - left - 30) / inner.width, (outer.height - 60) / inner.height);
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: inner.x - left / scale, y: inner.y + (inner.height - height) / 2, width, height });
}

function retitle(modeler, box) {
  box.querySelector('[data-title]').textContent = nameOf(modeler) || box.querySelector('[data-title]').textContent;
}

export const nameOf = (modeler) => {
  const roots = modeler.getDefinitions().get('rootElements').filter(({ $type }) => $type === 'bpmn:Process');
  const lang = document.documentElement.lang === 'ru' ? 'procession:titleRu' : 'procession:titleEn';
  return roots.map((root) => root.get(lang) || root.name).find(Boolean) ?? '';
};

function startTools(modeler, box, saving, xml) {
  const stack = modeler.get('commandStack');
  const button = (name) => box.querySelector(`[data-${name}]`);
  const renew = () => { button('undo').disabled = !stack.canUndo(); button('redo').disabled = !stack.canRedo(); };
  modeler.on('commandStack.changed', renew);
  button('undo').addEventListener('click', () => stack.undo());
  button('redo').addEventListener('click', () => stack.redo());
  button('fit').addEventListener('click', () => fit(modeler));
  button('minimap').addEventListener('click', () => modeler.get('minimap').toggle());
  modeler.on('minimap.toggle', ({ open }) => button('minimap').setAttribute('aria-pressed', String(open)));
  button('find').addEventListener('click', () => modeler.get('searchPad').toggle());
  button('save').addEventListener('click', () => saving.now());
  for (const leave of box.querySelectorAll('[data-leave-to]')) leave.addEventListener('click', async () => {
    if (await saving.now()) location.assign(`/processes/drafts/${saving.draft.id}/${leave.dataset.leaveTo}`);
  });
  button('download').addEventListener('click', async () => {
    const content = await xml();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([content], { type: 'application/xml' }));
    link.download = `${nameOf(modeler) || 'process'}.bpmn`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  document.addEventListener('keydown', (event) => {
    if ((!event.ctrlKey && !event.metaKey) || document.querySelector('dialog[open]:not([data-forms])')) return;
    const inForm = Boolean(event.target.closest('[data-forms]'));
    const act = { KeyS: () => saving.now(), KeyF: inForm ? null : () => modeler.get('searchPad').toggle() }[event.code]
      ?? (inForm || event.target.closest('input, textarea, [contenteditable], .djs-container svg') ? null
        : { KeyZ: () => (event.shiftKey ? stack.canRedo() && stack.redo() : stack.canUndo() && stack.undo()), KeyY: () => stack.canRedo() && stack.redo() }[event.code]);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.code === 'KeyS') document.activeElement?.matches('[data-prop], .prop-rows input') && document.activeElement.dispatchEvent(new Event('change', { bubbles: true }));
    act();
  }, { capture: true });
}
