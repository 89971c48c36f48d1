const fs = require('fs');
const http = require('http');
const greet = require('greet');

// The outcome of a write, as an application meets it.
function write(path) {
  try {
    fs.appendFileSync(path, 'x');
    return 'written';
  } catch (error) {
    return error.code;
  }
}

const answers = {
  '/': () => greet('world'),
  '/who': () => `${process.getuid()}:${process.getgid()}`,
  '/write/here': () => write('notes.txt'),
  '/write/below': () => write('dist/notes.txt'),
};

http
  .createServer((request, response) => {
    const answer = answers[request.url];
    response.statusCode = answer ? 200 : 404;
    response.end(answer ? answer() : '');
  })
  .listen(Number(process.env.PORT || 3000), '127.0.0.1');
