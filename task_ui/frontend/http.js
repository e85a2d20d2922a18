/** The token every change sends back, from the page's head. */
export const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? '';

export async function getPart(url, signal) {
  const answer = await fetch(url, { headers: { 'HX-Request': 'true' }, credentials: 'same-origin', signal });
  return { ok: answer.ok, status: answer.status, url: answer.url, redirected: answer.redirected, text: await answer.text() };
}

export async function getJson(url, signal) {
  const answer = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin', signal });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

export async function post(url, values) {
  const body = values instanceof FormData ? values : new URLSearchParams(values);
  return fetch(url, {
    method: 'POST', body, credentials: 'same-origin',
    headers: { 'X-CSRFToken': csrf(), 'HX-Request': 'true', Accept: 'application/json' },
  });
}

/** Elements of a piece of HTML that the server made. */
export function parse(html) {
  return new DOMParser().parseFromString(html, 'text/html');
}
