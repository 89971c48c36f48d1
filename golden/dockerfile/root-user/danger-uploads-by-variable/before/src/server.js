const express = require('express');
const multer = require('multer');
const path = require('path');

const root = process.env.SCANS_DIR || '/data/scans';
const storage = multer.diskStorage({
  destination: (req, file, cb) => cb(null, path.join(root, 'incoming')),
});
const app = express();
app.post('/scans', multer({ storage }).single('scan'), (req, res) => res.status(201).end());
app.listen(3000);
