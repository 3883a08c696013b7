/** One promise and how it stands in this run. `value` and `target` have the unit that `name` says. */
export type Target = {
  readonly name: string;
  readonly target: string;
  readonly value: number;
  readonly holds: boolean;
};

export type Measured = {
  /** How many of what was measured. */
  readonly n: { readonly [what: string]: number };
  readonly targets: readonly Target[];
  readonly figures: { readonly [name: string]: unknown };
};

/** One file a bench. `say` tells a person how far it is. */
export type Bench = {
  readonly name: string;
  readonly run: (say: (progress: string) => void) => Promise<Measured>;
};

export function atLeast(name: string, bound: number, value: number): Target {
  return { name, target: `>= ${bound}`, value, holds: value >= bound };
}

export function atMost(name: string, bound: number, value: number): Target {
  return { name, target: `<= ${bound}`, value, holds: value <= bound };
}
