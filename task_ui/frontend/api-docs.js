// The page to try the JSON interface: Swagger UI over the product's own OpenAPI document.

import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import './styles/api-docs.css';

const root = document.documentElement;
const csrf = document.querySelector('meta[name="csrf-token"]')?.content;

/** The library knows the dark theme by a class of the page. */
function followTheme() {
  root.classList.toggle('dark-mode', root.dataset.theme === 'dark');
}

followTheme();
new MutationObserver(followTheme).observe(root, { attributeFilter: ['data-theme'] });

SwaggerUI({
  url: '/api/v1/openapi.json',
  dom_id: '#api-docs',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
  persistAuthorization: false,
  requestInterceptor: (request) => {
    if (csrf && !request.headers.Authorization) request.headers['X-CSRFToken'] = csrf;
    return request;
  },
  onComplete: () => { root.dataset.ready = ''; },
});
