import { LineCounter, parseDocument } from 'yaml';
import type { Labels } from '../core/alert.ts';
import { fingerprintOf } from '../core/fingerprint.ts';
import { isJsonObject } from '../core/json.ts';
import { UsageError } from './command.ts';

/** What `match` and `replay` need of an alert, whoever told it. */
export type ToldAlert = {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
};

function fail(file: string, pointer: string, says: string): never {
  throw new UsageError(`${file}: ${pointer === '' ? 'the file' : pointer} ${says}`);
}

function labelsAt(value: unknown, file: string, pointer: string): Labels {
  if (value === undefined) return {};
  if (!isJsonObject(value)) return fail(file, pointer, 'must be an object of texts');
  const labels: { [name: string]: string } = {};
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') return fail(file, `${pointer}/${name}`, 'must be a text');
    labels[name] = text;
  }
  return labels;
}

function jsonIn(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file}:${placeOfFault(text)}: not JSON: ${says.replace(/\s+/g, ' ')}`);
  }
}

/** JSON.parse does not say where; a YAML parser that only knows JSON's values does, for all but a stray comma. */
function placeOfFault(text: string): string {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'json', prettyErrors: false, lineCounter: lines });
  const { line, col } = lines.linePos(document.errors[0]?.pos[0] ?? 0);
  return `${Math.max(line, 1)}:${Math.max(col, 1)}`;
}

/**
 * The alerts of a file's text: a webhook body of Alertmanager, or a JSON array of alerts (what its API lists).
 * @throws UsageError with the place in the file
 */
export function alertsIn(text: string, file: string): readonly ToldAlert[] {
  const value = jsonIn(text, file);
  const listed = Array.isArray(value) ? value : isJsonObject(value) ? value.alerts : undefined;
  const base = Array.isArray(value) ? '' : '/alerts';
  if (!Array.isArray(listed))
    return fail(file, base, 'must be a list of alerts, or a webhook body that has one');
  return listed.map((alert: unknown, index): ToldAlert => {
    const pointer = `${base}/${index}`;
    if (!isJsonObject(alert)) return fail(file, pointer, 'must be an object');
    if (alert.labels === undefined) return fail(file, `${pointer}/labels`, 'is missing');
    const labels = labelsAt(alert.labels, file, `${pointer}/labels`);
    return {
      fingerprint: typeof alert.fingerprint === 'string' ? alert.fingerprint : fingerprintOf(labels),
      labels,
      annotations: labelsAt(alert.annotations, file, `${pointer}/annotations`),
    };
  });
}
