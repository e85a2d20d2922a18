// Runs before the page is painted: the system's choice of light or dark where the person made none.
const root = document.documentElement;
if (root.dataset.themeChoice === 'auto') {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => { root.dataset.theme = dark.matches ? 'dark' : 'light'; };
  dark.addEventListener('change', apply);
  apply();
}
