import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** Field offsets of the ZIP format's central directory, APPNOTE 4.3.12. */
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const centralHeaderBytes = 46;
const localHeaderBytes = 30;
const endRecordBytes = 22;

/** Writes the files of a ZIP archive into a folder, as Lambda does with a function's code. */
export function unzip(archive: Buffer, folder: string): string[] {
  const names: string[] = [];
  let end = archive.length - endRecordBytes;
  while (archive.readUInt32LE(end) !== endSignature) end -= 1;
  let at = archive.readUInt32LE(end + 16);
  while (archive.readUInt32LE(at) === centralSignature) {
    const method = archive.readUInt16LE(at + 10);
    const size = archive.readUInt32LE(at + 20);
    const nameBytes = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + centralHeaderBytes, at + centralHeaderBytes + nameBytes);
    const start =
      local + localHeaderBytes + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const packed = archive.subarray(start, start + size);
    if (!name.endsWith('/')) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), method === 0 ? packed : inflateRawSync(packed));
      names.push(name);
    }
    at += centralHeaderBytes + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return names;
}
