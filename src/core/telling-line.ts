/** Words by which programs of most languages say that they cannot go on; the strongest first. */
const SIGNS = [
  /\bpanic\b/i,
  /\bfatal\b/i,
  /\b(uncaught|unhandled|traceback)\b/i,
  /\b\w*(exception|error)\b/i,
];
const LONGEST = 300;

/** The line of a log that most likely says what went wrong, null when none does. Of equals the last: it is nearest to the end. */
export function tellingLine(log: string): string | null {
  const lines = log.split('\n').map((line) => line.trim());
  for (const sign of SIGNS) {
    const found = lines.findLast((line) => sign.test(line));
    if (found !== undefined) return found.slice(0, LONGEST);
  }
  return null;
}

/** Of a step's facts; only logs have a text. */
export function tellingLineOf(facts: { readonly [name: string]: unknown }): string | null {
  return typeof facts.text === 'string' && typeof facts.lines === 'number' ? tellingLine(facts.text) : null;
}
