import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

class Sketches {
  folder = path.join(process.cwd(), process.env.SKETCHES || 'sketches');

  keep(name, drawing) {
    fs.mkdirSync(this.folder, { recursive: true });
    fs.writeFileSync(path.join(this.folder, `${name}.svg`), drawing);
    fs.writeFileSync(path.join(here, '..', 'last.svg'), drawing);
    fs.copyFileSync(path.join(here, '..', 'last.svg'), path.join(os.tmpdir(), `${name}.svg`));
  }
}

const sketches = new Sketches();
http.createServer((req, res) => {
  sketches.keep('one', '<svg/>');
  res.end('ok');
}).listen(3000);
