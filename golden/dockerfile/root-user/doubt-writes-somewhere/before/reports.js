const fs = require('fs');

exports.keep = (folder, name, text) => {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(`${folder}/${name}`, text);
};
