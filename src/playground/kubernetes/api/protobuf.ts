import type { JsonObject } from '../json.ts';
import { MESSAGES } from './protobuf-schemas.ts';

/** The four bytes before every object that Kubernetes writes as protobuf; a `runtime.Unknown` follows. */
const MAGIC = Buffer.from('k8s\0', 'latin1');

/** A field of a message as it lies on the wire: a number, or bytes. */
type Wire = { number: number; value: number | Buffer };

/** Why a message cannot be read: it carries something that no schema here knows. */
class UnknownField extends Error {}

function wiresOf(message: Buffer): Wire[] {
  const wires: Wire[] = [];
  let position = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; position < message.length; shift += 7n) {
      const byte = message[position++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return Number(BigInt.asIntN(64, value));
  };
  while (position < message.length) {
    const tag = varint();
    const number = tag >>> 3;
    if ((tag & 7) === 0) {
      wires.push({ number, value: varint() });
      continue;
    }
    if ((tag & 7) !== 2) throw new UnknownField();
    const size = varint();
    wires.push({ number, value: message.subarray(position, position + size) });
    position += size;
  }
  return wires;
}

type Field = { name: string; type: string };

function fieldsOf(message: string): Map<number, Field> {
  const schema = MESSAGES[message];
  if (schema === undefined) throw new UnknownField();
  return new Map(
    schema
      .split(' ')
      .filter((part) => part !== '')
      .map((part) => {
        const [name = '', rest = ''] = part.split('=');
        const [number, type = 'text'] = rest.split(':');
        return [Number(number), { name, type }];
      }),
  );
}

function bytesOf(value: number | Buffer): Buffer {
  if (typeof value === 'number') throw new UnknownField();
  return value;
}

function intOrText(message: Buffer): unknown {
  const wires = new Map(wiresOf(message).map(({ number, value }) => [number, value]));
  return wires.get(1) === 1 ? String(wires.get(3) ?? '') : (wires.get(2) ?? 0);
}

/** One value; undefined for what is as if it were not set. */
function readValue(type: string, value: number | Buffer): unknown {
  switch (type) {
    case 'text':
      return bytesOf(value).toString() || undefined;
    case 'bytes':
      return bytesOf(value).toString('base64');
    case 'int':
      return value === 0 ? undefined : value;
    case 'int?':
      return value;
    case 'bool':
      return value === 1 ? true : undefined;
    case 'bool?':
      return value === 1;
    case 'quantity':
      return wiresOf(bytesOf(value))[0]?.value.toString() ?? '0';
    case 'intOrText':
      return intOrText(bytesOf(value));
    default:
      return messageOf(type, bytesOf(value));
  }
}

function entryOf(type: string, message: Buffer): [string, unknown] {
  const wires = new Map(wiresOf(message).map(({ number, value }) => [number, value]));
  const key = String(wires.get(1) ?? '');
  return [key, readValue(type, wires.get(2) ?? Buffer.alloc(0)) ?? ''];
}

function messageOf(message: string, bytes: Buffer): JsonObject {
  const fields = fieldsOf(message);
  const found: JsonObject = {};
  const lists = new Map<string, unknown[]>();
  const maps = new Map<string, [string, unknown][]>();
  for (const { number, value } of wiresOf(bytes)) {
    const field = fields.get(number);
    if (field === undefined) {
      // Go writes out what is not set, too; that says nothing.
      if (value === 0 || (typeof value !== 'number' && value.length === 0)) continue;
      throw new UnknownField();
    }
    const { name, type } = field;
    if (type === '-') continue;
    if (type.startsWith('[')) {
      lists.set(name, [...(lists.get(name) ?? []), readValue(type.slice(1, -1), value) ?? '']);
    } else if (type.startsWith('{')) {
      maps.set(name, [...(maps.get(name) ?? []), entryOf(type.slice(1, -1), bytesOf(value))]);
    } else if (type.startsWith('^')) {
      Object.assign(found, messageOf(type.slice(1), bytesOf(value)));
    } else {
      const read = readValue(type, value);
      if (read !== undefined) found[name] = read;
    }
  }
  for (const [name, entries] of maps) found[name] = Object.fromEntries(entries);
  return Object.assign(found, Object.fromEntries(lists));
}

/** The object that a protobuf body holds; undefined where it holds anything that is not known here. */
export function decodeProtobuf(body: Buffer): JsonObject | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const unknown = new Map(wiresOf(body.subarray(MAGIC.length)).map(({ number, value }) => [number, value]));
  const type = new Map(
    wiresOf(bytesOf(unknown.get(1) ?? Buffer.alloc(0))).map(({ number, value }) => [number, String(value)]),
  );
  const apiVersion = type.get(1) ?? '';
  const kind = type.get(2) ?? '';
  try {
    const object = messageOf(`${apiVersion}/${kind}`, bytesOf(unknown.get(2) ?? Buffer.alloc(0)));
    return { apiVersion, kind, ...object };
  } catch (error) {
    if (error instanceof UnknownField) return undefined;
    throw error;
  }
}
