import type { JsonObject } from '../json.ts';

/** The four bytes before every object that Kubernetes writes as protobuf; a `runtime.Unknown` follows. */
const MAGIC = Buffer.from('k8s\0', 'latin1');

type Fields = Map<number, Buffer[]>;

/** The length-delimited fields of a protobuf message by number; others are skipped. */
function fieldsOf(message: Buffer): Fields {
  const fields: Fields = new Map();
  let position = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; position < message.length; shift += 7) {
      const byte = message[position++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (position < message.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 0) varint();
    else if (wire === 1) position += 8;
    else if (wire === 5) position += 4;
    else {
      const size = varint();
      const number = tag >>> 3;
      fields.set(number, [...(fields.get(number) ?? []), message.subarray(position, position + size)]);
      position += size;
    }
  }
  return fields;
}

function text(fields: Fields, number: number): string | undefined {
  return fields.get(number)?.[0]?.toString();
}

/** A message as an object, by the names of its text fields; empty texts are left out. */
function named(message: Buffer | undefined, names: Record<number, string>): JsonObject | undefined {
  if (message === undefined) return undefined;
  const fields = fieldsOf(message);
  const found: JsonObject = {};
  for (const [number, name] of Object.entries(names)) {
    const value = text(fields, Number(number));
    if (value !== undefined && value !== '') found[name] = value;
  }
  return found;
}

const RESOURCE = {
  1: 'namespace',
  2: 'verb',
  3: 'group',
  4: 'version',
  5: 'resource',
  6: 'subresource',
  7: 'name',
};
const NON_RESOURCE = { 1: 'path', 2: 'verb' };

function accessSpec(message: Buffer): JsonObject {
  const fields = fieldsOf(message);
  const resource = named(fields.get(1)?.[0], RESOURCE);
  const plain = named(fields.get(2)?.[0], NON_RESOURCE);
  return {
    ...(resource === undefined ? {} : { resourceAttributes: resource }),
    ...(plain === undefined ? {} : { nonResourceAttributes: plain }),
  };
}

/** How the spec of each kind that may come as protobuf is read. */
const SPECS: Record<string, (message: Buffer) => JsonObject> = {
  SelfSubjectAccessReview: accessSpec,
  SelfSubjectRulesReview: (message) => named(message, { 1: 'namespace' }) ?? {},
  SelfSubjectReview: () => ({}),
};

/**
 * Reads a review that kubectl sends as protobuf; undefined for anything else. The field numbers are those of
 * https://github.com/kubernetes/api (authorization/v1/generated.proto).
 */
export function decodeReview(body: Buffer): JsonObject | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const unknown = fieldsOf(body.subarray(MAGIC.length));
  const type = named(unknown.get(1)?.[0], { 1: 'apiVersion', 2: 'kind' }) ?? {};
  const read = SPECS[String(type.kind)];
  if (read === undefined) return undefined;
  const spec = fieldsOf(unknown.get(2)?.[0] ?? Buffer.alloc(0)).get(2)?.[0];
  return { ...type, spec: spec === undefined ? {} : read(spec) };
}
