/** Kubernetes quantities (apimachinery resource.Quantity): a decimal number with a suffix, `250m`, `1536Ki`, `2`. */

const FACTORS: { readonly [suffix: string]: number } = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

function quantity(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([a-zA-Z]{0,2})$/.exec(text);
  const factor = FACTORS[match?.[2] ?? 'none'];
  return match === null || factor === undefined ? 0 : Number(match[1]) * factor;
}

/** Thousandths of a core, rounded up as kubectl does; 0 for what is no quantity. */
export function millicores(text: string): number {
  // Rounded at a billionth first: 0.25 cores are 250 and not 251 thousandths.
  return Math.ceil(Math.round(quantity(text) * 1e9) / 1e6);
}

/** Whole bytes; 0 for what is no quantity. */
export function bytes(text: string): number {
  return Math.round(quantity(text));
}
