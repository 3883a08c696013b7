/** A description as lines: a label and a value, or a label over an indented block. Empty ones are left out. */
export type Line = readonly [label: string, value: string | readonly Line[]];

/** Values are set in one column per block, as kubectl describe does. */
export function renderLines(lines: readonly Line[], depth = 0): string {
  const shown = lines.filter(([, value]) => value.length > 0);
  const plain = shown.filter(([, value]) => typeof value === 'string');
  const width = Math.max(0, ...plain.map(([label]) => label.length)) + 2;
  const margin = '  '.repeat(depth);
  return shown
    .map(([label, value]) =>
      typeof value === 'string'
        ? `${margin}${`${label}:`.padEnd(width)}${value.replaceAll('\n', `\n${margin}${' '.repeat(width)}`)}`
        : `${margin}${label}:\n${renderLines(value, depth + 1)}`,
    )
    .join('\n');
}
