const url = new URL(process.env.WAREHOUSE_URL);
module.exports = { url, keep: process.env.WAREHOUSE_URL };
