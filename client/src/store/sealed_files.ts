// Sealed files in the browser's own file system (OPFS): written by the worker, read by slices, kept over a reload.

const FOLDER = "sealed";

async function folder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

/** A file to write front to end, in a worker. What is not `finish`ed is to be `discard`ed. */
export interface SealedWriter {
  write(piece: Uint8Array): void;
  finish(): void;
  discard(): Promise<void>;
}

export async function writer(name: string): Promise<SealedWriter> {
  const files = await folder();
  const handle = await files.getFileHandle(name, { create: true });
  const access = await handle.createSyncAccessHandle();
  access.truncate(0);
  let offset = 0;
  return {
    write(piece) {
      for (let done = 0; done < piece.length; ) {
        const count = access.write(piece.subarray(done), { at: offset });
        if (count === 0) throw new DOMException("no space left", "QuotaExceededError");
        done += count;
        offset += count;
      }
    },
    finish() {
      access.flush();
      access.close();
    },
    async discard() {
      access.close();
      await files.removeEntry(name);
    },
  };
}

/** The file, read only where it is sliced. Throws if it is not there any more. */
export async function sealedFile(name: string): Promise<File> {
  return (await (await folder()).getFileHandle(name)).getFile();
}

export async function remove(name: string): Promise<void> {
  await (await folder()).removeEntry(name).catch(() => undefined);
}
