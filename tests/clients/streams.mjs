// What test_javascript.py runs: the JavaScript SDK v3 with a waiter, a paginator and the loop over a stream.
import { DynamoDB, paginateQuery, waitUntilTableExists, waitUntilTableNotExists } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";

const options = {
  endpoint: process.argv[2],
  region: "us-east-1",
  credentials: { accessKeyId: "any", secretAccessKey: "any" },
};
const dynamodb = new DynamoDB(options);
const streams = new DynamoDBStreams(options);
const TableName = "JavaScript";

await dynamodb.createTable({
  TableName,
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "N" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  BillingMode: "PAY_PER_REQUEST",
  StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
});
const waiting = { client: dynamodb, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
await waitUntilTableExists(waiting, { TableName });
for (let n = 0; n < 7; n++) {
  await dynamodb.putItem({ TableName, Item: { pk: { S: "a" }, sk: { N: String(n) } } });
}

const queried = [];
const query = { TableName, KeyConditionExpression: "pk = :a", ExpressionAttributeValues: { ":a": { S: "a" } } };
for await (const page of paginateQuery({ client: dynamodb, pageSize: 3 }, query)) {
  queried.push(...page.Items.map((item) => Number(item.sk.N)));
}

const StreamArn = (await dynamodb.describeTable({ TableName })).Table.LatestStreamArn;
const events = [];
for (const { ShardId } of (await streams.describeStream({ StreamArn })).StreamDescription.Shards) {
  const start = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
  let { ShardIterator } = await streams.getShardIterator(start);
  while (ShardIterator) {
    const page = await streams.getRecords({ ShardIterator, Limit: 4 });
    events.push(...page.Records.map((record) => record.eventName));
    ShardIterator = page.Records.length ? page.NextShardIterator : undefined;
  }
}

await dynamodb.updateTimeToLive({ TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: "ttl" } });
const ttl = (await dynamodb.describeTimeToLive({ TableName })).TimeToLiveDescription;
let refused = "";
try {
  await dynamodb.describeTimeToLive({ TableName: "no-such-table" });
} catch (error) {
  refused = error.name;
}
await dynamodb.deleteTable({ TableName });
await waitUntilTableNotExists(waiting, { TableName });
console.log(JSON.stringify({ queried, events, ttl, refused }));
