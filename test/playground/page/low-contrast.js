/**
 * Text of the page that cannot be read well: WCAG's contrast ratio below 4.5 against what is painted behind it.
 * Formula: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 * @returns {string[]} one line for each, empty when all is well
 */
globalThis.lowContrast = function lowContrast() {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    // Emoji bring their own colours.
    const text = node.data.replace(/\p{Extended_Pictographic}|\uFE0F|\s/gu, '');
    const element = node.parentElement;
    if (text !== '' && element.checkVisibility({ visibilityProperty: true })) {
      note(element, getComputedStyle(element).color, node.data);
    }
  }
  for (const field of document.querySelectorAll('[placeholder]')) {
    if (field.checkVisibility())
      note(field, getComputedStyle(field, '::placeholder').color, field.placeholder);
  }
  return [...found];

  function note(element, color, text) {
    const behind = backgroundOf(element);
    const ratio = contrast(over(parse(color), behind), behind);
    if (ratio < 4.5)
      found.add(`${ratio.toFixed(2)} ${color} on ${behind.join(',')}: ${text.trim().slice(0, 40)}`);
  }
};

function backgroundOf(element) {
  const layers = [];
  for (let one = element; one; one = one.parentElement)
    layers.push(parse(getComputedStyle(one).backgroundColor));
  const paper = matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  return layers.reverse().reduce((below, layer) => over(layer, below), paper);
}

/** `rgb(1, 2, 3)` or `rgba(1, 2, 3, 0.5)`. */
function parse(color) {
  const [red = 0, green = 0, blue = 0, alpha = 1] = color.match(/[\d.]+/g).map(Number);
  return [red, green, blue, alpha];
}

function over([red, green, blue, alpha = 1], below) {
  return [red, green, blue].map((part, index) => part * alpha + below[index] * (1 - alpha));
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb) {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
