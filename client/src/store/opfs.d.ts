// What workers have of the browser's own file system; TypeScript lists it for programs that run in workers alone.

interface FileSystemSyncAccessHandle {
  write(buffer: ArrayBufferView, options?: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface FileSystemFileHandle {
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
}
