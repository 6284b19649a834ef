// The JavaScript SDK v3 with whatever a line of standard input asks for: an operation, a waiter, a paginator.
// The answer is a line too: {"reply"}, {"refused": the error's name}, or {"failed": what else went wrong}.
import { createInterface } from "node:readline";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as streams from "@aws-sdk/client-dynamodb-streams";

const clients = new Map();

function clientOf(service, kind, { endpoint, account, region }) {
  const key = [kind, endpoint, account, region].join(" ");
  if (!clients.has(key)) {
    const credentials = { accessKeyId: account, secretAccessKey: "any" };
    clients.set(key, new service[kind]({ endpoint, region, credentials }));
  }
  return clients.get(key);
}

function namesAfter(prefix) {
  return Object.keys(dynamodb).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

const actions = {
  async ask(asked) {
    const ofStreams = !(`${asked.name}Command` in dynamodb);
    const service = ofStreams ? streams : dynamodb;
    const client = clientOf(service, ofStreams ? "DynamoDBStreamsClient" : "DynamoDBClient", asked);
    return client.send(new service[`${asked.name}Command`](asked.request));
  },
  async wait(asked) {
    const client = clientOf(dynamodb, "DynamoDBClient", asked);
    const waiting = { client, maxWaitTime: 20, minDelay: asked.pause, maxDelay: asked.pause };
    return dynamodb[`waitUntil${asked.name}`](waiting, asked.request);
  },
  async pages(asked) {
    const client = clientOf(dynamodb, "DynamoDBClient", asked);
    const pages = [];
    for await (const page of dynamodb[`paginate${asked.name}`]({ client, pageSize: asked.size }, asked.request)) {
      pages.push(page);
    }
    return pages;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  if (asked.action === "names") {
    answer = { waiters: namesAfter("waitUntil"), paginators: namesAfter("paginate") };
  } else {
    try {
      answer = { reply: await actions[asked.action](asked) };
    } catch (error) {
      answer = error.$metadata?.httpStatusCode ? { refused: error.name } : { failed: String(error.stack) };
    }
  }
  console.log(JSON.stringify(answer));
}
