import './styles/public-form.css';

/** Tells the page around the frame how high the form is, and keeps one press from sending twice. */
const card = document.querySelector('.form-card');
if (window.parent !== window) {
  new ResizeObserver(() => {
    window.parent.postMessage({ procession: 'form-height', height: Math.ceil(card.getBoundingClientRect().height) }, '*');
  }).observe(card);
}
document.querySelector('form')?.addEventListener('submit', (event) => {
  const button = event.target.querySelector('button');
  if (button.disabled) event.preventDefault();
  button.disabled = true;
});
document.querySelector('.wrong')?.focus();
