import { isJsonObject, type Json, type JsonObject } from './json.ts';

const PLACEHOLDER = /\{\{\s*([A-Za-z_][\w.[\]-]*)\s*\}\}/g;
const UNKNOWN = '?';
const MAX_VALUE = 200;
const MAX_TEXT = 1000;

function lookUp(path: string, scope: JsonObject): Json | undefined {
  let value: Json | undefined = scope;
  for (const segment of path.split(/[.[\]]+/).filter((part) => part !== '')) {
    if (Array.isArray(value)) value = /^\d{1,6}$/.test(segment) ? value[Number(segment)] : undefined;
    else if (isJsonObject(value)) value = Object.hasOwn(value, segment) ? value[segment] : undefined;
    else return undefined;
  }
  return value;
}

function plain(value: Json | undefined): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value === '') return UNKNOWN;
  const line = value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return clip(line, MAX_VALUE);
}

export function clip(text: string, length: number): string {
  const characters = [...text.slice(0, 2 * length + 2)];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/**
 * Puts facts and inputs into a sentence: `{{ rollout.revision }}`, `{{ pods.items[0].name }}`. What is not known is
 * `?`. Values are put in as one line of plain text, 200 characters at most, and are not looked at again.
 */
export function renderTemplate(text: string, scope: JsonObject): string {
  return clip(
    text.replace(PLACEHOLDER, (_whole, path: string) => plain(lookUp(path, scope))),
    MAX_TEXT,
  );
}
