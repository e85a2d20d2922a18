import './diagram/presses.js';
import { enhanceForms } from './forms.js';

/** Widgets that only some pages have; each loads when its element appears. */
const WIDGETS = {
  '[data-picker]': () => import('./pickers.js'),
  '[data-chart]': () => import('./chart.js'),
  '[data-kanban]': () => import('./kanban.js'),
  '[data-diagram], [data-diagram-source], [data-diagram-picture]': () => import('./diagram.js'),
  '[data-insert]': () => import('./insert.js'),
  '[data-move]': () => import('./move.js'),
  '[data-drop]': () => import('./upload.js'),
  'form[data-upload]': () => import('./upload-progress.js'),
  '[data-rows]': () => import('./rows.js'),
  '[data-task-form]': () => import('./task-form.js'),
  '[data-form-picture]': () => import('./form-picture.js'),
};

export async function enhanceAll(root = document) {
  enhanceForms(root);
  for (const [selector, load] of Object.entries(WIDGETS)) {
    if (root.querySelector(selector)) (await load()).enhance(root);
  }
}
