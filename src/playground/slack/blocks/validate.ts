import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isObject, type JsonObject, objectsOf, stringOr } from '../json.ts';
import { home, messageBlocks, modal, typeOf } from './schemas.ts';

/** One fault: what `blocks.validate` lists, with a JSON pointer into the document. */
export type BlockFault = { code: string; message: string; pointer: string; constraint?: JsonObject };

/** Text of all blocks together that Slack takes; measured, not documented (slackapi/bolt-js issue 2509). */
const mostCharacters = 13_200;

const compiled = new Map<string, ValidateFunction>();

const documents = { blocks: messageBlocks, modal, home } as const;

function validator(name: keyof typeof documents): ValidateFunction {
  const known = compiled.get(name);
  if (known) return known;
  const ajv = new Ajv({
    allErrors: true,
    discriminator: true,
    strict: false,
    verbose: true,
    inlineRefs: false,
  });
  const validate = ajv.compile(documents[name]);
  compiled.set(name, validate);
  return validate;
}

/** Every fault of a message's blocks; pointers start at the list. */
export function faultsOfBlocks(blocks: unknown): BlockFault[] {
  const faults = run(validator('blocks'), blocks);
  return faults.length > 0 ? faults : faultsOfIds(objectsOf(blocks), '');
}

/** Every fault of a modal or a Home tab; pointers start at the view. */
export function faultsOfModal(view: unknown): BlockFault[] {
  const kind = isObject(view) && view.type === 'home' ? 'home' : 'modal';
  const faults = run(validator(kind), view);
  if (faults.length > 0 || !isObject(view)) return faults;
  const blocks = objectsOf(view.blocks);
  const hasInput = blocks.some((block) => block.type === 'input');
  if (kind === 'modal' && hasInput && view.submit === undefined) {
    return [{ code: 'missing_field', message: 'missing required field: submit', pointer: '' }];
  }
  return faultsOfIds(blocks, '/blocks');
}

export function blocksTooLong(blocks: readonly JsonObject[]): boolean {
  return textLength(blocks) > mostCharacters;
}

/** The lines of `response_metadata.messages`, as Slack words them. */
export function faultLines(faults: readonly BlockFault[], root: string): string[] {
  return faults.map((fault) => `${fault.message} [json-pointer:${root}${fault.pointer}]`);
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + textLength(item), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + (key === 'text' && typeof item === 'string' ? item.length : textLength(item)),
    0,
  );
}

function run(validate: ValidateFunction, value: unknown): BlockFault[] {
  if (validate(value)) return [];
  const faults = (validate.errors ?? []).map(toFault);
  return faults.filter(
    (fault, index) =>
      faults.findIndex((other) => other.pointer === fault.pointer && other.message === fault.message) ===
      index,
  );
}

function toFault(error: ErrorObject): BlockFault {
  const pointer = error.instancePath;
  const limit: unknown = error.params.limit;
  const constrained = (message: string, constraint: JsonObject): BlockFault => ({
    code: 'failed_constraint',
    message,
    pointer,
    constraint,
  });
  switch (error.keyword) {
    case 'maxLength':
      return constrained(`must be less than ${Number(limit) + 1} characters`, {
        type: 'max_length',
        expected: limit,
      });
    case 'minLength':
      return constrained(`must be more than ${Number(limit) - 1} characters`, {
        type: 'min_length',
        expected: limit,
      });
    case 'maxItems':
      return constrained(`no more than ${String(limit)} items allowed`, {
        type: 'max_items',
        expected: limit,
      });
    case 'minItems':
      return constrained(`no less than ${String(limit)} items allowed`, {
        type: 'min_items',
        expected: limit,
      });
    case 'required':
      return {
        code: 'missing_field',
        message: `missing required field: ${String(error.params.missingProperty)}`,
        pointer,
      };
    case 'additionalProperties':
      return {
        code: 'additional_property',
        message: `invalid additional property: ${String(error.params.additionalProperty)}`,
        pointer,
      };
    case 'discriminator':
      return error.params.error === 'mapping'
        ? {
            ...constrained(`unsupported type: ${String(error.params.tagValue)}`, {
              type: 'enum',
              expected: typesOf(error.parentSchema),
            }),
            pointer: `${pointer}/type`,
          }
        : { code: 'missing_field', message: 'missing required field: type', pointer };
    case 'const':
    case 'enum':
      return constrained(`unsupported type: ${stringOr(error.data, typeof error.data)}`, {
        type: 'enum',
        expected: error.params.allowedValues ?? [error.params.allowedValue],
      });
    case 'type':
      return { code: 'invalid_type', message: `must provide a ${String(error.params.type)}`, pointer };
    case 'pattern':
      return constrained(pointer.endsWith('url') ? 'invalid url' : 'invalid format', { type: 'pattern' });
    default:
      return constrained(error.message ?? 'is not valid', { type: error.keyword });
  }
}

/** The types that would have been right in a place. */
function typesOf(schema: unknown): string[] {
  return isObject(schema) ? objectsOf(schema.oneOf).map(typeOf) : [];
}

/** What a schema cannot say: a section has something in it, and ids do not repeat. */
function faultsOfIds(blocks: readonly JsonObject[], root: string): BlockFault[] {
  const faults: BlockFault[] = [];
  const blockIds = new Set<string>();
  blocks.forEach((block, index) => {
    const pointer = `${root}/${index}`;
    if (block.type === 'section' && block.text === undefined && block.fields === undefined) {
      faults.push({ code: 'missing_field', message: 'must define either `text` or `fields`', pointer });
    }
    const blockId = stringOr(block.block_id, '');
    if (blockId !== '' && blockIds.has(blockId)) {
      faults.push({
        code: 'duplicate',
        message: `\`block_id\` already exists: ${blockId}`,
        pointer: `${pointer}/block_id`,
      });
    }
    blockIds.add(blockId);
    const actionIds = new Set<string>();
    objectsOf(block.elements).forEach((element, position) => {
      const actionId = stringOr(element.action_id, '');
      if (actionId !== '' && actionIds.has(actionId)) {
        faults.push({
          code: 'duplicate',
          message: `\`action_id\` already exists: ${actionId}`,
          pointer: `${pointer}/elements/${position}/action_id`,
        });
      }
      actionIds.add(actionId);
    });
  });
  return faults;
}
