/**
 * Builds an element. Text goes in as text nodes, so nothing that an app posts can become markup.
 * @param {string} tag
 * @param {Record<string, unknown>} properties `class`, `on…` listeners, attributes; undefined and false are left out
 * @param {...(Node | string | null | undefined)} children
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on') && typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * Makes a parent's children those of the list, touching only what changed, so that nothing jumps and the
 * keyboard focus stays where it is.
 * @param {Element} parent
 * @param {{key: string, version: string, build: () => Element}[]} items
 */
export function reconcile(parent, items) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const focusKey = focused?.closest('[data-focus]')?.dataset.focus;
  const focusItem = focused?.closest('[data-key]')?.dataset.key;
  let place = null;
  for (const item of items) {
    let node = old.get(item.key);
    old.delete(item.key);
    if (!node || node.dataset.version !== item.version) {
      const fresh = item.build();
      fresh.dataset.key = item.key;
      fresh.dataset.version = item.version;
      if (node) node.replaceWith(fresh);
      node = fresh;
    }
    const next = place ? place.nextElementSibling : parent.firstElementChild;
    if (node !== next) parent.insertBefore(node, next);
    place = node;
  }
  for (const gone of old.values()) gone.remove();
  if (focused && !document.contains(focused)) refocus(parent, focusKey, focusItem);
}

/** Where the focus goes when what had it was drawn anew: the same control, else the item that it was in. */
function refocus(parent, focusKey, itemKey) {
  const same = focusKey && parent.querySelector(`[data-focus="${CSS.escape(focusKey)}"]`);
  if (same) return same.focus({ preventScroll: true });
  const item = [...parent.children].find((child) => child.dataset.key === itemKey);
  const place = item ?? parent;
  if (!place.hasAttribute('tabindex')) place.setAttribute('tabindex', '-1');
  place.focus({ preventScroll: true });
}

/** A short hash of any JSON value, for `version`. */
export function versionOf(value) {
  const text = JSON.stringify(value);
  let hash = 5381;
  for (let index = 0; index < text.length; index += 1) hash = (hash * 33 + text.charCodeAt(index)) | 0;
  return `${hash}.${text.length}`;
}

export async function getJson(path) {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(await reason(response));
  return response.json();
}

export async function postJson(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await reason(response));
  return response.json();
}

async function reason(response) {
  try {
    return (await response.json()).error ?? response.statusText;
  } catch {
    return response.statusText;
  }
}
