// The page to try the JSON interface: Swagger UI over the product's own OpenAPI document.

import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';

const csrf = document.querySelector('meta[name="csrf-token"]')?.content;

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
});
