import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { DocumentFault } from '../core/catalog.ts';
import { didYouMean } from './nearest.ts';
import { type Path, placeOf, placeOfKey, type YamlSource } from './yaml-source.ts';

export type SchemaName = 'runbook' | 'runbook-short' | 'policy' | 'service' | 'firstmate';

// `x-expects` says in words what a pattern asks for; editors leave it alone.
const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
});
ajv.addVocabulary(['x-expects']);
const compiled = new Map<SchemaName, ValidateFunction>();

function validator(name: SchemaName): ValidateFunction {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const file = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  const made = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
  compiled.set(name, made);
  return made;
}

function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const TYPE_NAMES: { readonly [type: string]: string } = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  null: 'nothing',
};

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `the text ${shown(value)}`;
  return String(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function nameOf(path: Path): string {
  const words = path.map((segment, index) =>
    /^\d+$/.test(String(segment)) ? `[${segment}]` : `${index === 0 ? '' : '.'}${segment}`,
  );
  return words.length === 0 ? 'the document' : `"${words.join('')}"`;
}

type Told = { readonly path: Path; readonly key: boolean; readonly says: string };

function tell(error: ErrorObject): Told | null {
  const path = pathOf(error.instancePath);
  const name = nameOf(path);
  const params: { readonly [key: string]: unknown } = error.params;
  const at = (says: string): Told => ({ path, key: false, says });
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const known = Object.keys(error.parentSchema?.properties ?? {});
      const hint = didYouMean(key, known) || `; known here: ${known.join(', ')}`;
      return { path: [...path, key], key: true, says: `unknown key "${key}"${hint}` };
    }
    case 'propertyNames':
      return null;
    case 'required':
      return at(`"${String(params.missingProperty)}" is missing${path.length === 0 ? '' : ` in ${name}`}`);
    case 'dependentRequired':
      return at(`${String(params.property)} also needs ${String(params.missingProperty)}`);
    case 'type': {
      const types = Array.isArray(params.type) ? params.type : [params.type];
      const expects = error.parentSchema?.['x-expects'];
      if (typeof expects === 'string') return at(`${name} must be ${expects}, not ${kindOf(error.data)}`);
      const wanted = types.map((type) => TYPE_NAMES[String(type)] ?? String(type)).join(' or ');
      return at(`${name} must be ${wanted}, not ${kindOf(error.data)}`);
    }
    case 'enum': {
      const allowed = Array.isArray(params.allowedValues) ? params.allowedValues.map(String) : [];
      const hint = typeof error.data === 'string' ? didYouMean(error.data, allowed) : '';
      return at(
        `${name} is ${shown(error.data)}${hint}${hint === '' ? ';' : ''} allowed: ${allowed.join(', ')}`,
      );
    }
    case 'const':
      return at(`${name} must be ${shown(params.allowedValue)}, not ${shown(error.data)}`);
    case 'pattern': {
      const expects = error.parentSchema?.['x-expects'] ?? `a text that fits ${String(params.pattern)}`;
      if (error.propertyName !== undefined)
        return {
          path: [...path, error.propertyName],
          key: true,
          says: `the key ${shown(error.propertyName)} must be ${expects}`,
        };
      return at(`${name} is ${shown(error.data)}, which must be ${expects}`);
    }
    case 'minItems':
    case 'minProperties':
      return at(`${name} needs at least ${String(params.limit)} ${params.limit === 1 ? 'entry' : 'entries'}`);
    case 'minLength':
      return at(`${name} must not be empty`);
    case 'maxItems':
    case 'maxProperties':
    case 'maxLength':
      return at(`${name} is too long; the limit is ${String(params.limit)}`);
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return at(
        `${name} is ${shown(error.data)} and must be ${String(params.comparison)} ${String(params.limit)}`,
      );
    case 'uniqueItems':
      return at(`${name} lists the same entry twice`);
    // What an `if` or `not` means is told by the faults inside it.
    case 'if':
      return null;
    default:
      return at(`${name} ${error.message ?? 'does not hold'}`);
  }
}

/** All faults of a document's shape, each at its place. An empty list means that the schema holds. */
export function shapeFaults(source: YamlSource, schema: SchemaName): readonly DocumentFault[] {
  const validate = validator(schema);
  if (validate(source.value)) return [];
  return (validate.errors ?? []).flatMap((error): DocumentFault[] => {
    const told = tell(error);
    if (told === null) return [];
    const place = told.key ? placeOfKey(source, told.path) : placeOf(source, told.path);
    return [{ place, severity: 'error', says: told.says }];
  });
}
