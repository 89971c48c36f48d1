const fs = require('fs');
const path = require('path');

const shelf = process.env.SHELF || '/var/books';

exports.put = (title, text) => {
  fs.mkdirSync(shelf, { recursive: true });
  fs.writeFileSync(path.join(shelf, `${title}.txt`), text);
};
