import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';

const MAX_PATTERN = 500;
const LITERALS = /^[\w:/@ -]+(?:\|[\w:/@ -]+)*$/;

// CEL brings an RE2 engine: matching takes linear time, so no expression and no label can hang the process.
const runRe2 = plan(celEnv(), parse('text.matches(pattern)'));

function anchored(pattern: string): string {
  return `^(?:${pattern})$`;
}

/** Why a text is not a regular expression that RE2 takes (no lookaround, no backreferences), else null. */
export function patternFault(pattern: string, longest = MAX_PATTERN): string | null {
  if (pattern.length > longest) return `is longer than ${longest} characters`;
  for (const form of [pattern, anchored(pattern)]) {
    const result = runRe2({ text: '', pattern: form });
    if (isCelError(result)) {
      const told = result.message.replace(/^error parsing regexp: /, '');
      return `is not one that RE2 takes: ${told}`;
    }
  }
  return null;
}

/**
 * Whether the whole text fits the pattern (RE2, anchored on both sides, as in Alertmanager and Prometheus).
 * A pattern that does not hold fits nothing.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  if (LITERALS.test(pattern)) return pattern.split('|').includes(text);
  if (pattern === '.*' && !text.includes('\n')) return true;
  if (pattern === '.+' && !text.includes('\n')) return text !== '';
  return runRe2({ text, pattern: anchored(pattern) }) === true;
}
