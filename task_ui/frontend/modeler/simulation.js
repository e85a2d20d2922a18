/** Simulation as a mode of the editor: tokens run along the flows as the drawing alone says, without data and people. */

import { translating } from './simulation-words.js';

export function startSimulation(modeler, box) {
  const mode = modeler.get('toggleMode');
  const button = box.querySelector('[data-simulate]');
  translating(box.querySelector('[data-canvas]'));
  button.addEventListener('click', () => mode.toggleMode());
  modeler.on('tokenSimulation.toggleMode', ({ active }) => {
    button.setAttribute('aria-pressed', String(active));
    box.dataset.mode = active ? 'simulation' : 'drawing';
    box.querySelector('[data-panel]').inert = active;
  });
  /** What is saved is the drawing, not the colours that a simulation gives it. */
  return { end: () => mode.toggleMode(false) };
}
