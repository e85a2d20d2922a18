/** Simulation as a mode of the editor: tokens run along the flows as the drawing alone says, without data and people. */

import { is } from 'bpmn-js/lib/util/ModelUtil';
import { translating } from './simulation-words.js';
import { swapTitles } from './titles.js';

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** While tokens run, elements have the page's plain colours; those of the package are made for white paper. */
class PlainColours {
  constructor(eventBus, elementRegistry, elementColors) {
    eventBus.on('tokenSimulation.toggleMode', ({ active }) => {
      if (!active) return;
      const plain = { stroke: token('--diagram-line'), fill: token('--paper') };
      elementRegistry.forEach((element) => elementColors.add(element, 'neutral-element-colors', plain));
    });
  }
}
PlainColours.$inject = ['eventBus', 'elementRegistry', 'elementColors'];
export const neutral = { neutralElementColors: ['type', PlainColours] };

export function startSimulation(modeler, box) {
  const mode = modeler.get('toggleMode');
  const button = box.querySelector('[data-simulate]');
  let restoreNames = () => {};
  translating(box.querySelector('[data-canvas]'));
  button.addEventListener('click', () => mode.toggleMode());
  modeler.on('tokenSimulation.toggleMode', ({ active }) => {
    button.setAttribute('aria-pressed', String(active));
    box.dataset.mode = active ? 'simulation' : 'drawing';
    box.querySelector('[data-panel]').inert = active;
    if (!active) return restoreNames();
    restoreNames = swapTitles(modeler);
    return near(modeler);
  });
  /** What is saved is the drawing, not the colours that a simulation gives it. */
  return { end: () => mode.toggleMode(false) };
}

/** The buttons of a simulation are shown at this size and above. */
const SMALLEST = 0.5;

function near(modeler) {
  const canvas = modeler.get('canvas');
  if (canvas.zoom() > SMALLEST) return;
  canvas.zoom(SMALLEST + 0.1);
  const start = modeler.get('elementRegistry').find((element) => is(element, 'bpmn:StartEvent') && element.parent === canvas.getRootElement());
  if (start) canvas.scrollToElement(start, 160);
}
