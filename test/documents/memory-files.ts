import type { DocumentFiles } from '../../src/documents/files.ts';

/** Files that only exist in a test: `{ 'runbooks/a.yaml': text }`. A text of null cannot be read. */
export function memoryFiles(files: { readonly [path: string]: string | null }): DocumentFiles {
  return {
    async list(folder) {
      const inside = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      return inside.length === 0 ? null : inside.sort();
    },
    async read(file) {
      const text = files[file];
      if (text === undefined || text === null) throw new Error('permission denied');
      return text;
    },
  };
}
