/** Loaded by a page of any site: shows the form whose address it came from in a frame as high as the form. */
((script) => {
  const address = new URL(script.src);
  address.pathname = address.pathname.replace(/\.js$/, '');
  const marks = new URLSearchParams(location.search);
  for (const name of ['utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term']) {
    if (marks.has(name)) address.searchParams.set(name, marks.get(name));
  }
  address.searchParams.set('page', location.href);
  if (document.referrer) address.searchParams.set('referrer', document.referrer);

  const frame = document.createElement('iframe');
  frame.src = address.href;
  frame.title = script.dataset.title ?? '';
  frame.style.cssText = 'width: 100%; height: 480px; border: 0; color-scheme: light';
  script.after(frame);
  addEventListener('message', (event) => {
    if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
    if (event.data?.procession === 'form-height') frame.style.height = `${event.data.height}px`;
  });
})(document.currentScript);
