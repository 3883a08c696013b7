import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml';
import type { DocumentFault } from '../core/catalog.ts';
import type { Place } from '../core/runbook.ts';

/** Larger texts are not read: no runbook is a megabyte long. */
export const MAX_BYTES = 1024 * 1024;
const MAX_ALIASES = 50;

export type Path = readonly (string | number)[];

/** One YAML document of a file, as plain values, with the places of its nodes. */
export type YamlSource = {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
};

export type YamlFile = { readonly sources: readonly YamlSource[]; readonly faults: readonly DocumentFault[] };

function placeAt(file: string, lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/**
 * Reads all documents (`---`) of a YAML 1.2 text: keys unique, no tags beyond the core schema, at most 50 aliases,
 * at most 1 MiB. Never throws: what is wrong is in `faults`, and a document with a fault is not in `sources`.
 */
export function readYaml(text: string, file: string): YamlFile {
  const fault = (place: Place, says: string): DocumentFault => ({ place, severity: 'error', says });
  if (Buffer.byteLength(text, 'utf8') > MAX_BYTES)
    return {
      sources: [],
      faults: [fault({ file, line: 1, column: 1 }, `the file is larger than ${MAX_BYTES / 1024} KiB`)],
    };
  const lines = new LineCounter();
  const faults: DocumentFault[] = [];
  const sources: YamlSource[] = [];
  try {
    const documents = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      strict: true,
      uniqueKeys: true,
      merge: false,
      prettyErrors: false,
      lineCounter: lines,
    });
    for (const document of Array.isArray(documents) ? documents : []) {
      const wrong = [...document.errors, ...document.warnings];
      for (const error of wrong)
        faults.push(fault(placeAt(file, lines, error.pos[0]), `YAML: ${error.message}`));
      if (wrong.length > 0 || document.contents === null) continue;
      try {
        const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
        if (value !== null) sources.push({ file, text, value, document, lines });
      } catch (error) {
        // Aliases that lead nowhere or grow without end.
        const at = danglingAlias(document) ?? document.contents.range?.[0] ?? 0;
        faults.push(fault(placeAt(file, lines, at), `YAML: ${saysOf(error)}`));
      }
    }
  } catch (error) {
    // Nesting deeper than the stack.
    faults.push(fault({ file, line: 1, column: 1 }, `YAML: ${saysOf(error)}`));
  }
  return { sources, faults };
}

function saysOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function danglingAlias(document: Document.Parsed): number | null {
  let offset: number | null = null;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0] ?? null;
      return visit.BREAK;
    },
  });
  return offset;
}

type Found = { readonly node: Node; readonly key: Node | null };

function find(source: YamlSource, path: Path): Found | null {
  let node: Node | null = source.document.contents;
  let key: Node | null = null;
  for (const segment of path) {
    if (node !== null && isAlias(node)) node = node.resolve(source.document) ?? null;
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === String(segment),
      );
      if (pair === undefined) return null;
      key = pair.key;
      node = pair.value ?? pair.key;
    } else if (isSeq<Node>(node)) {
      key = null;
      node = node.items[Number(segment)] ?? null;
    } else return null;
  }
  return node === null ? null : { node, key };
}

/** Where the value at a path stands; where it is not there, the nearest thing around it. */
export function placeOf(source: YamlSource, path: Path): Place {
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = find(source, path.slice(0, length))?.node.range?.[0];
    if (offset !== undefined) return placeAt(source.file, source.lines, offset);
  }
  return { file: source.file, line: 1, column: 1 };
}

/** Where the key of a path's last segment stands. */
export function placeOfKey(source: YamlSource, path: Path): Place {
  const offset = find(source, path)?.key?.range?.[0];
  return offset === undefined ? placeOf(source, path) : placeAt(source.file, source.lines, offset);
}

/** Where the n-th character (from 1) of a text value stands; its beginning where escapes or folding hide it. */
export function placeWithin(source: YamlSource, path: Path, column: number): Place {
  const node = find(source, path)?.node;
  if (node === undefined || !isScalar(node) || typeof node.value !== 'string' || node.range == null)
    return placeOf(source, path);
  const [start] = node.range;
  const opening = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
  const written = source.text.slice(start + opening, start + opening + node.value.length);
  const offset = written === node.value ? start + opening + column - 1 : start;
  return placeAt(source.file, source.lines, offset);
}
