import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

const MAX_DEPTH = 12;
const MAX_FILES = 5000;

/** Where documents come from; the disk, or a test's own. */
export type DocumentFiles = {
  /** The *.yaml and *.yml files in a folder and those below it, in order; null when there is no such folder. */
  list(folder: string): Promise<readonly string[] | null>;
  /** @throws when the file cannot be read */
  read(file: string): Promise<string>;
};

async function walk(folder: string, depth: number, seen: Set<string>, found: string[]): Promise<void> {
  const real = await realpath(folder);
  if (depth > MAX_DEPTH || seen.has(real)) return;
  seen.add(real);
  const names = (await readdir(folder)).sort();
  for (const name of names) {
    // A mounted ConfigMap keeps its versions in `..data`; the links beside it are the files.
    if (name.startsWith('.') || name === 'node_modules') continue;
    const path = join(folder, name);
    const kind = await stat(path).catch(() => null);
    if (kind?.isDirectory() === true) await walk(path, depth + 1, seen, found);
    else if (kind?.isFile() === true && /\.ya?ml$/.test(name)) found.push(path);
    if (found.length > MAX_FILES) throw new Error(`${folder} has more than ${MAX_FILES} YAML files`);
  }
}

export const onDisk: DocumentFiles = {
  async list(folder) {
    const kind = await stat(folder).catch(() => null);
    if (kind?.isDirectory() !== true) return null;
    const found: string[] = [];
    await walk(folder, 0, new Set(), found);
    return found;
  },
  async read(file) {
    return readFile(file, 'utf8');
  },
};
