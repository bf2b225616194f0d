const http = require("node:http");
const ms = require("ms");

http.createServer((_, answer) => answer.end(`a day is ${ms("1 day")} ms\n`)).listen(process.env.PORT);
