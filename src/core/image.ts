/** A component of a repository's path: lower case letters and digits, parted by dots, dashes or underscores. */
const PART = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
const DOMAIN =
  '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[1-9]\\d{0,4})?';
/** https://github.com/distribution/reference: domain, path, tag and digest. */
const IMAGE = new RegExp(
  `^(?:${DOMAIN}/)?${PART}(?:/${PART})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);
const LONGEST = 512;

/** Whether a text is a reference to a container image. */
export function isImage(text: string): boolean {
  return text.length <= LONGEST && IMAGE.test(text);
}
