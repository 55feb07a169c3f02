// nodemailer with a pool of connections; ready mails, as its guide on bulk mail advises.
//
//     node nodemailer.js PORT COUNT CONNECTIONS MAIL [CA_FILE]
//
// nodemailer is looked for in $NODE_PATH. Prints one JSON object: seconds, cpu. Its compiler
// needs thousands of mails to warm up: give it a greater COUNT than the others.
'use strict';
const fs = require('fs');
const nodemailer = require('nodemailer');

const [port, count, connections, mail, authority] = process.argv.slice(2);
const message = fs.readFileSync(mail);
const transport = nodemailer.createTransport({
  host: '127.0.0.1',
  port: Number(port),
  name: 'bench',
  pool: true,
  maxConnections: Number(connections),
  maxMessages: Infinity,
  secure: false,
  ignoreTLS: !authority,
  requireTLS: Boolean(authority),
  tls: authority ? { ca: fs.readFileSync(authority) } : {},
});

async function send(wanted) {
  let next = 0;
  const work = async () => {
    while (next < wanted) {
      const number = next++;
      const envelope = { from: `bounce+${number}@example.org`, to: `reader${number}@example.com` };
      await transport.sendMail({ envelope, raw: message });
    }
  };
  await Promise.all(Array.from({ length: Number(connections) }, work));
}

async function main() {
  const before = process.cpuUsage();
  const began = process.hrtime.bigint();
  await send(Number(count));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const used = process.cpuUsage(before);
  transport.close();
  console.log(JSON.stringify({ seconds, cpu: (used.user + used.system) / 1e6 }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
