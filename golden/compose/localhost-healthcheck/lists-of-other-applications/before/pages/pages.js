require("node:http").createServer((request, response) => response.end("pages")).listen(3000);
