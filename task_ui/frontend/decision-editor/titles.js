/**
 * What a file says in two languages is drawn in the reader's. Saved, the file's own words stay as they were; what the
 * reader changed becomes the title in that language.
 */

const ATTRIBUTE = document.documentElement.lang === 'ru' ? /:titleRu$/ : /:titleEn$/;

export function showTitles(definitions) {
  const shown = [...titled(definitions)].flatMap(({ element, property }) => {
    const attribute = Object.keys(element.$attrs).find((name) => ATTRIBUTE.test(name));
    if (!attribute || !isTranslated(element, property)) return [];
    return [{ element, property, attribute, own: element[property] }];
  });
  for (const { element, property, attribute } of shown) element[property] = element.$attrs[attribute];

  /** The file as it is to be kept, made by `write`. */
  return async (write) => {
    const drawn = shown.map(({ element, property }) => element[property]);
    shown.forEach(({ element, property, attribute, own }, index) => {
      if (own === element.$attrs[attribute] || !drawn[index]) own = drawn[index];
      if (drawn[index]) element.$attrs[attribute] = drawn[index]; else delete element.$attrs[attribute];
      element[property] = own;
    });
    try {
      return await write();
    } finally {
      shown.forEach((one, index) => {
        one.own = one.element[one.property];
        one.element[one.property] = drawn[index];
      });
    }
  };
}

function* titled(definitions) {
  for (const element of definitions.get('drgElement')) {
    yield { element, property: 'name' };
    const { input = [], output = [], rule = [] } = element.decisionLogic ?? {};
    for (const column of [...input, ...output]) yield { element: column, property: 'label' };
    for (const row of rule) yield { element: row, property: 'description' };
  }
}

/** Words that are none of the titles were given later, by a tool that knows no titles: they hold for everybody. */
function isTranslated(element, property) {
  const titles = Object.entries(element.$attrs).filter(([name]) => /:title(Ru|En)$/.test(name)).map(([, title]) => title);
  return titles.length < 2 || !element[property] || titles.includes(element[property]);
}
