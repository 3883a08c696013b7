import type { Json } from '../../core/json.ts';
import type { FieldChange } from '../../core/kube.ts';

/** The fields that change, as lines: the object, the path, what goes, what comes. */
export function diffLines(diff: readonly FieldChange[]): string {
  const lines: string[] = [];
  let object = '';
  for (const field of diff) {
    if (field.object !== object) lines.push(field.object);
    object = field.object;
    lines.push(field.path === '' ? '  the whole object' : `  ${field.path}`);
    if (field.before !== undefined) lines.push(`- ${value(field.before)}`);
    if (field.after !== undefined) lines.push(`+ ${value(field.after)}`);
  }
  return lines.join('\n');
}

function value(json: Json): string {
  return JSON.stringify(json);
}
