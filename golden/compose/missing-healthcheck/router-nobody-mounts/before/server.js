const express = require('express');
const fs = require('fs');

const app = express();
for (const name of fs.readdirSync('./routes')) {
  app.use('/api', require('./routes/' + name));
}
app.listen(3000);
