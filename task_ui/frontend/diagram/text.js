/** Names whose longest word is wider than its box are written smaller instead of being broken inside the word. */
import TextRenderer from 'bpmn-js/lib/draw/TextRenderer';

const SMALLEST = 8.5;
const canvas = document.createElement('canvas').getContext('2d');

function FittingText(config) {
  TextRenderer.call(this, config);
  const plain = this.createText;
  this.createText = (text, options = {}) => plain(text, fitted(text, options, this.getDefaultStyle()));
}
FittingText.$inject = ['config.textRenderer'];
FittingText.prototype = Object.create(TextRenderer.prototype);

function fitted(text, options, usual) {
  const style = { ...usual, ...options.style };
  const size = parseFloat(style.fontSize);
  const room = (options.box?.width ?? 0) - 2 * (typeof options.padding === 'number' ? options.padding : 5);
  if (room <= 0) return options;
  canvas.font = `${style.fontWeight ?? 'normal'} ${size}px ${style.fontFamily}`;
  const longest = Math.max(...String(text ?? '').split(/[\s-]+/).map((word) => canvas.measureText(word).width));
  if (longest <= room) return options;
  return { ...options, style: { ...options.style, fontSize: Math.max(SMALLEST, (size * room) / longest - 0.1) } };
}

export const fittingText = { textRenderer: ['type', FittingText] };
