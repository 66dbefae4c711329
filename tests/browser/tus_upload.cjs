// Uploads a file with tus-js-client, as a page would: node tus_upload.cjs ENDPOINT FILE HEADERS CHUNK
// Prints the upload's URL when all has arrived.
"use strict";
const fs = require("node:fs");
const tus = require("tus-js-client");

const [endpoint, file, headers, chunk] = process.argv.slice(2);
const upload = new tus.Upload(fs.readFileSync(file), {
  endpoint,
  headers: JSON.parse(headers),
  chunkSize: Number(chunk),
  retryDelays: Array(200).fill(20),
  onError(error) {
    console.error(String(error));
    process.exitCode = 1;
  },
  onSuccess() {
    console.log(upload.url);
  },
});
upload.start();
