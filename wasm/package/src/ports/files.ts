import * as fs from "node:fs";
import { resolve } from "node:path";

/** Files by descriptor. "Not there" is `undefined`; what is refused is thrown as the text of a {@link Refused}. */
export interface FilePorts {
  open(path: string): number | undefined;
  length(file: number): number;
  readAt(file: number, offset: number, buffer: Uint8Array): number;
  close(file: number): void;
  listDir(path: string): string[] | undefined;
  isDir(path: string): boolean;
  readLink(path: string): string | undefined;
}

interface Refused {
  permission: boolean;
  message: string;
}

/** Files below `cwd`, if they are not absolute, and what closes those that the core has left open. */
export function openFiles(cwd: string): { ports: FilePorts; close: () => void } {
  const open = new Set<number>();
  const at = (path: string) => resolve(cwd, path);
  const ports: FilePorts = {
    open: (path) =>
      orAbsent(() => {
        const file = fs.openSync(at(path), fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
        open.add(file);
        const stats = fs.fstatSync(file);
        if (stats.isFile()) return file;
        ports.close(file);
        if (stats.isDirectory()) return undefined;
        throw new Error("it is no regular file");
      }),
    length: (file) => refusing(() => fs.fstatSync(file).size),
    readAt: (file, offset, buffer) => refusing(() => fs.readSync(file, buffer, 0, buffer.length, offset)),
    close(file) {
      if (open.delete(file)) fs.closeSync(file);
    },
    listDir: (path) => orAbsent(() => fs.readdirSync(at(path))),
    isDir: (path) => orAbsent(() => fs.statSync(at(path)).isDirectory()) ?? false,
    readLink: (path) =>
      orAbsent(() => (fs.lstatSync(at(path)).isSymbolicLink() ? slashed(fs.readlinkSync(at(path))) : undefined)),
  };
  return { ports, close: () => open.forEach(ports.close) };
}

/** `path` with `/` between its parts. Elsewhere than on Windows, `\` is a character like others. */
export function slashed(path: string, platform: string = process.platform): string {
  return platform === "win32" ? path.replace(/\\/g, "/") : path;
}

const ABSENT = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

function orAbsent<T>(read: () => T): T | undefined {
  return refusing(() => {
    try {
      return read();
    } catch (error) {
      if (ABSENT.has((error as NodeJS.ErrnoException).code ?? "")) return undefined;
      throw error;
    }
  });
}

function refusing<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw JSON.stringify(refused(error as NodeJS.ErrnoException));
  }
}

/** Without the call and the path, which the core knows better: `EACCES: permission denied, open '/x'`. */
function refused(error: NodeJS.ErrnoException): Refused {
  const permission = error.code === "EACCES" || error.code === "EPERM";
  return { permission, message: /^[A-Z0-9]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message };
}
